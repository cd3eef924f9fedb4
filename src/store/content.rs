//! What a store keeps at one moment, as people read it: keys with their times to live, nodes with their owners and
//! watches.
//!
//! It is a copy for views and decides nothing: a store is read through its requests everywhere else.

use super::Link;
use crate::time::Micros;

/// One thing that a store keeps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The key, the path, the channel, the session's number.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// What it holds, as text; of a collection its first members.
    pub value: String,
    /// The first instant (µs of the server's own clock) at which it is gone by itself.
    pub until: Option<Micros>,
    /// The session that it ends with, or that it is.
    pub session: Option<i64>,
    /// How often its data was set, of a node.
    pub version: Option<i32>,
    /// The connections that watch it, are blocked on it or are subscribed to it.
    pub watchers: Vec<Link>,
}

/// What something that a store keeps is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum EntryKind {
    /// A session of ZooKeeper.
    Session,
    /// A key of Redis that holds a value of this type.
    Key(&'static str),
    /// A node of ZooKeeper that nothing ends by itself.
    Persistent,
    /// A node that ends with its session.
    Ephemeral,
    /// A node that goes with its last child.
    Container,
    /// A node that goes when nobody has used it for a while.
    TtlNode,
    /// A path without a node on which somebody left a watch.
    Absent,
    /// A channel or a pattern of Redis that somebody is subscribed to.
    Channel,
    /// A number of the ledger.
    Number,
}

impl EntryKind {
    /// The same in a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Key(kind) => kind,
            Self::Persistent => "persistent",
            Self::Ephemeral => "ephemeral",
            Self::Container => "container",
            Self::TtlNode => "ttl",
            Self::Absent => "absent",
            Self::Channel => "channel",
            Self::Number => "number",
        }
    }
}

impl Entry {
    /// One with nothing but a name and what it holds.
    pub(super) fn new(name: impl Into<String>, kind: EntryKind, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            kind,
            value: value.into(),
            until: None,
            session: None,
            version: None,
            watchers: Vec::new(),
        }
    }
}
