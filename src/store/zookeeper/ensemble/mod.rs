//! Several servers that hold the same tree: one leads, the others follow.
//!
//! The leader gives every write its number and proposes it; when a majority has it in its log the leader commits it,
//! applies it and tells the followers, which apply it then. A client is answered by the server to which it is
//! connected, when that server applies the write; a follower's reads are its own and may be behind.

mod follower;
mod leader;

use std::collections::VecDeque;
use std::rc::Rc;

use crate::store::{Env, Key, Link, Outbound};

use super::acl::Identity;
use super::id::{SessionId, Zxid};
use super::replica::Replica;
use super::request::Op;
use super::response::Message;
use super::server::ZooKeeper;
use super::txn::Txn;

pub(super) use follower::Follower;
pub(super) use leader::{Leader, Waiting};

/// A message between two servers of an ensemble.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Peer(pub(super) Word);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Word {
    /// A follower asks for a write, or for a session.
    Submit(Submission),
    /// A follower has heard of a session.
    Touch { session: SessionId, timeout_ms: i32 },
    /// A follower asks whether a session is still there; it is the client's new server.
    Renew { server: u8, client: Link, session: SessionId, timeout_ms: i32 },
    /// The answer to `Renew`.
    Renewed { client: Link, session: SessionId, timeout_ms: i32, valid: bool },
    /// A follower asks where the leader is.
    Sync(Waiting),
    /// The answer to `Sync`, behind everything that was committed before.
    Synced(Waiting),
    /// A transaction to be logged.
    Propose(Rc<Proposal>),
    /// It is in the follower's log.
    Ack(Zxid),
    /// It may be applied.
    Commit(Zxid),
    /// Everything that was committed before the leader was elected.
    Snapshot(Replica),
}

/// Sends a word to another server.
pub(super) fn tell(link: Link, word: Word, env: &mut dyn Env<ZooKeeper>) {
    env.send(link, Outbound::Message(Message::Peer(Peer(word))));
}

/// A transaction on its way, and who waits for it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Proposal {
    pub(super) txn: Txn,
    pub(super) origin: Option<Origin>,
}

/// Who waits for a transaction.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Origin {
    pub(super) server: u8,
    pub(super) client: Link,
    pub(super) waits: Waits,
}

/// For which answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Waits {
    Session {
        timeout_ms: i32,
    },
    Reply {
        xid: i32,
    },
    /// Success is never answered (fact 23).
    Check {
        xid: i32,
    },
    /// The connection ends with the answer.
    Close {
        xid: i32,
    },
}

/// What a follower hands on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Submission {
    pub(super) origin: Origin,
    pub(super) session: SessionId,
    pub(super) identities: Rc<[Identity]>,
    /// None: the session itself is new.
    pub(super) op: Option<Op>,
}

/// What a server is in its ensemble.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Role {
    Alone,
    Leader(Leader),
    Follower(Follower),
}

impl Role {
    /// The number of the server; one that is alone has none.
    pub(super) const fn number(&self) -> u8 {
        match self {
            Self::Alone => 0,
            Self::Leader(leader) => leader.number,
            Self::Follower(follower) => follower.number,
        }
    }
}

/// The transactions of a log, for a key.
fn write_log(log: &VecDeque<Rc<Proposal>>, key: &mut Key, rank: &dyn Fn(Zxid) -> i64) {
    key.int(log.len() as i64);
    for proposal in log {
        let Proposal { txn: Txn { zxid, time, session, change }, origin } = &**proposal;
        key.int(rank(*zxid)).time(*time);
        // The rest has no numbers that differ between equal situations, so its text will do.
        key.bytes(format!("{session:?} {change:?} {origin:?}"));
    }
}
