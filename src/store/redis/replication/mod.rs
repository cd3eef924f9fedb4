//! Several servers with the same data: one is the master, the others are its replicas.
//!
//! A replica opens a link to its master and asks for the stream. The master answers with its whole data set,
//! and then sends, after each request, what the request changed: the new values of keys and their deadlines,
//! which is what a real server's deterministic commands come to; a key that expired or was evicted is a
//! deletion. Events and messages on channels travel with it. A replica that connects again always gets the
//! whole data set (a real one may get the part that it missed, with the same result).
//!
//! The offset counts the requests that changed something, not bytes. A replica acknowledges when it took over
//! the data set, when WAIT asks, and, if its master has `min-replicas-to-write`, every second.
//!
//! Left out: replicas of replicas (the link is closed), writable replicas, `replica-serve-stale-data no`, FAILOVER,
//! MONITOR of the stream at a replica.

mod journal;
mod key;
mod linked;
mod master;
mod peer;
mod replica;

pub use peer::Peer;

use journal::Journal;

use super::reply::Bytes;
use crate::store::Link;

/// What a server knows of the others.
#[derive(Clone, Debug, Default)]
pub(super) struct Replication {
    /// Its master, if it is a replica.
    master: Option<Master>,
    /// Those that asked it for the stream, in that order.
    replicas: Vec<Replica>,
    /// How much of the stream its data contains (`master_repl_offset`).
    offset: u64,
    /// The stream is kept because someone asked for it once.
    kept: bool,
    /// What the request in execution changed.
    journal: Journal,
}

/// The master, as its replica sees it.
#[derive(Clone, Debug)]
struct Master {
    host: Bytes,
    port: u16,
    /// The link to it, if there is one.
    link: Option<Link>,
    /// Its data set arrived on that link.
    synced: bool,
    /// The last ms before the next acknowledgement, if it wants one every second.
    beat_ms: Option<i64>,
}

/// A replica, as its master sees it.
#[derive(Clone, Debug)]
struct Replica {
    link: Link,
    host: Bytes,
    port: u16,
    /// How much it has acknowledged, and when (ms): a replica that never did is not online yet.
    ack: Option<(u64, i64)>,
    /// It is heard of all the time, and not only when it acknowledges
    /// ([`attend_replica`](super::RedisServer::attend_replica)).
    attended: bool,
}

impl Replication {
    /// Whether the server is a replica.
    pub(super) fn is_replica(&self) -> bool {
        self.master.is_some()
    }

    /// How much of the stream its data contains.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// How many replicas have acknowledged so much (`replicationCountAcksByOffset`).
    pub(super) fn acked(&self, offset: u64) -> i64 {
        let acks = self.replicas.iter().filter_map(|replica| replica.ack);
        acks.filter(|(acked, _)| *acked >= offset).count() as i64
    }

    /// What is left when the process dies: whose replica it is (as if CONFIG REWRITE had been called, which
    /// Sentinel does).
    pub(super) fn after_crash(&self) -> Self {
        let master = self.master.as_ref().map(|master| Master {
            host: master.host.clone(),
            port: master.port,
            link: None,
            synced: false,
            beat_ms: None,
        });
        Self { master, ..Self::default() }
    }
}
