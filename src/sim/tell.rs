//! What a world tells whoever listens: traces, counters, timelines.

use super::server::{AnyMessage, AnyRequest};
use crate::property;
use crate::store::{Link, Outbound};
use crate::time::Micros;

/// One thing that happened.
#[derive(Debug)]
pub enum Told<'a> {
    /// A server executed a request.
    Executed {
        /// The server's number.
        server: u16,
        /// The process's number.
        process: u16,
        /// Which of the process's threads, if it was one.
        thread: Option<u8>,
        /// What was asked.
        request: &'a AnyRequest,
        /// What the server sent to this connection and others.
        sent: &'a [(Link, Outbound<AnyMessage>)],
        /// The connection's link.
        link: Link,
    },
    /// A server did something because it was time.
    Woke {
        /// The server's number.
        server: u16,
        /// What it sent.
        sent: &'a [(Link, Outbound<AnyMessage>)],
    },
    /// A message reached a process.
    Received {
        /// The process's number.
        process: u16,
        /// The server's number.
        server: u16,
        /// The message; none when the connection ended.
        message: Option<&'a AnyMessage>,
    },
    /// A process's timer fired.
    Timer {
        /// The process's number.
        process: u16,
    },
    /// Something that properties judge.
    Event(&'a property::Event),
    /// The role of a server changed.
    Server {
        /// The server's number.
        server: u16,
        /// What happened to it.
        event: ServerEvent,
    },
    /// A property was violated.
    Violated {
        /// Which.
        property: &'static str,
        /// Why.
        why: &'a str,
    },
    /// Something other than the nominal happened.
    Deviated {
        /// What was about to happen instead, as in `c2>redis`.
        site: &'a str,
        /// What was done there.
        take: &'a str,
        /// Whether it is a fault (1) or the end of one (0).
        cost: u8,
    },
    /// A recipe or workload counted something.
    Noted {
        /// The process's number.
        process: u16,
        /// What.
        what: &'static str,
        /// How much.
        amount: i64,
    },
}

/// What happens to a Redis server that has replicas or is one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServerEvent {
    /// Sentinels make it the master.
    Promoted,
    /// Sentinels make it a replica of the server of this number.
    Follows(u16),
}

/// Whoever listens.
pub trait Listener {
    /// Hears what happened, at `now` (µs since the run began).
    fn hear(&mut self, now: Micros, told: &Told<'_>);
}

/// Nobody.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Listener for Nobody {
    fn hear(&mut self, _: Micros, _: &Told<'_>) {}
}
