//! Several ZooKeeper servers: what they say to each other travels, their leader may die, clients move.
//!
//! A client is connected to one server. When that connection breaks it tries the next one at once; one that does
//! not let it in, because it has no leader, is left for [`RETRY`]. When the leader dies its connections break, the
//! others stop serving, and after [`ELECTION`] the one with the longest log leads: every session's clock starts
//! again there (catalogue K13). In a search a session is in contact if its client is in contact with a server that
//! follows the leader.
//!
//! A follower that is cut off from the leader answers reads and pings from what it has, until it has heard nothing
//! for `syncLimit` (5) ticks; then it closes its clients' connections and serves nobody until it hears the leader
//! again, when it catches up with what it missed. If the leader dies meanwhile, the cut is over. A server that comes back
//! follows whoever leads, and gets what it has missed. If all die at once, they elect a leader when a majority is back.

use std::borrow::Cow;
use std::rc::Rc;

use super::act::{Acted, Behalf};
use super::agenda::{ConnId, Due, ProcessId, ServerId};
use super::conn::Down;
use super::links::{is_peer, peer_link};
use super::server::{AnyRequest, AnyServer, Sent};
use super::world::{Stage, World};
use crate::client::zookeeper::ZkClient;
use crate::cx::{Lane, Session};
use crate::event::Event;
use crate::store::zookeeper::Zxid;
use crate::store::{Inbound, Link};
use crate::time::Micros;

/// How long an election takes (µs): after the last vote came in, `FastLeaderElection` waits 200 ms for a better one.
pub(super) const ELECTION: Micros = Micros::from_ms(200);

/// How long (µs) a client that was not let in waits before it tries the next server: the Java client up to so long.
const RETRY: Micros = Micros::from_ms(1000);

/// For how many ticks a follower serves without its leader: `syncLimit` of the sample configuration.
const SYNC_LIMIT: i64 = 5;

/// Who leads, and who is left.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Ensemble {
    /// Who leads; nobody while there is an election.
    pub(super) leader: Option<ServerId>,
    /// How many servers there are.
    size: u8,
    down: Vec<ServerId>,
    /// The follower that is cut off from the leader, or the leader that is cut off from the others.
    pub(super) cut: Option<ServerId>,
    /// The leader that was cut off and that the others have given up.
    pub(super) deposed: Option<ServerId>,
}

impl Ensemble {
    /// So many servers with a leader; none where there is one server or no such service.
    pub(super) fn led_by(leader: Option<ServerId>, size: usize) -> Self {
        Self { leader, size: size as u8, ..Self::default() }
    }

    pub(super) fn is_down(&self, server: ServerId) -> bool {
        self.down.contains(&server)
    }

    /// How many servers are down.
    pub(super) fn dead(&self) -> usize {
        self.down.len()
    }

    pub(super) fn goes_down(&mut self, server: ServerId) {
        self.down.push(server);
        self.down.sort_unstable();
    }

    pub(super) fn comes_back(&mut self, server: ServerId) {
        self.down.retain(|it| *it != server);
    }
}

/// The servers of the ZooKeeper service.
pub(super) fn members<'a>(servers: impl Iterator<Item = &'a AnyServer>) -> Vec<ServerId> {
    let numbered = servers.enumerate();
    numbered
        .filter(|(_, server)| matches!(server, AnyServer::ZooKeeper(_)))
        .map(|(number, _)| number as ServerId)
        .collect()
}

impl World {
    pub(super) fn members(&self) -> Vec<ServerId> {
        members(self.servers.iter().map(|placed| &placed.state))
    }

    /// Whether the ZooKeeper service has several servers.
    pub(super) fn is_ensemble(&self) -> bool {
        self.ensemble.size > 1
    }

    /// The lane on which requests of the process to `to` really go: to the server that its client has chosen.
    pub(super) fn lane(&self, process: ProcessId, to: Lane) -> Lane {
        let is_zookeeper =
            matches!(self.servers[usize::from(to.server)].state, AnyServer::ZooKeeper(_));
        if is_zookeeper {
            Lane { server: self.processes[usize::from(process)].zk_server, ..to }
        } else {
            self.lane_in_group(process, to)
        }
    }

    /// Where a client goes whose connection is gone: to the next server, at once if this one had let it in.
    pub(super) fn next_server(&mut self, conn: ConnId) -> ConnId {
        let state = &self.conns[conn as usize];
        let (process, at) = (state.process, state.server());
        let members = self.members();
        let Some(place) = members.iter().position(|member| *member == at) else { return conn };
        if self.processes[usize::from(process)].zk_server != at {
            return conn;
        }
        if members.len() == 1 {
            // Nobody is there: it tries again after a while.
            if self.ensemble.is_down(at) {
                let due = self.after(process, RETRY);
                self.agenda.put(due, Due::Reconnects(process));
            }
            return conn;
        }
        let state = &self.processes[usize::from(process)];
        let was_let_in = state.zk.as_ref().is_some_and(|zk| zk.state() == Session::Connected);
        let next = members[(place + 1) % members.len()];
        self.process_mut(process).zk_server = next;
        if !was_let_in {
            let due = self.after(process, RETRY);
            self.agenda.put(due, Due::Reconnects(process));
        }
        self.conn_on(process, Lane { server: next, lane: 0 })
    }

    /// Whether the client waits before it opens this connection.
    pub(super) fn tries_later(&self, conn: ConnId) -> bool {
        let state = &self.conns[conn as usize];
        let process = state.process;
        !state.open
            && self.processes[usize::from(process)].zk_server == state.server()
            && self.agenda.has_rare(Due::Reconnects(process))
    }

    /// Whether the client keeps requests on this connection until a server has let it in: the watches that it sets
    /// again go first (`ClientCnxn.primeConnection`, <https://github.com/apache/zookeeper>).
    pub(super) fn awaits_session(&self, conn: ConnId) -> bool {
        let state = &self.conns[conn as usize];
        let is_zookeeper =
            matches!(self.servers[usize::from(state.server())].state, AnyServer::ZooKeeper(_));
        let zk = self.processes[usize::from(state.process)].zk.as_ref();
        is_zookeeper && zk.is_some_and(|zk| !state.open || zk.state() != Session::Connected)
    }

    /// It tries again.
    pub(super) fn reconnects(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        stage.observer.on_event(self.total(), &Event::Timer(process));
        let server = self.processes[usize::from(process)].zk_server;
        let conn = self.conn_on(process, Lane { server, lane: 0 });
        if self.processes[usize::from(process)].alive && !self.conns[conn as usize].open {
            self.open(stage, conn);
        }
    }

    pub(super) fn all_contacts(&mut self) {
        for process in 0..self.processes.len() as ProcessId {
            self.contacts(process);
        }
    }

    pub(super) fn tell_server(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        link: Link,
        message: Inbound<AnyRequest>,
    ) {
        let number = self.look_at_number(stage, server);
        let acted = self.let_act(stage, server, |state, now, desk| {
            state.deliver(now, link, message, desk);
        });
        self.judge_number(stage, server, number, None);
        self.told_server(stage, server, acted, Behalf::Nobody);
    }

    /// What came of it that a server was told something, or made to do something, by others than clients.
    pub(super) fn told_server(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        acted: Acted,
        behalf: Behalf,
    ) {
        let Acted { sent, effects } = acted;
        let to_clients = for_clients(&sent);
        if !to_clients.is_empty() {
            let sent = Cow::Borrowed(&*to_clients);
            stage.observer.on_event(self.total(), &Event::Woke { server, sent });
        }
        self.tell_effects(stage, server, effects, behalf);
        self.distribute(stage, server, sent);
        self.arm(server);
    }

    /// Whether the leader may die: the others must be a majority.
    pub(super) fn leader_may_die(&self, event: Due, moves_time: bool) -> bool {
        let Some(leader) = self.ensemble.leader else { return false };
        let of = |conn: ConnId| self.conns[conn as usize].server() == leader;
        let concerns = match event {
            Due::Up(conn) | Due::Down(conn) | Due::Served(conn) => of(conn),
            Due::Peer(from, to) => from == leader || to == leader,
            _ => false,
        };
        (concerns || moves_time) && self.majority_without_one() && !self.is_done()
    }

    /// Whether the others are a majority if one more server dies.
    pub(super) fn majority_without_one(&self) -> bool {
        let members = usize::from(self.ensemble.size);
        // One misfortune of leaders at a time.
        !self.is_leader_cut() && members.saturating_sub(self.ensemble.dead() + 1) * 2 > members
    }

    /// The leader dies.
    pub(super) fn crash_leader(&mut self, stage: &mut Stage<'_>) {
        let ensemble = Rc::make_mut(&mut self.ensemble);
        let Some(leader) = ensemble.leader.take() else { return };
        ensemble.goes_down(leader);
        ensemble.cut = None;
        self.agenda.cancel_all(|event| matches!(event, Due::Rejoins(_) | Due::StopsServing(_)));
        // What was under way to or from it is lost; the others say nothing to each other. Whoever was cut off from
        // it is so no longer.
        for server in self.members() {
            self.forget_words(leader, server);
        }
        Rc::make_mut(&mut self.servers[usize::from(leader)]).state.crash();
        self.arm(leader);
        for conn in 0..self.conns.len() as ConnId {
            if self.conns[conn as usize].server() == leader && self.conns[conn as usize].open {
                self.break_connection(conn);
            }
        }
        for server in self.alive() {
            self.tell_server(stage, server, peer_link(leader, server), Inbound::Disconnect);
        }
        self.agenda.put(self.now + ELECTION, Due::Elects);
    }

    pub(super) fn alive(&self) -> Vec<ServerId> {
        self.members().into_iter().filter(|server| !self.ensemble.is_down(*server)).collect()
    }

    /// The election is over.
    pub(super) fn elect(&mut self, stage: &mut Stage<'_>) {
        let mut alive = self.alive();
        alive.retain(|server| self.ensemble.cut != Some(*server));
        let parted = !self.links.parted.is_empty();
        let logged = |server: &ServerId| match &self.servers[usize::from(*server)].state {
            AnyServer::ZooKeeper(zk) => zk.logged(),
            _ => Zxid::ZERO,
        };
        let candidates = alive.iter().copied().filter(|it| !parted || self.may_lead(*it));
        let Some(leader) = candidates.max_by_key(|server| (logged(server), *server)) else {
            return;
        };
        Rc::make_mut(&mut self.ensemble).leader = Some(leader);
        alive.retain(|it| *it != leader && self.can_talk(leader, *it));
        let followers = alive;
        for &follower in &followers {
            let placed = Rc::make_mut(&mut self.servers[usize::from(follower)]);
            if let AnyServer::ZooKeeper(zk) = &mut placed.state {
                zk.follow(Some(peer_link(leader, follower)));
            }
            self.arm(follower);
        }
        let links: Vec<Link> = followers.iter().map(|it| peer_link(leader, *it)).collect();
        let number = self.look_at_number(stage, leader);
        let acted = self.let_zookeeper(stage, leader, |zk, now, desk| zk.lead(now, &links, desk));
        self.judge_number(stage, leader, number, None);
        self.told_server(stage, leader, acted, Behalf::Nobody);
        self.all_contacts();
    }

    /// A server that came back follows whoever leads, and gets what it has missed.
    pub(super) fn follow_leader(&mut self, stage: &mut Stage<'_>, server: ServerId) {
        let Some(leader) = self.ensemble.leader else { return };
        let link = peer_link(leader, server);
        let placed = Rc::make_mut(&mut self.servers[usize::from(server)]);
        if let AnyServer::ZooKeeper(zk) = &mut placed.state {
            zk.follow(Some(link));
        }
        let acted = self.let_zookeeper(stage, leader, |zk, _, desk| zk.admit(link, desk));
        self.told_server(stage, leader, acted, Behalf::Nobody);
    }

    /// For how long (µs) a follower serves, or is waited for, without a word.
    pub(super) fn sync_limit(&self, server: ServerId) -> Option<Micros> {
        match &self.servers[usize::from(server)].state {
            AnyServer::ZooKeeper(zk) => Some(Micros(zk.config().tick.0 * SYNC_LIMIT)),
            _ => None,
        }
    }

    /// Nobody is there any more: the connection is refused.
    pub(super) fn refuse(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        self.conn_mut(conn).up.clear();
        let state = &self.conns[conn as usize];
        if state.hears() && state.down.back() != Some(&Down::Closed) {
            self.send_down(stage, conn, Down::Closed);
        }
    }

    /// Tells the leader whether the service hears of the session of this connection's client.
    pub(super) fn contact_through(&mut self, conn: ConnId) {
        let state = &self.conns[conn as usize];
        let process = &self.processes[usize::from(state.process)];
        if self.pings() || process.zk_server != state.server() {
            return;
        }
        let attended = state.open
            && !state.is_kept_from_its_server()
            && process.alive
            && process.paused.is_none()
            && !self.ensemble.is_down(state.server())
            && self.hears_leader(state.server())
            && self.servers[usize::from(state.server())].stalls.is_none()
            && process.zk.as_ref().is_some_and(|zk| zk.state() == Session::Connected);
        let Some(leader) = self.ensemble.leader else { return };
        let Some((session, timeout_ms)) = process.zk.as_ref().and_then(ZkClient::session) else {
            return;
        };
        let now = self.now;
        let AnyServer::ZooKeeper(zk) = &self.servers[usize::from(leader)].state else { return };
        if zk.is_session_attended(session) == attended {
            return;
        }
        let placed = Rc::make_mut(&mut self.servers[usize::from(leader)]);
        let now = placed.time(now);
        if let AnyServer::ZooKeeper(zk) = &mut placed.state {
            zk.attend_session(session, attended, timeout_ms, now);
        }
        self.arm(leader);
    }
}

/// What is sent to clients, without what servers say to each other.
pub(super) fn for_clients(sent: &Sent) -> Sent {
    sent.iter().filter(|(link, _)| !is_peer(*link)).cloned().collect()
}
