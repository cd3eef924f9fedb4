//! Partitions between named sides: who is on one hears nothing of who is on another, and nobody is told.
//!
//! A side is a list of clients and servers. Who stands on no side hears everybody. Beside each Redis server that has
//! replicas stands a Sentinel, and what is said of the server goes for it.

use std::rc::Rc;

use super::agenda::{ConnId, Due, ProcessId, ServerId};
use super::conn::Hold;
use super::partition::DIRECTIONS;
use super::world::{Stage, World};
use crate::time::Micros;

/// A client or a server.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Node {
    /// The process of this number.
    Process(u16),
    /// The server of this number.
    Server(u16),
}

/// Who is parted from whom.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Sides {
    /// The sides; nobody stands on two of them.
    pub sides: Vec<Vec<Node>>,
    /// What is stopped.
    pub stops: Stops,
}

/// Which messages between sides are stopped.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Stops {
    /// All.
    #[default]
    Both,
    /// Those of the first side.
    FromFirst,
    /// Those to the first side.
    ToFirst,
}

impl Stops {
    /// All, with the names they have in model files.
    pub const ALL: [(&'static str, Self); 3] =
        [("both", Self::Both), ("from-first", Self::FromFirst), ("to-first", Self::ToFirst)];
}

impl Sides {
    fn side_of(&self, node: Node) -> Option<usize> {
        self.sides.iter().position(|side| side.contains(&node))
    }

    /// Whether it stops what `from` says to `to`.
    fn stop(&self, from: Node, to: Node) -> bool {
        let (Some(from), Some(to)) = (self.side_of(from), self.side_of(to)) else { return false };
        from != to
            && match self.stops {
                Stops::Both => true,
                Stops::FromFirst => from == 0,
                Stops::ToFirst => to == 0,
            }
    }
}

/// A partition between sides that is under way: whose number among the model's faults, and who is parted.
pub(crate) type Parted = (u8, Rc<Sides>);

impl World {
    /// Whether what `from` says does not reach `to` because of a partition between sides.
    pub(super) fn is_parted(&self, from: Node, to: Node) -> bool {
        self.links.parted.iter().any(|(_, sides)| sides.stop(from, to))
    }

    /// Whether a partition between these sides may begin before `event`: it must part somebody who talks, and what
    /// happens next must be about that.
    pub(super) fn may_part(&self, sides: &Rc<Sides>, event: Due, any_time: bool) -> bool {
        if self.is_done() || self.links.parted.iter().any(|(_, other)| other == sides) {
            return false;
        }
        let parts = |one, other| sides.stop(one, other) || sides.stop(other, one);
        // Of an ensemble whose leader loses its majority there is more to say: one misfortune of leaders at a time.
        if let Some(leader) = self.ensemble.leader
            && (self.ensemble.cut.is_some() || self.is_leader_cut())
        {
            let lost = self.alive().into_iter();
            let lost = lost.filter(|it| parts(Node::Server(leader), Node::Server(*it))).count();
            if (self.alive().len() - lost) * 2 <= self.members().len() {
                return false;
            }
        }
        let of_conn = |conn: ConnId| {
            let conn = &self.conns[conn as usize];
            parts(Node::Process(conn.process), Node::Server(conn.server()))
        };
        match event {
            Due::Up(conn) | Due::Down(conn) if of_conn(conn) => true,
            Due::Peer(from, to) if parts(Node::Server(from), Node::Server(to)) => true,
            _ if !any_time => false,
            _ => {
                let mut conns = 0..self.conns.len() as ConnId;
                let servers = || 0..self.servers.len() as ServerId;
                conns.any(|conn| self.conns[conn as usize].open && of_conn(conn))
                    || servers().any(|one| {
                        servers().any(|other| {
                            self.are_linked(one, other)
                                && parts(Node::Server(one), Node::Server(other))
                        })
                    })
            }
        }
    }

    /// A partition between sides begins.
    pub(super) fn part(
        &mut self,
        stage: &mut Stage<'_>,
        fault: u8,
        sides: Rc<Sides>,
        span: Micros,
    ) {
        Rc::make_mut(&mut self.links).parted.push((fault, sides));
        self.agenda.put(self.now + span, Due::Joins(fault));
        for conn in 0..self.conns.len() as ConnId {
            self.hold_if_cut(conn);
            if self.is_cut_off(conn) && self.conns[conn as usize].open {
                self.begin_silence(stage, conn);
            }
        }
        self.hold_words();
        self.part_ensemble(span);
        self.regroup(stage);
        for process in 0..self.processes.len() as ProcessId {
            self.contacts(process);
        }
    }

    /// A partition between sides is over.
    pub(super) fn join(&mut self, stage: &mut Stage<'_>, fault: u8) {
        let apart = self.parted_followers();
        Rc::make_mut(&mut self.links).parted.retain(|(number, _)| *number != fault);
        for process in 0..self.processes.len() as ProcessId {
            if !self.conns_of(process).iter().any(|conn| self.is_cut_off(*conn)) {
                self.end_silence(process);
            }
        }
        for conn in 0..self.conns.len() as ConnId {
            for direction in DIRECTIONS {
                if self.conns[conn as usize].hold(direction) == Some(Hold::Cut) {
                    self.release(conn, direction);
                }
            }
        }
        self.join_ensemble(stage, &apart);
        self.release_words();
        self.regroup(stage);
        for process in 0..self.processes.len() as ProcessId {
            self.contacts(process);
        }
    }
}
