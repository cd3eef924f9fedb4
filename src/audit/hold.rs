//! What a client believes, and what the server knows of it.

use std::rc::Rc;

use crate::time::Micros;

/// A place in a log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Moment {
    /// The instant (µs since the log began), in a time that never goes back.
    pub at: Micros,
    /// The log's own time (µs since 1970, or since the recording began).
    pub clock: Micros,
    /// The line, from 1; 0 is no line: something that happened by the passing of time.
    pub line: usize,
}

/// How sure something is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Confidence {
    /// One explanation among others.
    Possible,
    /// The best explanation.
    Likely,
    /// Nothing else explains the log.
    Certain,
}

/// Why a client no longer has what the server gave to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Lost {
    /// Its time to live was over, or its session was.
    Expired,
    /// Its client released it.
    Released,
    /// Somebody removed it.
    RemovedBy(Rc<str>),
    /// Somebody put something else in its place.
    ReplacedBy(Rc<str>),
    /// The server lost it, or it is not known how.
    Gone,
}

/// How a hold ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Its client released what it had.
    Released,
    /// Its client asked for the release when it had nothing any more.
    TooLate,
    /// Another connection of the same host released it.
    Pooled,
    /// Its client never asked for its release.
    LeftBehind,
    /// Somebody else removed it, and its client never asked for its release.
    TakenAway,
    /// It began before the log, and is gone; how is not in the log.
    Unseen,
    /// It is still held when the log ends.
    Open,
}

/// One hold of a lock.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hold {
    /// Whose: the address of the connection, or the session.
    pub client: Rc<str>,
    /// What tells it from others: the value of the key, the field, the member or the node.
    pub token: Rc<str>,
    /// When it began.
    pub begin: Moment,
    /// How long (µs) its client had waited, if it was refused before.
    pub waited: Option<Micros>,
    /// Whether others may hold the lock with it.
    pub shared: bool,
    /// The time to live (µs) that it was given last; none is no end.
    pub ttl: Option<Micros>,
    /// When the grant is over by itself, as it was renewed last.
    pub until: Option<Micros>,
    /// How often it was renewed by its own client.
    pub renewals: u64,
    /// When the client lost the grant, and why; none while it has it.
    pub lost: Option<(Moment, Lost)>,
    /// When the hold ended, and how; none while it lasts.
    pub end: Option<(Moment, End)>,
    /// Whether it began before the log.
    pub before: bool,
    /// Whether it ends with its client's session, and so needs no time to live.
    pub session: bool,
    /// How sure it is that the client got the lock.
    pub confidence: Confidence,
    /// A name for it in the book: holds are numbered as they begin.
    pub number: u64,
    /// Since when its client has gone on to other things with this lock.
    pub(super) moved_on: Option<Moment>,
    /// When its client looked at the key after it had lost it, and so learnt of it.
    pub(super) looked: Option<Moment>,
    /// Whether it was told who took it away.
    pub(super) told: bool,
}

impl Hold {
    /// Whether the server has it.
    pub fn is_granted(&self) -> bool {
        self.lost.is_none()
    }

    /// When it ended (µs since the log began); one that lasts ends never.
    pub fn ended(&self) -> Micros {
        self.end.map_or(Micros::MAX, |(moment, _)| moment.at)
    }

    /// How long (µs) it lasted.
    pub fn length(&self) -> Option<Micros> {
        self.end.map(|(moment, _)| moment.at - self.begin.at)
    }

    /// Whether both last at one time.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.begin.at < other.ended() && other.begin.at < self.ended()
    }
}
