//! Bounded wait: while somebody wants the lock, somebody gets it before long; or each gets it before long.
//!
//! The search judges it on the nominal continuation after the last deviation, with the longest wait over all draws; a
//! series of unlucky draws that has no bound is left out: [`Liveness::NextEntryWithin`], [`Liveness::OwnEntryWithin`].

use super::asking::Asking;
use super::parameters::{Facts, parameters};
use super::words::span;
use super::{About, Event, Judgement, Liveness, Names, Outlook, Property, Who};
use crate::json::{Duration, Problem, Section};
use crate::time::Micros;

/// The property `bounded-wait`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BoundedWait {
    bound: Micros,
    of: Of,
    asking: Asking,
}

/// Whose entry ends a wait.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Of {
    /// Anybody's.
    Anybody,
    /// One's own.
    Each,
}

impl Of {
    const ALL: [(&'static str, Self); 2] = [("anybody", Self::Anybody), ("each", Self::Each)];
}

impl BoundedWait {
    /// What it is.
    pub const ABOUT: About = About {
        name: "bounded-wait",
        title: "while somebody waits, somebody (or each who waits) enters within the bound",
        vacuous: "nobody got the lock after a wait",
        source: "Lamport 1977, \"Proving the Correctness of Multiprocess Programs\": liveness",
        params: &[
            ("bound", "how long one may wait: there is no default"),
            ("of", "whose entry ends the wait: anybody (default), or each waits for its own"),
        ],
    };

    /// The next entry comes within `bound` (µs).
    pub fn new(bound: Micros) -> Self {
        Self { bound, of: Of::Anybody, asking: Asking::default() }
    }

    /// Each who wants the lock enters within `bound` (µs).
    pub fn of_each(bound: Micros) -> Self {
        Self { of: Of::Each, ..Self::new(bound) }
    }

    /// Reads `{"bound": "30s"}` or `{"bound": "30s", "of": "each"}`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        let example = "write {\"bounded-wait\": {\"bound\": \"30s\"}}";
        let missing = || {
            section
                .error("`bounded-wait` needs a `bound`: how long nobody may enter")
                .with_help(example)
        };
        let fields = parameters(section, &["bound", "of"])?.ok_or_else(missing)?;
        let bound = fields.get("bound").ok_or_else(missing)?;
        let Duration(span) = bound.to()?;
        if span == Micros::ZERO {
            return Err(bound.error("a bound of no time at all: every wait is longer"));
        }
        let of = match fields.get("of") {
            Some(field) => {
                let name: String = field.to()?;
                let found = Of::ALL.iter().find(|(known, _)| *known == name);
                let known = || Of::ALL.iter().map(|(name, _)| *name);
                found.ok_or_else(|| field.unknown_name("wait", &name, known()))?.1
            }
            None => Of::Anybody,
        };
        Ok(Self { of, ..Self::new(span) })
    }
}

impl Property for BoundedWait {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, _: Micros, event: &Event<'_>, _: &dyn Names) -> Judgement {
        // Somebody waits on while another gets it.
        let happened = self.asking.is_waited_for(event);
        self.asking.observe(event);
        Judgement { violated: None, happened }
    }

    fn liveness(&self) -> Option<Liveness> {
        Some(match self.of {
            Of::Anybody => Liveness::NextEntryWithin(self.bound),
            Of::Each => Liveness::OwnEntryWithin(self.bound),
        })
    }

    fn foresees(&self, whose: Option<Who>, outlook: Outlook, names: &dyn Names) -> Judgement {
        let wants = || match whose {
            None => self.asking.who_wants(names),
            Some(who) => self.asking.who_of(who, names),
        };
        let (entry, nobody) = match whose {
            None => ("the next entry", "nobody will ever enter again"),
            Some(_) => ("its entry", "it will never enter"),
        };
        match outlook {
            // Who waits is judged, also if nobody else is there.
            Outlook::Entry(after) if after <= self.bound => {
                let waits = whose.map_or(self.asking.is_any(), |who| self.asking.contains(who));
                Judgement::right(waits && outlook.is_wait())
            }
            Outlook::Entry(after) => Judgement::violated_if(wants().map(|wants| {
                let (after, bound) = (span(after), span(self.bound));
                format!("{wants}, and {entry} comes only after {after}: more than {bound}")
            })),
            Outlook::Standstill | Outlook::Round { .. } => {
                Judgement::violated_if(wants().map(|wants| format!("{wants}, and {nobody}")))
            }
        }
    }
}
