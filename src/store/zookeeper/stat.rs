//! The `Stat` of a node, as clients see it.

use crate::time::Micros;

use super::id::{SessionId, Zxid};

/// What a server says about a node besides its data.
///
/// The fields are read through accessors, so that whoever simulates a client can tell which it depends on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Stat {
    pub(super) czxid: Zxid,
    pub(super) mzxid: Zxid,
    pub(super) pzxid: Zxid,
    pub(super) ctime: Micros,
    pub(super) mtime: Micros,
    pub(super) version: i32,
    pub(super) cversion: i32,
    pub(super) aversion: i32,
    pub(super) ephemeral_owner: Option<SessionId>,
    pub(super) data_length: i32,
    pub(super) num_children: i32,
}

impl Stat {
    /// The transaction that created the node.
    pub const fn czxid(&self) -> Zxid {
        self.czxid
    }

    /// The transaction that last set the data.
    pub const fn mzxid(&self) -> Zxid {
        self.mzxid
    }

    /// The transaction that last created or deleted a child (fact 17).
    pub const fn pzxid(&self) -> Zxid {
        self.pzxid
    }

    /// When the node was created, in whole milliseconds (ms) of the server's clock.
    pub const fn ctime_ms(&self) -> i64 {
        self.ctime.as_ms()
    }

    /// When the data was last set, in whole milliseconds (ms) of the server's clock.
    pub const fn mtime_ms(&self) -> i64 {
        self.mtime.as_ms()
    }

    /// How often the data was set.
    pub const fn version(&self) -> i32 {
        self.version
    }

    /// Twice the children ever created less those there are now (fact 17).
    pub const fn cversion(&self) -> i32 {
        self.cversion
    }

    /// How often the ACL was set.
    pub const fn aversion(&self) -> i32 {
        self.aversion
    }

    /// The session whose end deletes the node; none for containers and nodes with a time to live too (fact 18).
    pub const fn ephemeral_owner(&self) -> Option<SessionId> {
        self.ephemeral_owner
    }

    /// The length of the data in bytes.
    pub const fn data_length(&self) -> i32 {
        self.data_length
    }

    /// How many children there are.
    pub const fn num_children(&self) -> i32 {
        self.num_children
    }
}
