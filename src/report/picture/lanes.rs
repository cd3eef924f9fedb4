//! The lanes: one for each thread and each server, as long as they are few.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::choice::ServerId;
use crate::event::{Record, Who};
use crate::report::cast::{Cast, Kind};
use crate::report::words;

/// One lane.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Lane {
    /// Its name.
    pub name: String,
    /// What it is of.
    pub kind: LaneKind,
    /// The number of the process, whose colour it has; none of a server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<u16>,
}

/// What a lane is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LaneKind {
    /// A thread of a client.
    Thread,
    /// Several threads, of which none is shown alone.
    Crowd,
    /// A Redis server.
    Redis,
    /// A ZooKeeper server.
    Zookeeper,
    /// The resource that the lock guards.
    Ledger,
}

/// The most threads that have lanes of their own.
const MOST: usize = 48;
/// More threads than this stand below the servers.
const FEW: usize = 14;

/// The lanes, and who is on which.
pub(super) struct Lanes {
    pub(super) all: Vec<Lane>,
    threads: BTreeMap<Who, usize>,
    crowd: Option<usize>,
    servers: usize,
}

impl Lanes {
    pub(super) fn of(cast: &Cast, events: &[Record]) -> Self {
        let everybody: Vec<Who> = cast.everybody().collect();
        let own = cast.seen(events, MOST);
        let mut lanes = Self { all: Vec::new(), threads: BTreeMap::new(), crowd: None, servers: 0 };
        // Where clients are many, the servers are not below all of them.
        if everybody.len() > FEW {
            lanes.add_servers(cast);
        }
        let is_shown = |who: &Who| own.as_ref().is_none_or(|own| own.contains(who));
        for who in everybody.iter().copied().filter(|it| is_shown(it)) {
            lanes.threads.insert(who, lanes.all.len());
            let (name, process) = (cast.who(who).to_owned(), Some(who.process));
            lanes.all.push(Lane { name, kind: LaneKind::Thread, process });
        }
        let hidden = everybody.len() - lanes.threads.len();
        if hidden > 0 {
            lanes.crowd = Some(lanes.all.len());
            let name = format!("{} others", words::count(hidden as u64));
            lanes.all.push(Lane { name, kind: LaneKind::Crowd, process: None });
        }
        if everybody.len() <= FEW {
            lanes.add_servers(cast);
        }
        lanes
    }

    fn add_servers(&mut self, cast: &Cast) {
        self.servers = self.all.len();
        for server in &cast.servers {
            let kind = match server.kind {
                Kind::Redis => LaneKind::Redis,
                Kind::ZooKeeper => LaneKind::Zookeeper,
                Kind::Ledger => LaneKind::Ledger,
            };
            self.all.push(Lane { name: server.name.clone(), kind, process: None });
        }
    }

    /// The lane of a thread.
    pub(super) fn thread(&self, who: Who) -> usize {
        self.threads.get(&who).copied().or(self.crowd).unwrap_or_default()
    }

    /// The lanes of a process, each once.
    pub(super) fn process(&self, process: u16) -> Vec<usize> {
        let from = Who { process, thread: 0 };
        let to = Who { process, thread: u8::MAX };
        let own: Vec<usize> = self.threads.range(from..=to).map(|(_, lane)| *lane).collect();
        if own.is_empty() { self.crowd.into_iter().collect() } else { own }
    }

    /// The first lane of a process.
    pub(super) fn first(&self, process: u16) -> usize {
        self.process(process).first().copied().unwrap_or_default()
    }

    /// Whether it is a lane of several threads.
    pub(super) fn is_crowd(&self, lane: usize) -> bool {
        self.crowd == Some(lane)
    }

    /// The lane of a server.
    pub(super) fn server(&self, server: ServerId) -> usize {
        self.servers + usize::from(server)
    }
}
