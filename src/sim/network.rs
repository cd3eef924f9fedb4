//! The network: requests out, connections that open, break and close.

use super::agenda::{ConnId, Due, OpRef, ProcessId};
use super::conn::{Awaited, Direction, Down, Hold};
use super::fault::Fault;
use super::server::{AnyRequest, AnyServer};
use super::setup::Timing;
use super::world::{Stage, World};
use crate::choice::{About, Alternative, Question, Site};
use crate::client::zookeeper::{Patience, WatchKind};
use crate::cx::{CallError, Lane, OpResult, Reads, Request, TaskId, subscription_of};
use crate::store::{Inbound, zookeeper};
use crate::time::Micros;
use std::rc::Rc;

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
        let conn = self.conn_on(process, self.lane(process, to));
        if subscription_of(to).is_some() {
            self.process_mut(process).redis.sends(to, request);
        }
        if !self.conns[conn as usize].open && !self.tries_later(conn) {
            self.open(stage, conn);
        }
        let later = self.awaits_session(conn);
        let (request, reads, watch) = match request {
            Request::Redis(argv) => (AnyRequest::Redis(argv.clone().into()), Reads::Nothing, None),
            Request::Ledger(request) => (AnyRequest::Ledger(*request), Reads::Nothing, None),
            Request::ZooKeeper { op, watch, reads } => {
                let place = watch.and_then(|watch| Some((watch, watched(op)?)));
                let watch = place.map(|(watch, (kind, path))| (watch, kind, path));
                // Replies come in order, so requests need no numbers of their own.
                let request = zookeeper::Request::Call { xid: 0, op: op.clone() };
                (AnyRequest::ZooKeeper(request), *reads, watch)
            }
        };
        let about_requests = stage.setup.faults.iter().any(Fault::names_requests);
        let what = about_requests.then(|| request.name().into());
        self.conn_mut(conn).awaited.push_back(Awaited { op: Some(op), what, reads, watch });
        if later {
            self.conn_mut(conn).waiting.push_back((Inbound::Request(request), op.task));
            return conn;
        }
        self.send_up(stage, conn, Inbound::Request(request), Some(op.task));
        conn
    }

    /// Establishes a connection: the server learns it with the first message.
    pub(crate) fn open(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        self.conn_mut(conn).open = true;
        self.open_through(stage, conn);
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

    /// The client was let in: what has waited for that is sent.
    pub(crate) fn send_waiting(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        if !self.conns[conn as usize].waiting.is_empty() {
            for (request, by) in std::mem::take(&mut self.conn_mut(conn).waiting) {
                self.send_up(stage, conn, request, Some(by));
            }
        }
    }

    pub(crate) fn send_up(
        &mut self,
        stage: &mut Stage<'_>,
        conn: ConnId,
        message: Inbound<AnyRequest>,
        by: Option<TaskId>,
    ) {
        let due = self.arrival(stage, conn, Direction::Up);
        let (now, is_abstract) = (self.now, stage.setup.is_abstract());
        let state = self.conn_mut(conn);
        // What waits behind a message that was held is not the first.
        if !is_abstract || state.is_quiet() || state.is_fresh(now) {
            state.up_due = due;
        }
        state.up.push_back((message, by));
        if state.up_hold.is_none() {
            self.agenda.put(due, Due::Up(conn));
        }
    }

    pub(crate) fn send_down(&mut self, stage: &mut Stage<'_>, conn: ConnId, message: Down) {
        let due = self.arrival(stage, conn, Direction::Down);
        let state = self.conn_mut(conn);
        state.down.push_back(message);
        state.down_due = due;
        if state.down_hold.is_none() {
            self.agenda.put(due, Due::Down(conn));
        }
    }

    /// When a message sent now arrives.
    fn arrival(&self, stage: &mut Stage<'_>, conn: ConnId, direction: Direction) -> Micros {
        let state = &self.conns[conn as usize];
        let far = stage.setup.far.get(&(state.process, state.server())).copied();
        let far = far.unwrap_or(Micros::ZERO);
        let Timing::Sampled { least, most } = stage.setup.timing else { return self.now + far };
        let (after, from) = match direction {
            Direction::Up => (state.up_due, self.now),
            // A reply leaves when the server is done.
            Direction::Down => (state.down_due, self.now.max(self.leaving)),
        };
        let handling = match direction {
            Direction::Up => Micros::ZERO,
            Direction::Down => stage.setup.costs.client,
        };
        let extra = stage.choices.pick(&Question {
            about: About::Latency,
            n: (most - least).0.clamp(0, 1_000_000_000) as u32 + 1,
            site: &|| Site::Message(self.way(conn, direction)),
            alternative: &Alternative::Value,
        });
        after.max(from + least + far + handling + Micros(i64::from(extra)))
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
            matches!(event, Due::Up(of) | Due::Down(of) | Due::Served(of) | Due::SlowEnds(of, _) if *of == conn)
        });
        self.agenda.put(self.now, Due::Up(conn));
        self.agenda.put(self.now, Due::Down(conn));
        self.hold_if_cut(conn);
        self.contact(conn);
    }

    /// The client's end is closed because its process died: what was sent still arrives.
    pub(crate) fn close_by_client(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        self.set_hold(conn, Direction::Down, None);
        let state = self.conn_mut(conn);
        state.down.clear();
        state.awaited.clear();
        state.waiting.clear();
        let was_open = std::mem::take(&mut state.open);
        self.agenda.cancel_all(
            |event| matches!(event, Due::Down(of) | Due::SlowEnds(of, false) if *of == conn),
        );
        if was_open {
            self.send_up(stage, conn, Inbound::Disconnect, None);
        }
        self.contact(conn);
    }

    /// The client learns that its connection is gone.
    pub(crate) fn lost(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        let process = self.conns[conn as usize].process;
        self.conn_mut(conn).open = false;
        self.clear(conn);
        self.contact(conn);
        let server = self.conns[conn as usize].server();
        let next = self.next_server(conn);
        self.ask_sentinels(process, server);
        let is_zookeeper =
            matches!(self.servers[usize::from(server)].state, AnyServer::ZooKeeper(_));
        let zk = self.process_mut(process).zk.as_mut().filter(|_| is_zookeeper);
        let suspended = zk.map(|zk| (zk.suspend(), zk.state()));
        self.fail_all(stage, conn, &CallError::ConnectionLost);
        self.loses_subscription(stage, conn);
        if let Some((woken, state)) = suspended {
            self.count_down(process, Patience::SinceHeard);
            self.count_down(process, Patience::SinceSuspended);
            self.set_session(stage, process, state);
            for watch in woken {
                self.watch_fired(stage, process, watch);
            }
            if !self.tries_later(next) {
                self.reconnect(stage, next);
            }
        }
    }

    /// The connection is over at both ends: what is still on its way belongs to it, and reaches nobody.
    ///
    /// But a server that has yet to learn that it is over learns it before the next connection begins.
    pub(crate) fn clear(&mut self, conn: ConnId) {
        for direction in [Direction::Up, Direction::Down] {
            // A partition cuts the next connection as well.
            if self.conns[conn as usize].hold(direction) != Some(Hold::Cut) {
                self.set_hold(conn, direction, None);
            }
        }
        let state = self.conn_mut(conn);
        state.up.retain(|(message, _)| *message == Inbound::Disconnect);
        let to_learn = state.up.len();
        state.down.clear();
        self.agenda.cancel_all(|event| {
            matches!(event, Due::Up(of) | Due::Down(of) | Due::Served(of) | Due::SlowEnds(of, _) if *of == conn)
        });
        for _ in 0..to_learn {
            self.agenda.put(self.now, Due::Up(conn));
        }
    }

    pub(crate) fn reconnect(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        let process = self.conns[conn as usize].process;
        if self.processes[usize::from(process)].alive && !self.conns[conn as usize].open {
            self.open(stage, conn);
        }
    }

    pub(crate) fn fail_all(&mut self, stage: &mut Stage<'_>, conn: ConnId, error: &CallError) {
        let process = self.conns[conn as usize].process;
        let state = self.conn_mut(conn);
        state.waiting.clear();
        let awaited = std::mem::take(&mut state.awaited);
        for awaited in awaited {
            let Some(op) = awaited.op else { continue };
            if !self.tries_again(stage, process, op) {
                self.ended(stage, process, op, OpResult::Failed(error.clone()));
            }
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
