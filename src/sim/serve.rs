//! Servers: a request is executed, a deadline comes, and the properties learn what it means.

use std::borrow::Cow;
use std::rc::Rc;

use super::act::{Acted, Behalf};
use super::agenda::{ConnId, Due, ServerId};
use super::conn::Down;
use super::ensemble::for_clients;
use super::links::is_peer;
use super::server::{AnyMessage, AnyRequest, AnyServer, Sent};
use super::thread::Phase;
use super::world::{Stage, World};
use crate::choice::FaultId;
use crate::cx::{TaskId, thread_of};
use crate::event::{Event, Who};
use crate::store::{Inbound, Link, Outbound, redis};
use crate::time::Micros;

impl World {
    /// A message reaches its server, which may be busy.
    pub(crate) fn arrive(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        let server = self.conns[conn as usize].server();
        let is_alone = !self.is_ensemble() && self.ensemble.is_down(server);
        if is_alone || self.servers[usize::from(server)].state.is_down() {
            self.refuse_while_down(conn);
            return;
        }
        let busy = self.servers[usize::from(server)].busy;
        if busy <= self.now || stage.setup.is_abstract() {
            self.serve(stage, conn);
            return;
        }
        // In line: it is served when what came before has been.
        self.agenda.put(busy, Due::Served(conn));
        stage.observer.on_queued(server, Link(conn));
        if let Some((Inbound::Request(request), _)) = self.conns[conn as usize].up.front() {
            let cost = stage.setup.costs.of(request, &self.servers[usize::from(server)].state);
            Rc::make_mut(&mut self.servers[usize::from(server)]).busy = busy + cost;
        }
    }

    /// A server takes the next message of a connection.
    pub(crate) fn serve(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        let server = self.conns[conn as usize].server();
        if self.ensemble.is_down(server) {
            self.refuse(stage, conn);
            return;
        }
        while let Some((message, by)) = self.conn_mut(conn).up.pop_front() {
            let is_connect = message == Inbound::Connect;
            let is_request = matches!(message, Inbound::Request(_));
            if stage.setup.is_abstract() && self.conns[conn as usize].is_quiet() {
                // How long it was on its way makes no difference any more.
                self.conn_mut(conn).up_due = self.now;
            }
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
        let request = match &message {
            Inbound::Request(request) => Some(request.clone()),
            _ => None,
        };
        let number = self.look_at_number(stage, server);
        let costs = &stage.setup.costs;
        let takes = match &request {
            Some(request) if !stage.setup.is_abstract() => {
                costs.of(request, &self.servers[usize::from(server)].state)
            }
            _ => Micros::ZERO,
        };
        let Acted { sent, effects } = self.let_act(stage, server, |state, now, desk| {
            state.deliver(now, link, message, desk);
        });
        if !stage.setup.is_abstract() {
            let cost = takes + costs.of_sending(&sent);
            self.leaving = self.now + cost;
            let placed = Rc::make_mut(&mut self.servers[usize::from(server)]);
            placed.busy = placed.busy.max(self.leaving);
            stage.observer.on_busy(server, cost);
        }
        let threads = stage.scene.around[usize::from(process)].len();
        let thread = by.map(|task| thread_of(task, threads));
        if let Some(request) = &request {
            let shown = if self.has_peers() { Some(for_clients(&sent)) } else { None };
            let shown = shown.as_ref().unwrap_or(&sent);
            let (request, sent) = (Cow::Borrowed(request), Cow::Borrowed(&**shown));
            let executed = Event::Executed { server, process, thread, link, request, sent };
            stage.observer.on_event(self.total(), &executed);
        }
        if let (Some(request), Some(thread)) = (&request, thread) {
            let who = Who { process, thread };
            self.judge_request(stage, who, request, &sent, link);
        }
        let who = thread.map(|thread| Who { process, thread });
        self.judge_number(stage, server, number, who);
        self.judge_herd(stage, &sent, who, Some(conn));
        self.tell_effects(stage, server, effects, Behalf::Client(link, who));
        self.distribute(stage, server, sent);
        self.arm(server);
        self.contact(conn);
    }

    /// A deadline of a server has come.
    pub(crate) fn wake(&mut self, stage: &mut Stage<'_>, server: ServerId) {
        Rc::make_mut(&mut self.servers[usize::from(server)]).wake = None;
        let Acted { sent, effects } = self.let_act(stage, server, AnyServer::wake);
        let shown = if self.has_peers() { Some(for_clients(&sent)) } else { None };
        let shown = Cow::Borrowed(&**shown.as_ref().unwrap_or(&sent));
        stage.observer.on_event(self.total(), &Event::Woke { server, sent: shown });
        self.judge_herd(stage, &sent, None, None);
        self.tell_effects(stage, server, effects, Behalf::Nobody);
        self.distribute(stage, server, sent);
        self.arm(server);
    }

    pub(crate) fn distribute(&mut self, stage: &mut Stage<'_>, server: ServerId, sent: Sent) {
        // The replies of a Redis server leave it before the words to its replicas.
        let is_redis = self.redis(server).is_some();
        let (now, later): (Sent, Sent) =
            sent.into_iter().partition(|(link, _)| !is_redis || !is_peer(*link));
        for (link, message) in now.into_iter().chain(later) {
            if is_peer(link) {
                self.send_peer(stage, server, link, &message);
                continue;
            }
            let Link(conn) = link;
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

    /// A server did something that a fault made it do.
    pub(in crate::sim) fn acted_by_fault(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        acted: Acted,
        fault: FaultId,
    ) {
        let Acted { sent, effects } = acted;
        let woke = Event::Woke { server, sent: Cow::Borrowed(&*sent) };
        stage.observer.on_event(self.total(), &woke);
        self.tell_effects(stage, server, effects, Behalf::Fault(fault));
        self.distribute(stage, server, sent);
        self.arm(server);
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
        self.judge_answer(stage, who, (request, sent, link));
        let event = match (request, reply) {
            (AnyRequest::Ledger(_), Some(Reply::Stale)) => Event::Fenced(who),
            (&AnyRequest::Ledger(Request::Read { account, .. }), Some(Reply::Value(value))) => {
                Event::Read { who, account, value }
            }
            (&AnyRequest::Ledger(Request::Write { account, .. }), Some(Reply::Value(value))) => {
                Event::Wrote { who, account, value }
            }
            _ => {
                let process = &self.processes[usize::from(who.process)];
                let asks = process
                    .threads
                    .get(usize::from(who.thread))
                    .is_some_and(|thread| process.alive && thread.phase == Phase::Acquiring);
                if asks {
                    self.happens(stage, &Event::InLine(who));
                }
                return;
            }
        };
        self.happens(stage, &event);
    }

    /// What a server tells clients that have not asked in this moment: watch events, published messages, late answers. That
    /// the time of one's own request is over is no change.
    fn judge_herd(
        &mut self,
        stage: &mut Stage<'_>,
        sent: &Sent,
        by: Option<Who>,
        asked: Option<ConnId>,
    ) {
        if self.properties.is_empty() || sent.len() < 1 + usize::from(asked.is_some()) {
            return;
        }
        let by_itself = asked.is_none();
        let asker = asked.map(|conn| self.conns[conn as usize].process);
        let told = sent.iter().filter_map(|(Link(conn), message)| match message {
            Outbound::Close => None,
            Outbound::Message(AnyMessage::Redis(redis::Message::Reply(_))) if by_itself => None,
            // What servers say to each other is on no connection.
            Outbound::Message(_) => self.conns.get(*conn as usize).map(|conn| conn.process),
        });
        let clients: std::collections::BTreeSet<u16> =
            told.filter(|process| Some(*process) != asker).collect();
        if !clients.is_empty() {
            let clients: Vec<u16> = clients.into_iter().collect();
            self.happens(stage, &Event::Wakes { by, clients: Cow::Owned(clients) });
        }
    }
}
