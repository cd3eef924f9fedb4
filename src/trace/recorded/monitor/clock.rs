//! The time of a log.

use crate::time::Micros;

/// The time of a log, and the one that never goes back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// The log's time that is zero.
    zero: Micros,
    last: Micros,
}

/// A clock that is set back by less (µs) stands still meanwhile; otherwise it goes on from where it was.
const SMALL_STEP: i64 = 1_000_000;

impl Clock {
    /// A log begins then (µs since 1970).
    pub(super) fn new(begins: Micros) -> Self {
        Self { zero: begins, last: Micros::ZERO }
    }

    /// The latest instant.
    pub(super) fn last(&self) -> Micros {
        self.last
    }

    /// The log's time of an instant.
    pub(super) fn log_time(&self, now: Micros) -> Micros {
        self.zero + now
    }

    /// The instant, and whether the log's time went back.
    pub(super) fn at(&mut self, at: Micros) -> (Micros, bool) {
        let now = at - self.zero;
        if now >= self.last {
            self.last = now;
            return (now, false);
        }
        if self.last.0 - now.0 > SMALL_STEP {
            self.zero = at - self.last;
        }
        (self.last, true)
    }
}
