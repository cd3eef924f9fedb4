//! Bounded wait: while somebody wants the lock, somebody gets it before long.
//!
//! The search judges it on the nominal continuation after the last deviation: [`Liveness::NextEntryWithin`].

use super::asking::Asking;
use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Liveness, Names, Property};
use crate::json::{Duration, Problem, Section};
use crate::time::Micros;

/// The property `bounded-wait`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BoundedWait {
    bound: Micros,
    asking: Asking,
}

impl BoundedWait {
    /// What it is.
    pub const ABOUT: About = About {
        name: "bounded-wait",
        title: "while somebody waits, somebody enters within the bound",
        source: "Lamport 1977, \"Proving the Correctness of Multiprocess Programs\": liveness",
        params: &[("bound", "how long nobody may enter: there is no default")],
    };

    /// The next entry comes within `bound` (µs).
    pub fn new(bound: Micros) -> Self {
        Self { bound, asking: Asking::default() }
    }

    /// Reads `{"bound": "30s"}`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        let example = "write {\"bounded-wait\": {\"bound\": \"30s\"}}";
        let missing = || {
            section
                .error("`bounded-wait` needs a `bound`: how long nobody may enter")
                .with_help(example)
        };
        let fields = parameters(section, &["bound"])?.ok_or_else(missing)?;
        let bound = fields.get("bound").ok_or_else(missing)?;
        let Duration(span) = bound.to()?;
        if span == Micros::ZERO {
            return Err(bound.error("a bound of no time at all: every wait is longer"));
        }
        Ok(Self::new(span))
    }
}

impl Property for BoundedWait {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, _: Micros, event: &Event, _: &dyn Names) -> Judgement {
        let Event::Enters { who, .. } = *event else {
            self.asking.observe(event);
            return Judgement::nothing();
        };
        let asked = self.asking.contains(who);
        self.asking.observe(event);
        // Somebody waited on while another got it, or one got it who had waited.
        if asked && self.asking.is_any() { Judgement::happened() } else { Judgement::nothing() }
    }

    fn liveness(&self) -> Option<Liveness> {
        Some(Liveness::NextEntryWithin(self.bound))
    }
}
