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

    fn foresees(&self, whose: Option<Who>, outlook: Outlook, names: &dyn Names) -> Option<String> {
        let (wants, entry, nobody) = match whose {
            None => {
                (self.asking.who_wants(names)?, "the next entry", "nobody will ever enter again")
            }
            Some(who) if self.asking.contains(who) => {
                let wants = format!("{} wants the lock", names.who(who));
                (wants, "its entry", "it will never enter")
            }
            Some(_) => return None,
        };
        match outlook {
            Outlook::Entry(after) if after > self.bound => Some(format!(
                "{wants}, and {entry} comes only after {}: more than {}",
                span(after),
                span(self.bound)
            )),
            Outlook::Entry(_) => None,
            Outlook::Standstill | Outlook::Round { .. } => Some(format!("{wants}, and {nobody}")),
        }
    }
}
