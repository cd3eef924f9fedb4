//! A server in its place: its state, its clock, and when it has something to do.

use super::clock::Clock;
use super::server::AnyServer;
use super::setup::ServerSetup;
use crate::store::Key;
#[cfg(doc)]
use crate::store::redis::RedisServer;
use crate::time::Micros;

/// A server in its place.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) state: AnyServer,
    /// When its next deadline is on the agenda.
    pub(crate) wake: Option<Micros>,
    /// Until when it is busy (sampled timing only).
    pub(crate) busy: Micros,
    /// Its clock, which expiry and sessions follow.
    pub(crate) clock: Clock,
    /// It executes nothing until then.
    pub(crate) stalls: Option<Micros>,
}

impl Placed {
    pub(super) fn new(setup: &ServerSetup) -> Self {
        let clock = Clock::new(setup.drift_ppm, Micros::ZERO);
        let (wake, stalls) = (None, None);
        Self { state: setup.state.clone(), wake, busy: Micros::ZERO, clock, stalls }
    }

    /// What its clock says (µs) at `now`.
    pub(crate) fn time(&self, now: Micros) -> Micros {
        self.clock.monotonic(now)
    }

    /// The instant of its next deadline.
    pub(super) fn deadline(&self, now: Micros) -> Option<Micros> {
        let due = self.state.deadline()?;
        Some(now + self.clock.world_span(due - self.time(now)))
    }

    pub(super) fn rebase(&mut self, dt: Micros) {
        self.state.rebase(self.time(dt));
        self.clock.rebase();
        self.wake = self.wake.map(|wake| wake - dt);
        self.busy = (self.busy - dt).max(Micros::ZERO);
        self.stalls = self.stalls.map(|until| until - dt);
    }

    /// Whether it has told somebody the number of a connection; see [`RedisServer::shows_client_ids`].
    pub(crate) fn shows_client_ids(&self) -> bool {
        matches!(&self.state, AnyServer::Redis(redis) if redis.shows_client_ids())
    }

    /// The canonical form, as seen at instant zero.
    pub(crate) fn key(&self) -> Key {
        // When it wakes is on the agenda, and whether it is busy matters in sampled timing only.
        let Self { state, wake: _, busy: _, clock, stalls } = self;
        let mut key = state.key();
        let stalls = stalls.map_or(-1, |until| until.0);
        key.int(clock.drift_ppm()).int(stalls);
        key
    }
}
