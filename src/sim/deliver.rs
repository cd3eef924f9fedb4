//! Messages: to servers, back to clients, and what connections go through.

use std::rc::Rc;

use super::agenda::{ConnId, Event, OpRef, ProcessId, ServerId};
use super::conn::{Awaited, Direction, Down};
use super::cost;
use super::place;
use super::server::{AnyMessage, AnyRequest, AnyServer, Sent};
use super::setup::Timing;
use super::tell::Told;
use super::thread::Phase;
use super::world::{Stage, World};
use crate::choice::{About, Question};
use crate::client::zookeeper::{Connected, WatchKind};
use crate::cx::{CallError, Lane, OpResult, Reads, Request, Seen, Session, TaskId, WatchId};
use crate::property::{self, Who};
use crate::store::zookeeper::{self, Answer, ZkError};
use crate::store::{Inbound, Link, Outbound, redis};
use crate::time::Micros;

impl World {
    /// Sends a request of a task on its lane, over a new connection if there is none.
    pub(crate) fn send(
        &mut self,
        stage: &mut Stage<'_>,
        process: ProcessId,
        op: OpRef,
        to: Lane,
        request: &Request,
    ) -> ConnId {
        let conn = self.conn_on(process, to);
        if !self.conns[conn as usize].open {
            self.open(stage, conn);
        }
        let (request, reads, watch) = match request {
            Request::Redis(argv) => (AnyRequest::Redis(argv.clone()), Reads::Nothing, None),
            Request::Ledger(request) => (AnyRequest::Ledger(*request), Reads::Nothing, None),
            Request::ZooKeeper { op, watch, reads } => {
                let place = watch.and_then(|watch| Some((watch, watched(op)?)));
                let watch = place.map(|(watch, (kind, path))| (watch, kind, path));
                // Replies come in order, so requests need no numbers of their own.
                let request = zookeeper::Request::Call { xid: 0, op: op.clone() };
                (AnyRequest::ZooKeeper(request), *reads, watch)
            }
        };
        self.conn_mut(conn).awaited.push_back(Awaited { op: Some(op), reads, watch });
        self.send_up(stage, conn, Inbound::Request(request), Some(op.task));
        conn
    }

    /// Establishes a connection: the server learns it with the first message.
    pub(crate) fn open(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        self.conn_mut(conn).open = true;
        self.conn_mut(conn).up.push_back((Inbound::Connect, None));
        let process = self.conns[conn as usize].process;
        let server = self.conns[conn as usize].server();
        if matches!(self.servers[usize::from(server)].state, AnyServer::ZooKeeper(_))
            && let Some(zk) = &self.processes[usize::from(process)].zk
        {
            let connect = zookeeper::Request::Connect(zk.connect());
            let request = AnyRequest::ZooKeeper(connect);
            self.send_up(stage, conn, Inbound::Request(request), None);
        }
    }

    fn send_up(
        &mut self,
        stage: &mut Stage<'_>,
        conn: ConnId,
        message: Inbound<AnyRequest>,
        by: Option<TaskId>,
    ) {
        let due = self.arrival(stage, conn, Direction::Up);
        let state = self.conn_mut(conn);
        state.up.push_back((message, by));
        state.up_due = due;
        if state.up_hold.is_none() {
            self.agenda.put(due, Event::Up(conn));
        }
    }

    fn send_down(&mut self, stage: &mut Stage<'_>, conn: ConnId, message: Down) {
        let due = self.arrival(stage, conn, Direction::Down);
        let state = self.conn_mut(conn);
        state.down.push_back(message);
        state.down_due = due;
        if state.down_hold.is_none() {
            self.agenda.put(due, Event::Down(conn));
        }
    }

    /// When a message sent now arrives.
    fn arrival(&self, stage: &mut Stage<'_>, conn: ConnId, direction: Direction) -> Micros {
        let Timing::Sampled { least, most } = stage.setup.timing else { return self.now };
        let state = &self.conns[conn as usize];
        let (after, from) = match direction {
            Direction::Up => (state.up_due, self.now),
            // A reply leaves when the server is done.
            Direction::Down => (state.down_due, self.now.max(self.leaving)),
        };
        let extra = stage.choices.pick(&Question {
            about: About::Latency,
            n: (most - least).0.clamp(0, 1_000_000_000) as u32 + 1,
            site: &|| format!("connection {conn}"),
            name: &|extra| format!("{extra} us more"),
        });
        after.max(from + least + Micros(i64::from(extra)))
    }

    /// A message reaches its server, which may be busy.
    pub(crate) fn arrive(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        let server = self.conns[conn as usize].server();
        let busy = self.servers[usize::from(server)].busy;
        if busy <= self.now || stage.setup.is_abstract() {
            self.serve(stage, conn);
            return;
        }
        // In line: it is served when what came before has been.
        self.agenda.put(busy, Event::Served(conn));
        if let Some((Inbound::Request(request), _)) = self.conns[conn as usize].up.front() {
            let cost = cost::of(request);
            Rc::make_mut(&mut self.servers[usize::from(server)]).busy = busy + cost;
        }
    }

    /// A server takes the next message of a connection.
    pub(crate) fn serve(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        let server = self.conns[conn as usize].server();
        while let Some((message, by)) = self.conn_mut(conn).up.pop_front() {
            let is_connect = message == Inbound::Connect;
            let is_request = matches!(message, Inbound::Request(_));
            self.execute(stage, server, conn, message, by);
            // That a connection is there is learnt with its first message.
            if !is_connect || is_request {
                break;
            }
        }
    }

    fn execute(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        conn: ConnId,
        message: Inbound<AnyRequest>,
        by: Option<TaskId>,
    ) {
        let link = Link(conn);
        let process = self.conns[conn as usize].process;
        let before = place::look(self, stage.setup, server);
        let now = self.now;
        let placed = Rc::make_mut(&mut self.servers[usize::from(server)]);
        let name = &stage.setup.servers[usize::from(server)].name;
        let request = match &message {
            Inbound::Request(request) => Some(request.clone()),
            _ => None,
        };
        let sent = placed.state.deliver(now, link, message, name, stage.choices);
        if !stage.setup.is_abstract() {
            let cost = request.as_ref().map_or(Micros::ZERO, cost::of) + cost::of_sending(&sent);
            placed.busy = placed.busy.max(now + cost);
            self.leaving = now + cost;
        }
        let threads = stage.around[usize::from(process)].len();
        let thread = by.map(|task| if usize::from(task) < threads { task } else { 0 });
        if let Some(request) = &request {
            let told = Told::Executed { server, process, thread, request, sent: &sent, link };
            stage.listener.hear(self.total(), &told);
        }
        if let (Some(request), Some(thread)) = (&request, thread) {
            let who = Who { process, thread };
            self.judge_request(stage, who, request, &sent, link);
            self.judge_place(stage, server, before, Some(who));
        } else {
            self.judge_place(stage, server, before, None);
        }
        self.distribute(stage, sent);
        self.arm(server);
        self.contact(conn);
    }

    /// A deadline of a server has come.
    pub(crate) fn wake(&mut self, stage: &mut Stage<'_>, server: ServerId) {
        let before = place::look(self, stage.setup, server);
        let now = self.now;
        let placed = Rc::make_mut(&mut self.servers[usize::from(server)]);
        placed.wake = None;
        let name = &stage.setup.servers[usize::from(server)].name;
        let sent = placed.state.wake(now, name, stage.choices);
        stage.listener.hear(self.total(), &Told::Woke { server, sent: &sent });
        self.judge_place(stage, server, before, None);
        self.distribute(stage, sent);
        self.arm(server);
    }

    fn distribute(&mut self, stage: &mut Stage<'_>, sent: Sent) {
        for (Link(conn), message) in sent {
            // What a server says on a connection that its client has given up reaches nobody.
            if !self.conns.get(conn as usize).is_some_and(|conn| conn.hears()) {
                continue;
            }
            let down = match message {
                Outbound::Message(message) => Down::Message(message),
                Outbound::Close => Down::Closed,
            };
            self.send_down(stage, conn, down);
        }
    }

    /// What the request means to the properties.
    fn judge_request(
        &mut self,
        stage: &mut Stage<'_>,
        who: Who,
        request: &AnyRequest,
        sent: &Sent,
        link: Link,
    ) {
        use crate::store::ledger::{Reply, Request};
        let reply = sent.iter().find_map(|(to, message)| match message {
            Outbound::Message(AnyMessage::Ledger(reply)) if *to == link => Some(*reply),
            _ => None,
        });
        let event = match (request, reply) {
            (AnyRequest::Ledger(_), Some(Reply::Stale)) => property::Event::Fenced(who),
            (AnyRequest::Ledger(Request::Read { .. }), Some(Reply::Value(value))) => {
                property::Event::Read(who, value)
            }
            (AnyRequest::Ledger(Request::Write { .. }), Some(Reply::Value(value))) => {
                property::Event::Wrote(who, value)
            }
            _ => {
                let process = &self.processes[usize::from(who.process)];
                let asks = process
                    .threads
                    .get(usize::from(who.thread))
                    .is_some_and(|thread| process.alive && thread.phase == Phase::Acquiring);
                if asks {
                    self.happens(stage, &property::Event::InLine(who));
                }
                return;
            }
        };
        self.happens(stage, &event);
    }

    fn judge_place(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        before: place::Seen,
        by: Option<Who>,
    ) {
        let after = place::look(self, stage.setup, server);
        for event in place::changes(&before, &after, by) {
            self.happens(stage, &event);
        }
    }

    /// The next message of a connection reaches its client.
    pub(crate) fn receive(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        let Some(message) = self.conn_mut(conn).down.pop_front() else { return };
        let state = &self.conns[conn as usize];
        let (process, server) = (state.process, state.server());
        if !self.processes[usize::from(process)].alive {
            return;
        }
        match message {
            Down::Closed => {
                stage
                    .listener
                    .hear(self.total(), &Told::Received { process, server, message: None });
                self.lost(stage, conn);
            }
            Down::Message(message) => {
                let told = Told::Received { process, server, message: Some(&message) };
                stage.listener.hear(self.total(), &told);
                self.hear(stage, conn, message);
            }
        }
    }

    fn hear(&mut self, stage: &mut Stage<'_>, conn: ConnId, message: AnyMessage) {
        let process = self.conns[conn as usize].process;
        match message {
            AnyMessage::Redis(redis::Message::Push(_)) => {}
            AnyMessage::Redis(redis::Message::Reply(reply)) => {
                self.answer(stage, conn, |_| OpResult::Redis(reply));
            }
            AnyMessage::Ledger(reply) => self.answer(stage, conn, |_| OpResult::Ledger(reply)),
            AnyMessage::ZooKeeper(zookeeper::Message::Connect(reply)) => {
                self.session(stage, conn, &reply);
            }
            AnyMessage::ZooKeeper(zookeeper::Message::Watch(event)) => {
                let zk = self.process_mut(process).zk.as_mut();
                let fired = zk.map(|zk| zk.fires(&event)).unwrap_or_default();
                for watch in fired {
                    self.watch_fired(stage, process, watch);
                }
            }
            AnyMessage::ZooKeeper(zookeeper::Message::Reply(reply)) => {
                let awaited = self.conns[conn as usize].awaited.front().cloned();
                if let Some(zk) = &mut self.process_mut(process).zk {
                    zk.saw(reply.zxid);
                    if let Some(Awaited { watch: Some((watch, kind, path)), .. }) = awaited {
                        let left = match (&reply.result, kind) {
                            (Ok(_), kind) => Some(kind),
                            // A node that is not there is watched for its creation (fact 5).
                            (Err(ZkError::NoNode), WatchKind::Exists) => Some(WatchKind::Exists),
                            (Err(_), _) => None,
                        };
                        // `exists` on a node that is there is a data watch.
                        let left = match (left, &reply.result) {
                            (Some(WatchKind::Exists), Ok(_)) => Some(WatchKind::Data),
                            (left, _) => left,
                        };
                        if let Some(kind) = left {
                            zk.register(kind, path, watch);
                        }
                    }
                }
                self.answer(stage, conn, |awaited| seen(awaited.reads, reply.result));
            }
            AnyMessage::ZooKeeper(zookeeper::Message::Peer(_)) => {}
        }
    }

    /// Gives the oldest request on the connection its result.
    fn answer(
        &mut self,
        stage: &mut Stage<'_>,
        conn: ConnId,
        result: impl FnOnce(&Awaited) -> OpResult,
    ) {
        let process = self.conns[conn as usize].process;
        let Some(awaited) = self.conn_mut(conn).awaited.pop_front() else { return };
        if let Some(op) = awaited.op {
            let result = result(&awaited);
            self.ended(stage, process, op, result);
        }
    }

    /// A server answered the first packet of a ZooKeeper connection.
    fn session(&mut self, stage: &mut Stage<'_>, conn: ConnId, reply: &zookeeper::ConnectReply) {
        let process = self.conns[conn as usize].process;
        let Some(zk) = &mut self.process_mut(process).zk else { return };
        match zk.connected(reply) {
            Connected::New => {
                self.contact(conn);
                self.set_session(stage, process, Session::Connected);
                self.begin_threads(stage, process);
            }
            Connected::Again(watches) => {
                if let Some(op) = watches {
                    let request = AnyRequest::ZooKeeper(zookeeper::Request::Call { xid: 0, op });
                    self.conn_mut(conn).awaited.push_back(Awaited {
                        op: None,
                        reads: Reads::Nothing,
                        watch: None,
                    });
                    self.send_up(stage, conn, Inbound::Request(request), None);
                }
                self.contact(conn);
                self.set_session(stage, process, Session::Connected);
            }
            Connected::Expired => {
                self.conn_mut(conn).open = false;
                self.fail_all(stage, conn, &CallError::ZooKeeper(ZkError::SessionExpired));
                self.set_session(stage, process, Session::Expired);
                self.watches_over(stage, process);
                // The library asks for a new session.
                self.reconnect(stage, conn);
            }
        }
    }

    /// A fault breaks the connection: what is in flight both ways is lost.
    pub(crate) fn break_connection(&mut self, conn: ConnId) {
        self.set_hold(conn, Direction::Up, None);
        self.set_hold(conn, Direction::Down, None);
        let state = self.conn_mut(conn);
        state.up.clear();
        state.down.clear();
        state.up.push_back((Inbound::Disconnect, None));
        state.down.push_back(Down::Closed);
        self.agenda.cancel_all(|event| {
            matches!(event, Event::Up(of) | Event::Down(of) | Event::Served(of) | Event::SlowEnds(of, _) if *of == conn)
        });
        self.agenda.put(self.now, Event::Up(conn));
        self.agenda.put(self.now, Event::Down(conn));
        self.contact(conn);
    }

    /// The client's end is closed because its process died: what was sent still arrives.
    pub(crate) fn close_by_client(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        self.set_hold(conn, Direction::Down, None);
        let state = self.conn_mut(conn);
        state.down.clear();
        state.awaited.clear();
        let was_open = std::mem::take(&mut state.open);
        self.agenda.cancel_all(
            |event| matches!(event, Event::Down(of) | Event::SlowEnds(of, false) if *of == conn),
        );
        if was_open {
            self.send_up(stage, conn, Inbound::Disconnect, None);
        }
        self.contact(conn);
    }

    /// The client learns that its connection is gone.
    fn lost(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        let process = self.conns[conn as usize].process;
        let state = self.conn_mut(conn);
        state.open = false;
        self.contact(conn);
        self.fail_all(stage, conn, &CallError::ConnectionLost);
        let server = self.conns[conn as usize].server();
        if matches!(self.servers[usize::from(server)].state, AnyServer::ZooKeeper(_)) {
            if let Some(zk) = &mut self.process_mut(process).zk {
                zk.suspend();
            }
            self.set_session(stage, process, Session::Suspended);
            self.reconnect(stage, conn);
        }
    }

    fn reconnect(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        let process = self.conns[conn as usize].process;
        if self.processes[usize::from(process)].alive && !self.conns[conn as usize].open {
            self.open(stage, conn);
        }
    }

    fn fail_all(&mut self, stage: &mut Stage<'_>, conn: ConnId, error: &CallError) {
        let process = self.conns[conn as usize].process;
        let awaited = std::mem::take(&mut self.conn_mut(conn).awaited);
        for awaited in awaited {
            if let Some(op) = awaited.op {
                self.ended(stage, process, op, OpResult::Failed(error.clone()));
            }
        }
    }

    /// Tells a ZooKeeper service whether it hears of the session on this connection.
    ///
    /// In a search keep-alives are not events: a client in contact keeps its session, and when contact ends, its
    /// time begins to run.
    pub(crate) fn contact(&mut self, conn: ConnId) {
        let state = &self.conns[conn as usize];
        let process = &self.processes[usize::from(state.process)];
        let attended = state.open
            && state.up_hold.is_none()
            && process.alive
            && process.paused.is_none()
            && process.zk.as_ref().is_some_and(|zk| zk.state() == Session::Connected);
        let server = state.server();
        let now = self.now;
        let placed = &self.servers[usize::from(server)];
        let AnyServer::ZooKeeper(zk) = &placed.state else { return };
        if zk.is_attended(Link(conn)) == attended || self.pings() {
            return;
        }
        let placed = Rc::make_mut(&mut self.servers[usize::from(server)]);
        if let AnyServer::ZooKeeper(zk) = &mut placed.state {
            zk.attend(Link(conn), attended, now);
        }
        self.arm(server);
    }

    /// The same for all connections of a process.
    pub(crate) fn contacts(&mut self, process: ProcessId) {
        let conns: Vec<ConnId> =
            self.processes[usize::from(process)].conns.iter().map(|(_, conn)| *conn).collect();
        for conn in conns {
            self.contact(conn);
        }
    }

    /// A ZooKeeper client in sampled timing says that it is alive.
    pub(crate) fn ping(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        let Some(server) = stage.around[usize::from(process)].first().and_then(|a| a.zookeeper)
        else {
            return;
        };
        let conn = self.conn_on(process, Lane { server, lane: 0 });
        let connected = self.processes[usize::from(process)]
            .zk
            .as_ref()
            .is_some_and(|zk| zk.state() == Session::Connected);
        if connected && self.conns[conn as usize].open {
            let call = zookeeper::Request::Call { xid: 0, op: zookeeper::Op::Ping };
            self.conn_mut(conn).awaited.push_back(Awaited {
                op: None,
                reads: Reads::Nothing,
                watch: None,
            });
            self.send_up(stage, conn, Inbound::Request(AnyRequest::ZooKeeper(call)), None);
        }
        self.schedule_ping(stage, process);
    }

    /// Puts the next ping on the agenda: three in a session timeout, as the Java client does.
    pub(crate) fn schedule_ping(&mut self, stage: &Stage<'_>, process: ProcessId) {
        let timeout = stage.setup.processes[usize::from(process)].session_timeout_ms;
        let wants =
            self.processes[usize::from(process)].threads.iter().any(super::thread::Thread::wants);
        if self.pings() && wants {
            let every = Micros(i64::from(timeout) * 1000 / 3);
            self.agenda.put(self.now + every, Event::Ping(process));
        }
    }
}

/// Which list of the client library the watch of this operation goes to.
fn watched(op: &zookeeper::Op) -> Option<(WatchKind, Rc<str>)> {
    match op {
        zookeeper::Op::Exists { path, watch: true } => Some((WatchKind::Exists, path.clone())),
        zookeeper::Op::GetData { path, watch: true } => Some((WatchKind::Data, path.clone())),
        zookeeper::Op::GetChildren { path, watch: true }
        | zookeeper::Op::GetChildren2 { path, watch: true } => {
            Some((WatchKind::Children, path.clone()))
        }
        _ => None,
    }
}

/// The part of an answer that the recipe reads.
fn seen(reads: Reads, result: Result<Answer, ZkError>) -> OpResult {
    let answer = match (reads, result) {
        (Reads::Existence, Err(ZkError::NoNode)) => {
            return OpResult::ZooKeeper(Seen::Exists(false));
        }
        (_, Err(error)) => return OpResult::Failed(CallError::ZooKeeper(error)),
        (_, Ok(answer)) => answer,
    };
    OpResult::ZooKeeper(match (reads, answer) {
        (Reads::Existence, _) => Seen::Exists(true),
        (Reads::Path, Answer::Path(path) | Answer::Created(path, _)) => Seen::Path(path),
        (Reads::Children, Answer::Children(children) | Answer::ChildrenAndStat(children, _)) => {
            Seen::Children(children)
        }
        (Reads::Data, Answer::Data(data, _)) => Seen::Data(data),
        (Reads::Czxid, Answer::Stat(stat) | Answer::Data(_, stat)) => Seen::Number(stat.czxid().0),
        (Reads::Version, Answer::Stat(stat) | Answer::Data(_, stat)) => {
            Seen::Number(stat.version().into())
        }
        _ => Seen::Done,
    })
}

impl AnyRequest {
    /// The command or operation, as people call it.
    pub fn name(&self) -> String {
        match self {
            Self::Redis(argv) => argv.first().map(redis::Bytes::to_text).unwrap_or_default(),
            Self::ZooKeeper(zookeeper::Request::Connect(_)) => "connect".to_owned(),
            Self::ZooKeeper(zookeeper::Request::Call { op, .. }) => op.name().to_owned(),
            Self::ZooKeeper(zookeeper::Request::Peer(_)) => "peer".to_owned(),
            Self::Ledger(crate::store::ledger::Request::Read { .. }) => "READ".to_owned(),
            Self::Ledger(crate::store::ledger::Request::Write { .. }) => "WRITE".to_owned(),
        }
    }
}

impl World {
    /// A watch that nobody refers to any more is forgotten by the library.
    pub(crate) fn forget_watches(&mut self, process: ProcessId) {
        let state = self.process_mut(process);
        if let Some(zk) = &mut state.zk {
            let local = &state.local;
            zk.forget(|watch: WatchId| local.watches(watch));
        }
    }
}
