//! A node's clocks: what it reads, against the time that only the world knows.

use crate::time::Micros;

/// The clocks of one node.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Clock {
    /// World time of the last adjustment.
    since: Micros,
    /// The monotonic clock's reading then.
    reading: Micros,
    /// How many microseconds a second it goes fast (or slow, below zero).
    drift_ppm: i64,
    /// How far the wall clock is ahead of the monotonic one.
    wall_offset: Micros,
}

impl Clock {
    /// A clock that goes `drift_ppm` parts per million fast, and whose wall clock is ahead by `wall_offset`.
    pub fn new(drift_ppm: i64, wall_offset: Micros) -> Self {
        Self { since: Micros::ZERO, reading: Micros::ZERO, drift_ppm, wall_offset }
    }

    /// The monotonic clock (µs) at world time `now`.
    pub fn monotonic(&self, now: Micros) -> Micros {
        let passed = i128::from((now - self.since).0);
        self.reading
            + Micros((passed * (1_000_000 + i128::from(self.drift_ppm)) / 1_000_000) as i64)
    }

    /// The wall clock (µs) when the run is `total` old.
    pub fn wall(&self, total: Micros) -> Micros {
        let passed = i128::from(total.0);
        self.wall_offset
            + Micros((passed * (1_000_000 + i128::from(self.drift_ppm)) / 1_000_000) as i64)
    }

    /// How long (µs of world time) it takes this clock to advance by `span`, rounded up.
    pub fn world_span(&self, span: Micros) -> Micros {
        let rate = 1_000_000 + i128::from(self.drift_ppm);
        let scaled = i128::from(span.0) * 1_000_000;
        Micros(scaled.div_euclid(rate) as i64 + i64::from(scaled.rem_euclid(rate) != 0))
    }

    /// How many parts per million it goes fast.
    pub(crate) fn drift_ppm(&self) -> i64 {
        self.drift_ppm
    }

    /// How far (µs) the wall clock is ahead of where it would be, had it been right at the beginning and never been set.
    pub(crate) fn ahead(&self) -> Micros {
        self.wall_offset
    }

    /// The wall clock is set forward by `span`, or back.
    pub(crate) fn jump(&mut self, span: Micros) {
        self.wall_offset += span;
    }

    /// Moves the origin of both the world's time and the monotonic clock to `now`.
    pub(crate) fn rebase(&mut self) {
        self.since = Micros::ZERO;
        self.reading = Micros::ZERO;
    }
}
