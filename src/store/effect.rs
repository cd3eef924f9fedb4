//! What a server did to what it keeps, and why: the one source of every "who had it, until when, and what became of it".
//!
//! A store tells its effects through [`Env::effect`](super::Env::effect) as it makes them, and only those that somebody
//! heeds ([`Env::heeds`](super::Env::heeds)); it is asked for nothing afterwards, and nobody has to guess from the text
//! of a command what came of it.

use std::rc::Rc;

use super::Link;
use crate::time::Micros;

/// Something that a store keeps: a key or a member of what is under it, or a node.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Item {
    /// The key, or the path of the node.
    pub place: Rc<str>,
    /// The part of a key that holds a collection; none means the key itself, or the node.
    pub part: Option<Part>,
}

/// A part of a collection of Redis.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// A field of a hash.
    Field(Rc<str>),
    /// An element of a list, by its text: equal elements are told as often as they come or go.
    Element(Rc<str>),
    /// A member of a set or of a sorted set.
    Member(Rc<str>),
}

/// One effect.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Effect {
    /// What it is about.
    pub item: Item,
    /// What became of it.
    pub change: Change,
    /// Why.
    pub cause: Cause,
    /// The transaction of ZooKeeper that did it, by which the same effect on another server of the ensemble is known; of
    /// data that was taken over, the last one in it. Redis has none.
    pub zxid: Option<i64>,
}

/// What became of something that a store keeps.
///
/// A string that gets another value is two effects: what was there is removed, and something else is placed. The same
/// goes for a key that gets a value of another kind. Of a collection the key comes before its parts when it is placed,
/// and after them when it is removed. Instants are virtual ones (µs) of the server's own clock, as it is set at that
/// moment; a part of a collection has none, as it lives as long as its key.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Change {
    /// It was not there before.
    Placed {
        /// The first instant at which it is gone by itself, if it has a time to live.
        until: Option<Micros>,
        /// The session that it ends with, if it is an ephemeral node.
        session: Option<i64>,
    },
    /// Its time to live was set anew, or taken away.
    Renewed {
        /// The first instant at which it is gone by itself now.
        until: Option<Micros>,
        /// The same before.
        before: Option<Micros>,
    },
    /// What it holds is another: the value of a field, the score of a member; or the data of a node was set, be it to the
    /// same.
    Rewritten {
        /// What it holds now.
        value: Rc<str>,
    },
    /// It is gone.
    Removed {
        /// The instant until which it would have been there, if it had a time to live.
        until: Option<Micros>,
    },
}

/// Why something became of what a store keeps.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Cause {
    /// A request.
    Request {
        /// On which connection it came: of the server that the client is connected to.
        link: Link,
        /// The number of that server in its ensemble; 0 is a server that is alone, and any Redis server.
        server: u8,
        /// The command that did it, in lower case: of a script, the one that the script called; or ZooKeeper's operation.
        command: Rc<str>,
    },
    /// Its time to live was over, and an access or the background cycle removed it.
    Expired,
    /// A Redis server made room.
    Evicted,
    /// A ZooKeeper session ended without a request of its client.
    SessionEnded {
        /// Which.
        session: i64,
    },
    /// ZooKeeper removed an empty container, or a node whose time to live was over.
    Reaped,
    /// The server took over the data or the changes of another one, or it lost what was not on its disk.
    Taken,
}

impl Part {
    /// The field, element or member.
    pub fn text(&self) -> &Rc<str> {
        match self {
            Self::Field(text) | Self::Element(text) | Self::Member(text) => text,
        }
    }
}

impl Item {
    /// The node below which this one is, if it is one; none below the root.
    pub fn parent(&self) -> Option<&str> {
        let (parent, _) = self.place.rsplit_once('/')?;
        (self.part.is_none() && parent.starts_with('/')).then_some(parent)
    }

    /// Whether it is a node that ZooKeeper numbered: its name ends with ten digits.
    pub fn is_numbered(&self) -> bool {
        let digits = self.place.bytes().rev().take_while(u8::is_ascii_digit).count();
        self.part.is_none() && self.place.starts_with('/') && digits >= 10
    }

    /// A key, or a node.
    pub fn whole(place: impl Into<Rc<str>>) -> Self {
        Self { place: place.into(), part: None }
    }
}
