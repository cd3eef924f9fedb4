//! Who takes part in a run: processes with their threads, and servers.

use crate::property::{Names, Who};
use crate::sim::{AnyServer, Setup};

/// Who takes part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cast {
    /// The processes.
    pub processes: Vec<Process>,
    /// The servers.
    pub servers: Vec<Server>,
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

impl Cast {
    /// Those of `setup`.
    pub fn of(setup: &Setup) -> Self {
        let process = |(number, process): (usize, &crate::sim::ProcessSetup)| Process {
            name: process.name.clone(),
            threads: (0..process.threads.len())
                .map(|thread| setup.who(Who { process: number as u16, thread: thread as u8 }))
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
                .map(|server| Server { name: server.name.clone(), kind: kind(&server.state) })
                .collect(),
        }
    }

    /// The number of a process.
    pub(super) fn process(&self, name: &str) -> Option<usize> {
        self.processes.iter().position(|process| process.name == name)
    }

    /// The number of a server.
    pub(super) fn server(&self, name: &str) -> Option<usize> {
        self.servers.iter().position(|server| server.name == name)
    }

    /// The process and the thread with this name.
    pub(super) fn thread(&self, who: &str) -> Option<(usize, usize)> {
        self.processes.iter().enumerate().find_map(|(number, process)| {
            let thread = process.threads.iter().position(|thread| thread == who)?;
            Some((number, thread))
        })
    }
}

/// The name of the thread `thread` (from 1; the only one if none) of a process.
pub(super) fn thread_name(process: &str, thread: Option<u8>) -> String {
    match thread {
        None => process.to_owned(),
        Some(thread) => format!("{process}.t{thread}"),
    }
}
