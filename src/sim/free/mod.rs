//! What costs nothing and is always tried in a search: a verdict must not hang on it.
//!
//! Messages travel for any time up to the longest latency ([`late`]); clients come when they like, and the phase of
//! their tries is any ([`coming`]); a fault lasts for any time where the model does not say for how long ([`ends`]). A choice is offered only where somebody could tell the difference: where two steps
//! touch the same server or process, or where both are seen by properties.

mod coming;
mod ends;
mod late;

pub(crate) use ends::Open;

/// What is left of the choices that cost nothing: a run with some of them has so many of them and of faults at most.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Free {
    left: u8,
    /// Whether any was made.
    made: bool,
}

impl Free {
    pub(super) const fn at_most(most: u8) -> Self {
        Self { left: most, made: false }
    }

    /// Whether one more may be made.
    pub(super) const fn may_choose(self) -> bool {
        self.left > 0
    }

    /// Whether a fault may strike.
    pub(super) const fn may_strike(self) -> bool {
        !self.made || self.left > 0
    }

    pub(super) const fn choose(&mut self) {
        self.left = self.left.saturating_sub(1);
        self.made = true;
    }

    pub(super) const fn strike(&mut self) {
        self.left = self.left.saturating_sub(1);
    }

    /// As a number.
    pub(crate) const fn packed(self) -> u32 {
        self.left as u32 * 2 + self.made as u32
    }

    /// From [`packed`](Self::packed).
    pub(crate) const fn unpacked(packed: u32) -> Self {
        Self { left: (packed / 2) as u8, made: packed % 2 == 1 }
    }
}
