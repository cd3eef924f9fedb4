//! Partitions: a process and servers hear nothing of each other, and nobody is told.
//!
//! Messages both ways stand still until the partition heals. A Redis client waits for its reply, or for its own
//! timeout. A ZooKeeper client counts the time without a byte: after its patience it drops the connection, fails
//! what it had asked, and tries to connect again and again; some libraries take the session for lost by their
//! own clock. The servers' clocks go on meanwhile, so a session may be over before its client knows.
//!
//! Keep-alives are taken to go to and fro all the time, so the silence begins with the partition.

use std::rc::Rc;

use super::agenda::{ConnId, Due, ProcessId, ServerId};
use super::conn::{Direction, Hold};
use super::fault::Cut;
use super::server::AnyServer;
use super::sides::Node;
use super::world::{Stage, World};
use crate::client::zookeeper::Patience;
use crate::cx::{CallError, Lane, Session};
use crate::event::Event;
use crate::store::Inbound;
use crate::store::zookeeper::ZkError;
use crate::time::Micros;

pub(super) const DIRECTIONS: [Direction; 2] = [Direction::Up, Direction::Down];

impl World {
    /// Whether there is something to cut: an open connection, and no other partition.
    pub(super) fn can_be_cut(&self, process: ProcessId, cut: &Cut) -> bool {
        let state = &self.processes[usize::from(process)];
        state.cut.is_none()
            && state.conns.iter().any(|&(lane, conn)| {
                self.conns[conn as usize].open && self.covers(cut, lane.server)
            })
    }

    fn covers(&self, cut: &Cut, server: ServerId) -> bool {
        let is_ledger = matches!(self.servers[usize::from(server)].state, AnyServer::Ledger(_));
        if cut.servers.is_empty() { !is_ledger } else { cut.servers.contains(&server) }
    }

    /// Whether a partition stops this direction.
    pub(super) fn is_cut(&self, conn: ConnId, direction: Direction) -> bool {
        let conn = &self.conns[conn as usize];
        self.stops(conn.process, conn.server(), direction)
    }

    /// Whether a partition stops messages of a process to a server, or of the server to the process.
    pub(super) fn stops(&self, process: ProcessId, server: ServerId, direction: Direction) -> bool {
        let cut = self.processes[usize::from(process)].cut.as_ref();
        let (one, other) = (Node::Process(process), Node::Server(server));
        let (from, to) = match direction {
            Direction::Up => (one, other),
            Direction::Down => (other, one),
        };
        cut.is_some_and(|cut| cut.way.stops(direction) && self.covers(cut, server))
            || self.is_parted(from, to)
    }

    /// Whether a partition stops messages of the connection, one way at least.
    pub(super) fn is_cut_off(&self, conn: ConnId) -> bool {
        DIRECTIONS.iter().any(|direction| self.is_cut(conn, *direction))
    }

    /// A partition begins.
    pub(super) fn cut(&mut self, stage: &Stage<'_>, process: ProcessId, cut: &Cut, span: Micros) {
        self.process_mut(process).cut = Some(Rc::new(cut.clone()));
        self.agenda.put(self.now + span, Due::Heals(process));
        for conn in self.conns_of(process) {
            self.hold_if_cut(conn);
            if self.is_cut_off(conn) && self.conns[conn as usize].open {
                self.begin_silence(stage, conn);
            }
            self.contact(conn);
        }
    }

    pub(super) fn conns_of(&self, process: ProcessId) -> Vec<ConnId> {
        self.processes[usize::from(process)].conns.iter().map(|(_, conn)| *conn).collect()
    }

    /// What a partition stops stands still; what was held for another reason stays so.
    pub(super) fn hold_if_cut(&mut self, conn: ConnId) {
        for direction in DIRECTIONS {
            if self.is_cut(conn, direction) {
                self.hold_for_cut(conn, direction);
            }
        }
    }

    fn hold_for_cut(&mut self, conn: ConnId, direction: Direction) {
        if self.conns[conn as usize].hold(direction).is_some() {
            return;
        }
        self.set_hold(conn, direction, Some(Hold::Cut));
        let held = match direction {
            Direction::Up => Due::Up(conn),
            Direction::Down => Due::Down(conn),
        };
        self.agenda.cancel_all(|event| *event == held);
    }

    /// A connection is being opened: through a partition it is not, even if that stops only one way.
    pub(super) fn open_through(&mut self, stage: &Stage<'_>, conn: ConnId) {
        if !self.is_cut_off(conn) {
            let server = self.conns[conn as usize].server();
            if self.servers[usize::from(server)].stalls.is_some() {
                self.begin_silence(stage, conn);
            }
            return;
        }
        for direction in DIRECTIONS {
            if self.conns[conn as usize].hold(direction).is_none() {
                self.set_hold(conn, direction, Some(Hold::Cut));
            }
        }
        self.begin_silence(stage, conn);
    }

    /// The client hears nothing from here on.
    pub(super) fn begin_silence(&mut self, stage: &Stage<'_>, conn: ConnId) {
        let state = &self.conns[conn as usize];
        let process = state.process;
        let is_zookeeper =
            matches!(self.servers[usize::from(state.server())].state, AnyServer::ZooKeeper(_));
        let Some(zk) = self.processes[usize::from(process)].zk.as_ref().filter(|_| is_zookeeper)
        else {
            return;
        };
        let hosts = stage.setup.servers.iter();
        let hosts = hosts.filter(|it| matches!(it.state, AnyServer::ZooKeeper(_))).count() as i64;
        let patience = match zk.state() {
            Session::Connected => zk.read_timeout(),
            _ => zk.connect_timeout(hosts),
        };
        self.forget_clock(process, Due::Silent(process));
        let due = self.after(process, patience);
        self.agenda.put(due, Due::Silent(process));
        self.count_down(process, Patience::SinceHeard);
    }

    /// The library's own clock of the session begins, if it has one that counts from here and does not run yet.
    pub(super) fn count_down(&mut self, process: ProcessId, from: Patience) {
        let Some(zk) = &self.processes[usize::from(process)].zk else { return };
        let Some(span) = zk.own_clock(from).filter(|_| zk.has_session()) else { return };
        let gives_up = Due::GivesUp(process);
        let runs = self.agenda.has_rare(gives_up);
        if !runs {
            let due = self.after(process, span);
            self.agenda.put(due, gives_up);
        }
    }

    /// A byte arrived on the connection: the silence begins anew if the partition goes on.
    pub(super) fn heard(&mut self, stage: &Stage<'_>, conn: ConnId) {
        let process = self.conns[conn as usize].process;
        let state = &self.processes[usize::from(process)];
        let connected = state.zk.as_ref().is_some_and(|zk| zk.state() == Session::Connected);
        if connected && self.is_cut_off(conn) {
            self.forget_clock(process, Due::GivesUp(process));
            self.begin_silence(stage, conn);
        }
    }

    /// One of the library's clocks stops, also one that has run out while the process stood still.
    pub(super) fn forget_clock(&mut self, process: ProcessId, clock: Due) {
        self.agenda.cancel_rare(clock);
        let backlog = &self.processes[usize::from(process)].paused;
        if backlog.as_ref().is_some_and(|backlog| backlog.contains(&clock))
            && let Some(backlog) = &mut self.process_mut(process).paused
        {
            backlog.retain(|event| *event != clock);
        }
    }

    /// The other end of the connection can be heard again, unless a partition goes on.
    pub(super) fn is_heard_again(&mut self, conn: ConnId) {
        let state = &self.conns[conn as usize];
        let process = state.process;
        let of_session = self.processes[usize::from(process)].zk_server == state.server();
        if !of_session || self.is_cut_off(conn) {
            return;
        }
        self.forget_clock(process, Due::Silent(process));
        let state = &self.processes[usize::from(process)];
        if state.zk.as_ref().is_some_and(|zk| zk.state() == Session::Connected) {
            self.forget_clock(process, Due::GivesUp(process));
        }
    }

    /// The partition is over: what stood still goes on.
    pub(super) fn heal(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        self.process_mut(process).cut = None;
        if !self.conns_of(process).iter().any(|conn| self.is_cut_off(*conn)) {
            self.end_silence(process);
        }
        for conn in self.conns_of(process) {
            for direction in DIRECTIONS {
                if self.conns[conn as usize].hold(direction) == Some(Hold::Cut) {
                    self.release(conn, direction);
                }
            }
        }
        self.regroup(stage);
    }

    /// The client hears the servers again.
    pub(super) fn end_silence(&mut self, process: ProcessId) {
        self.forget_clock(process, Due::Silent(process));
        let state = &self.processes[usize::from(process)];
        if state.zk.as_ref().is_some_and(|zk| zk.state() == Session::Connected) {
            self.forget_clock(process, Due::GivesUp(process));
        }
    }

    /// A ZooKeeper client has heard nothing for too long: it drops the connection and tries another.
    pub(super) fn silent(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        stage.observer.on_event(self.total(), &Event::Timer(process));
        if let Some(conn) = self.zookeeper_conn(stage, process)
            && self.conns[conn as usize].open
        {
            self.drop_connection(stage, conn);
            self.lost(stage, conn);
        }
    }

    /// A ZooKeeper client takes its session for lost by its own clock, and asks for a new one.
    pub(super) fn gives_up(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        stage.observer.on_event(self.total(), &Event::Timer(process));
        let Some(conn) = self.zookeeper_conn(stage, process) else { return };
        if self.conns[conn as usize].open {
            self.drop_connection(stage, conn);
        }
        if let Some(zk) = &mut self.process_mut(process).zk {
            zk.expire();
        }
        self.contact(conn);
        self.expired(stage, conn);
    }

    /// The library learns, or decides, that its session is over.
    pub(super) fn expired(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        let process = self.conns[conn as usize].process;
        self.fail_all(stage, conn, &CallError::ZooKeeper(ZkError::SessionExpired));
        self.set_session(stage, process, Session::Expired);
        self.watches_over(stage, process);
        // The library asks for a new session.
        self.reconnect(stage, conn);
    }

    fn zookeeper_conn(&self, stage: &Stage<'_>, process: ProcessId) -> Option<ConnId> {
        let server = stage.scene.around[usize::from(process)].first()?.zookeeper?;
        let Lane { server, .. } = self.lane(process, Lane { server, lane: 0 });
        let conns = self.processes[usize::from(process)].conns.iter();
        conns.filter(|(lane, _)| lane.server == server).map(|(_, conn)| *conn).next()
    }

    /// The client closes its end without waiting for anything; who waits for replies is not told yet.
    ///
    /// What the partition holds back on the way to the server is lost with the connection.
    pub(super) fn drop_connection(&mut self, stage: &mut Stage<'_>, conn: ConnId) {
        let is_cut = self.conns[conn as usize].up_hold == Some(Hold::Cut);
        self.set_hold(conn, Direction::Down, None);
        let state = self.conn_mut(conn);
        state.open = false;
        state.down.clear();
        if is_cut {
            state.up.clear();
        }
        self.agenda.cancel_all(
            |event| matches!(event, Due::Down(of) | Due::SlowEnds(of, false) if *of == conn),
        );
        self.send_up(stage, conn, Inbound::Disconnect, None);
    }
}
