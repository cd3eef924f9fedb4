//! Until when recorded clients were there.

use std::collections::BTreeMap;

use lockstep::time::Micros;

use super::player::EARLY;

/// Who was there until when.
///
/// A recording ends for a client when it is killed, or when its program is over; a recipe in its place goes on. What
/// the recipe sends while the client was still there, and sent nothing, is too much.
#[derive(Debug, Default)]
pub(super) struct Presence {
    asked: BTreeMap<String, Micros>,
    hung_up: BTreeMap<String, Micros>,
    end: Micros,
    is_prefix: bool,
}

impl Presence {
    /// A recording that ends at `end`, perhaps long before its clients do.
    pub(super) fn new(end: Micros, is_prefix: bool) -> Self {
        Self { end, is_prefix, ..Self::default() }
    }

    /// `name` asked for something, be it what is compared or not: it had nothing else to send before.
    pub(super) fn asks(&mut self, name: &str, at: Micros) {
        self.asked.insert(name.to_owned(), at);
        self.hung_up.remove(name);
    }

    /// `name` is gone, unless it asks for something later.
    pub(super) fn hangs_up(&mut self, name: &str, at: Micros) {
        self.hung_up.insert(name.to_owned(), at);
    }

    /// Until when this connection was certainly there: who is about to hang up may have been about to ask.
    pub(super) fn connected(&self, name: &str) -> Micros {
        let end = if self.is_prefix { Micros::ZERO } else { self.end };
        self.hung_up.get(name).copied().unwrap_or(end) - EARLY
    }

    /// Until when the one client that has this connection was certainly there.
    pub(super) fn there(&self, name: &str) -> Micros {
        self.connected(name).max(self.asked.get(name).copied().unwrap_or_default())
    }
}
