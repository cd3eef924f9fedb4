//! redis-py's time to live, which a lock may do without.

use serde::Deserialize;

use super::super::Span;
use crate::cx::Set;
use crate::time::Micros;

/// A time to live, or `null` for none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Timeout(Option<Span<10_000>>);

impl Default for Timeout {
    fn default() -> Self {
        Self(Some(Span::default()))
    }
}

impl Timeout {
    /// How long a key lives (µs), if it does not live for ever.
    pub(super) fn span(self) -> Option<Micros> {
        self.0.map(|span| *span)
    }

    /// The key that is set gets it: `if self.timeout`, so none of 0.
    pub(super) fn px(self, set: Set<'_>) -> Set<'_> {
        match self.0 {
            Some(span) if *span > Micros::ZERO => set.px(*span),
            _ => set,
        }
    }
}
