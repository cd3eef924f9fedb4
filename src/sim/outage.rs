//! Outages: a server dies with all its connections, and starts again with what it had persisted.
//!
//! Whether the server had executed a request and whether its client got the reply is a matter of the moment: what
//! is under way both ways is lost, and each client learns that its connection is gone. Until the server is there
//! again connections to it are refused at once.

use std::rc::Rc;

use super::act::{Acted, Behalf};
use super::agenda::{ConnId, Due, ServerId};
use super::conn::Down;
use super::ensemble::ELECTION;
use super::server::AnyServer;
use super::world::{Stage, World};
use crate::event::{Event, ServerTurn};
use crate::store::Inbound;
use crate::time::Micros;

impl World {
    /// Whether a server is dead.
    pub(super) fn is_down(&self, server: ServerId) -> bool {
        self.ensemble.is_down(server) || self.servers[usize::from(server)].state.is_down()
    }

    /// A server dies, and will start again after `span`, if it does.
    pub(super) fn crash_server(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        span: Option<Micros>,
    ) {
        if let Some(span) = span {
            self.agenda.put(self.now + span, Due::ServerUp(server));
        }
        let crashes = Event::Server { server, turn: ServerTurn::Crashes };
        stage.observer.on_event(self.total(), &crashes);
        if self.ensemble.leader == Some(server) {
            self.crash_leader(stage);
            return;
        }
        let is_zookeeper =
            matches!(self.servers[usize::from(server)].state, AnyServer::ZooKeeper(_));
        if is_zookeeper {
            self.leave_ensemble(server);
        }
        let Acted { effects, .. } =
            self.let_redis(stage, server, |redis, _, desk| redis.tell_crash(desk));
        self.tell_effects(stage, server, effects, Behalf::Nobody);
        let placed = Rc::make_mut(&mut self.servers[usize::from(server)]);
        placed.state.crash();
        placed.busy = Micros::ZERO;
        self.arm(server);
        for conn in 0..self.conns.len() as ConnId {
            if self.conns[conn as usize].server() != server {
                continue;
            }
            if self.conns[conn as usize].open {
                self.break_connection(conn);
            }
            self.forget_sent(conn);
        }
        self.unlink(stage, server);
    }

    /// Whether all servers may die at once: none is in trouble already.
    pub(super) fn all_may_die(&self) -> bool {
        let is_well =
            |server| self.servers[usize::from(server)].stalls.is_none() && !self.is_down(server);
        let is_led = !self.is_ensemble() || self.ensemble.leader.is_some();
        !self.is_done()
            && is_led
            && self.ensemble.cut.is_none()
            && self.servers_of_store().into_iter().all(is_well)
    }

    /// All of them die, and will start again after `span`.
    pub(super) fn crash_all(&mut self, stage: &mut Stage<'_>, span: Micros) {
        let leader = self.ensemble.leader;
        let mut servers = self.servers_of_store();
        servers.sort_by_key(|server| leader == Some(*server));
        for server in servers {
            self.crash_server(stage, server, Some(span));
        }
        // Nobody is left to elect anybody.
        self.agenda.cancel_rare(Due::Elects);
    }

    fn servers_of_store(&self) -> Vec<ServerId> {
        let numbered = self.servers.iter().enumerate();
        numbered
            .filter(|(_, placed)| placed.state.can_restart())
            .map(|(number, _)| number as ServerId)
            .collect()
    }

    /// After all have died, or lost sight of each other, those that are back elect a leader, as soon as they are a majority.
    pub(super) fn elect_anew(&mut self) {
        let elects = self.agenda.iter().any(|(_, event)| event == Due::Elects);
        let is_due = self.is_ensemble() && self.ensemble.leader.is_none() && !elects;
        if is_due && self.can_elect() {
            self.agenda.put(self.now + ELECTION, Due::Elects);
        }
    }

    /// What was under way to or from a member that dies is lost.
    fn leave_ensemble(&mut self, server: ServerId) {
        let ensemble = Rc::make_mut(&mut self.ensemble);
        ensemble.goes_down(server);
        if ensemble.cut == Some(server) {
            ensemble.cut = None;
        }
        for other in self.members() {
            self.forget_words(server, other);
        }
        self.agenda.cancel_all(|event| match event {
            Due::Rejoins(it) | Due::StopsServing(it) => *it == server,
            _ => false,
        });
    }

    /// The leader was silent for so long that its followers give it up; it will follow when it goes on.
    pub(super) fn give_up_leader(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        until: Micros,
    ) {
        if self.ensemble.leader == Some(server) && self.majority_without_one() {
            Rc::make_mut(&mut self.servers[usize::from(server)]).stalls = None;
            self.crash_server(stage, server, Some(until - self.now));
        }
    }

    /// A server starts again.
    pub(super) fn start_server(&mut self, stage: &mut Stage<'_>, server: ServerId) {
        let restarts = Event::Server { server, turn: ServerTurn::Restarts };
        stage.observer.on_event(self.total(), &restarts);
        let Acted { sent, effects } = self.let_act(stage, server, AnyServer::restart);
        Rc::make_mut(&mut self.ensemble).comes_back(server);
        self.tell_effects(stage, server, effects, Behalf::Nobody);
        self.distribute(stage, server, sent);
        self.arm(server);
        self.regroup(stage);
        self.follow_leader(stage, server);
        self.elect_anew();
        self.all_contacts();
    }

    /// A message reaches a server that is down: its sender learns that there is no connection.
    pub(super) fn refuse_while_down(&mut self, conn: ConnId) {
        let state = &self.conns[conn as usize];
        let asked = state.up.iter().any(|(message, _)| *message != Inbound::Disconnect);
        let told = state.down.contains(&Down::Closed);
        self.forget_sent(conn);
        if asked && !told {
            self.conn_mut(conn).down.push_back(Down::Closed);
            self.agenda.put(self.now, Due::Down(conn));
            self.hold_if_cut(conn);
        }
    }

    /// What is on its way to the server of the connection will not be received.
    fn forget_sent(&mut self, conn: ConnId) {
        if !self.conns[conn as usize].up.is_empty() {
            self.conn_mut(conn).up.clear();
            self.agenda
                .cancel_all(|event| matches!(event, Due::Up(of) | Due::Served(of) if *of == conn));
        }
    }
}
