//! What a real server leaves open.

use std::rc::Rc;

use super::reply::Bytes;
use crate::store::Link;

/// A question that the clock and the requests do not answer. Alternative 0 is the nominal one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Draw {
    /// The deadline of a key passed and someone could hear of it: 0, the background cycle removes the key
    /// now; 1, not in this cycle (Redis fact 3). Asked again 100 ms later, and whenever the server wakes.
    ActiveExpiry {
        /// The database.
        db: usize,
        /// The key.
        key: Bytes,
        /// Its deadline, in ms of the wall clock.
        deadline_ms: i64,
    },
    /// A command counts keys, and so many are past their deadlines: how many of them, the earliest first,
    /// the background cycle removed already (Redis fact 4).
    Reaped {
        /// The database.
        db: usize,
        /// How many keys are past their deadlines.
        overdue: u32,
    },
    /// The deadline of a key is within [`Config::doubt_ms`](super::Config::doubt_ms) of now: 0, as the clock says;
    /// 1, the other way.
    Doubt {
        /// The database.
        db: usize,
        /// The key.
        key: Bytes,
        /// Its deadline, in ms of the wall clock.
        deadline_ms: i64,
    },
    /// The time of a blocked client is over: 0, it is told now; 1, at a later turn of the event loop
    /// (Redis fact 19).
    BlockTimeout {
        /// Whose.
        link: Link,
        /// When it ran out, in ms of the wall clock.
        until_ms: i64,
    },
    /// One of these at random: RANDOMKEY, SPOP and the like.
    Pick(Rc<[Bytes]>),
    /// Which of these comes next where a real server walks a table in an order of its own: patterns that
    /// match one message, channels that a client leaves.
    Next(Rc<[Bytes]>),
    /// Memory is short: which of these keys goes.
    Evict(Rc<[Bytes]>),
    /// The server with `appendfsync everysec` starts again: 0, its process died and nothing is lost; 1, its
    /// machine died, and what was written since the last flush to disk is.
    LostWrites,
}
