//! Who takes part in a run: processes with their threads, servers, and the faults that the model allows.

use std::collections::BTreeSet;

use crate::choice::{FaultId, ProcessId, ServerId};
use crate::event::{Event, Names, Record, Who};
use crate::property::PropertyBox;
use crate::sim::{AnyServer, Fault, Node, Setup, Side, Sides, Stops, Way};
use crate::store::redis::Bytes;
use crate::visible;

/// Who takes part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cast {
    /// The processes.
    pub processes: Vec<Process>,
    /// The servers.
    pub servers: Vec<Server>,
    /// The faults that the model allows, in its order.
    pub faults: Vec<Misfortune>,
    /// How many may be inside at once.
    permits: u32,
}

/// A process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Process {
    /// Its name.
    pub name: String,
    /// The names of its threads.
    pub threads: Vec<String>,
}

/// A server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Server {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
}

/// Kinds of servers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A Redis server.
    Redis,
    /// A ZooKeeper service.
    ZooKeeper,
    /// The resource that the lock guards.
    Ledger,
}

/// What of a fault is the same whenever it strikes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misfortune {
    /// Its name in model files.
    pub kind: &'static str,
    /// Before or after which requests it strikes.
    pub near: Option<(Side, Vec<String>)>,
    /// The command that somebody at a console runs.
    pub command: Option<String>,
    /// The sides that it parts, each by its names, and what it stops.
    pub sides: Option<(Vec<String>, Stops)>,
    /// From which servers it cuts processes off, by their names, and which way.
    pub cut: Option<(Vec<String>, Way)>,
    /// Whether a thread that it hits ends there.
    pub ends_thread: bool,
    /// Whether a message that it hits is held, and arrives later.
    pub holds: bool,
    /// Whether what it does takes a time that the model says.
    pub lasts: bool,
}

/// A name that somebody gave, as one that is seen.
fn shown(name: &str) -> String {
    visible::line(name).into_owned()
}

impl Cast {
    /// Those of `setup`.
    pub fn of(setup: &Setup) -> Self {
        let process = |(number, process): (usize, &crate::sim::ProcessSetup)| Process {
            name: shown(&process.name),
            threads: (0..process.threads.len())
                .map(|thread| {
                    shown(&setup.who(Who { process: number as u16, thread: thread as u8 }))
                })
                .collect(),
        };
        let kind = |state: &AnyServer| match state {
            AnyServer::Redis(_) => Kind::Redis,
            AnyServer::ZooKeeper(_) => Kind::ZooKeeper,
            AnyServer::Ledger(_) => Kind::Ledger,
        };
        Self {
            processes: setup.processes.iter().enumerate().map(process).collect(),
            servers: setup
                .servers
                .iter()
                .map(|server| Server { name: shown(&server.name), kind: kind(&server.state) })
                .collect(),
            faults: setup.faults.iter().map(|fault| Misfortune::of(fault, setup)).collect(),
            permits: setup.properties.iter().filter_map(PropertyBox::permits).min().unwrap_or(1),
        }
    }

    /// Whether a thread may enter beside so many others.
    pub(super) fn allows(&self, others: usize) -> bool {
        (others as u64) < u64::from(self.permits)
    }

    /// The name of a process.
    pub fn process(&self, process: ProcessId) -> &str {
        self.processes.get(usize::from(process)).map_or("?", |it| &it.name)
    }

    /// The name of a server.
    pub fn server(&self, server: ServerId) -> &str {
        self.servers.get(usize::from(server)).map_or("?", |it| &it.name)
    }

    /// What a server is.
    pub fn kind(&self, server: ServerId) -> Kind {
        self.servers.get(usize::from(server)).map_or(Kind::Redis, |it| it.kind)
    }

    /// The name of a thread, as in `c1` or `s1.t2`.
    pub fn who(&self, who: Who) -> &str {
        let threads = self.processes.get(usize::from(who.process)).map(|it| &it.threads);
        threads.and_then(|threads| threads.get(usize::from(who.thread))).map_or("?", |it| it)
    }

    /// All threads, in the order of their numbers.
    pub(super) fn everybody(&self) -> impl Iterator<Item = Who> {
        (0..).zip(&self.processes).flat_map(|(process, it)| {
            (0..it.threads.len()).map(move |thread| Who { process, thread: thread as u8 })
        })
    }

    /// Whether there are more threads than a timeline has room for by name.
    pub(super) fn is_crowd(&self) -> bool {
        self.processes.iter().map(|it| it.threads.len()).sum::<usize>() > Self::CROWD
    }

    /// More threads than this are a crowd.
    pub(super) const CROWD: usize = 64;

    /// Of more than `most` threads those that a reader looks for: those whom a fault hit, then those who enter, the last
    /// ones first, and then the others. None if there are no more.
    pub(super) fn seen(&self, events: &[Record], most: usize) -> Option<BTreeSet<Who>> {
        let everybody: Vec<Who> = self.everybody().collect();
        if everybody.len() <= most {
            return None;
        }
        let hit = events.iter().filter_map(|record| match &record.event {
            Event::Deviated { take, cost: 1.., .. } => super::deviation::hit(take),
            _ => None,
        });
        let hit = hit.flat_map(|process| everybody.iter().filter(move |it| it.process == process));
        let enter = events.iter().rev().filter_map(|record| match record.event {
            Event::Enters { who, .. } => Some(who),
            _ => None,
        });
        let mut own = BTreeSet::new();
        for who in hit.copied().take(most / 2).chain(enter).chain(everybody.iter().copied()) {
            if own.len() == most {
                break;
            }
            own.insert(who);
        }
        Some(own)
    }

    /// The name of a thread within its process, where that has several.
    pub(super) fn short(&self, who: Who) -> Option<String> {
        let process = self.processes.get(usize::from(who.process))?;
        (process.threads.len() > 1).then(|| format!("t{}", who.thread + 1))
    }

    /// A fault of the model.
    pub fn fault(&self, fault: FaultId) -> Option<&Misfortune> {
        self.faults.get(usize::from(fault))
    }

    /// Whether there are several servers of Redis, each with keys of its own.
    pub(super) fn has_several_redis(&self) -> bool {
        self.servers.iter().filter(|it| it.kind == Kind::Redis).count() > 1
    }

    /// The server where there are several of Redis, as in ` on redis2`.
    pub(super) fn on(&self, server: ServerId) -> String {
        if self.has_several_redis() && self.kind(server) == Kind::Redis {
            format!(" on {}", self.server(server))
        } else {
            String::new()
        }
    }
}

impl Misfortune {
    /// What reports know of a fault.
    pub(super) fn of(fault: &Fault, setup: &Setup) -> Self {
        let extent = fault.extent();
        let words = |words: &[Bytes]| words.iter().map(Bytes::to_text).collect::<Vec<_>>();
        let node = |node: &Node| match *node {
            Node::Process(process) => setup.process(process),
            Node::Server(server) => setup.server(server),
        };
        let side = |side: &Vec<Node>| side.iter().map(node).collect::<Vec<_>>().join(", ");
        let sides = |it: &Sides| (it.sides.iter().map(side).collect(), it.stops);
        Self {
            kind: fault.name(),
            near: fault.near().map(|near| (near.side, near.requests.clone())),
            command: extent.command.map(|command| words(command).join(" ")),
            sides: extent.sides.map(sides),
            cut: extent.cut.map(|cut| {
                let servers = cut.servers.iter().map(|it| setup.server(*it)).collect();
                (servers, cut.way)
            }),
            ends_thread: extent.ends_thread,
            holds: extent.holds,
            lasts: !extent.spans.is_empty(),
        }
    }
}
