//! The resource that a lock guards: one number, read and written by whoever says to hold the lock.
//!
//! It stands for the database of the story: it knows nothing of locks unless it is told to check fencing
//! tokens (Kleppmann 2016, "How to do distributed locking").

use crate::store::{Env, Inbound, Key, Link, Outbound, Server};
use crate::time::Micros;

/// What a client asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// The number, please.
    Read {
        /// The fencing token of the reader's lock, if it has one.
        fence: Option<i64>,
    },
    /// Make it this number.
    Write {
        /// The new number.
        value: i64,
        /// The fencing token of the writer's lock, if it has one.
        fence: Option<i64>,
    },
}

/// What the ledger answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reply {
    /// The number, after the request.
    Value(i64),
    /// The token is older than one that was already seen: nothing was done.
    Stale,
}

/// Whose tokens are checked.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Fencing {
    /// Nobody's.
    #[default]
    Off,
    /// Those of writes only (the trap of catalogue entry F65).
    Writes,
    /// Those of reads and writes.
    Both,
}

/// The ledger.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Ledger {
    value: i64,
    fencing: Fencing,
    highest: Option<i64>,
}

impl Ledger {
    /// A ledger that says `value`.
    pub fn new(value: i64, fencing: Fencing) -> Self {
        Self { value, fencing, highest: None }
    }

    /// The number at present.
    pub fn value(&self) -> i64 {
        self.value
    }

    fn admits(&mut self, fence: Option<i64>, checked: bool) -> bool {
        let Some(fence) = fence.filter(|_| checked) else { return true };
        if self.highest.is_some_and(|highest| fence < highest) {
            return false;
        }
        self.highest = Some(fence);
        true
    }
}

impl Server for Ledger {
    type Request = Request;
    type Message = Reply;
    type Draw = std::convert::Infallible;

    fn deliver(
        &mut self,
        _: Micros,
        link: Link,
        message: Inbound<Request>,
        env: &mut dyn Env<Self>,
    ) {
        let Inbound::Request(request) = message else { return };
        let admitted = match request {
            Request::Read { fence } => self.admits(fence, self.fencing == Fencing::Both),
            Request::Write { value, fence } => {
                let admitted = self.admits(fence, self.fencing != Fencing::Off);
                if admitted {
                    self.value = value;
                }
                admitted
            }
        };
        let reply = if admitted { Reply::Value(self.value) } else { Reply::Stale };
        env.send(link, Outbound::Message(reply));
    }

    fn deadline(&self) -> Option<Micros> {
        None
    }

    fn wake(&mut self, _: Micros, _: &mut dyn Env<Self>) {}

    /// The ledger is durable: a crash loses nothing.
    fn crash(&mut self) {}

    fn restart(&mut self, _: Micros, _: &mut dyn Env<Self>) {}

    fn rebase(&mut self, _: Micros) {}

    fn key(&self, key: &mut Key) {
        key.int(self.value).int(self.highest.map_or(-1, |highest| highest));
    }
}
