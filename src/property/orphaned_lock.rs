//! Orphaned lock: the lock is not kept from those who want it while nobody is there who could give it back.
//!
//! Somebody died and left it; or everybody lives, but a watchdog renews what nobody uses any more, or the node of an
//! attempt that its owner does not know of stands in the way, or nobody is told that it is free. The search judges it on
//! the nominal continuation after the last deviation: [`Liveness::NotForEver`], or [`Liveness::FreeWithin`].

use super::living::Living;
use super::parameters::{Facts, parameters};
use super::words::span;
use super::{About, Event, Judgement, Liveness, Names, Outlook, Property, Who};
use crate::json::{Duration, Problem, Section};
use crate::time::Micros;

/// The property `orphaned-lock`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OrphanedLock {
    /// Whether the model lets processes die: then the property has something to judge only after one did.
    crashes: bool,
    living: Living,
    /// How long it may be kept from those who wait; without it only what lasts for ever is wrong.
    within: Option<Micros>,
}

impl OrphanedLock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "orphaned-lock",
        title: "the lock is not kept for ever from those who wait while nobody is in a section",
        vacuous: "nobody wanted the lock when its holder was gone",
        source: "Redis documentation, \"Distributed Locks with Redis\": liveness property A",
        params: &[("within", "for how long it may be kept from them: not for ever")],
    };

    /// The property; `crashes` says whether processes can die at all.
    pub fn new(crashes: bool) -> Self {
        Self { crashes, living: Living::new(crashes), within: None }
    }

    /// The same, where the lock may be kept from those who wait for so long (µs).
    #[must_use]
    pub fn within(self, span: Micros) -> Self {
        Self { within: Some(span), ..self }
    }

    /// Reads `"orphaned-lock"` or `{"within": "30s"}`.
    pub fn from_section(section: &Section<'_>, facts: &Facts) -> Result<Self, Box<Problem>> {
        let within = parameters(section, &["within"])?.and_then(|fields| fields.get("within"));
        let this = Self::new(facts.crashes);
        let Some(field) = within else { return Ok(this) };
        let Duration(span) = field.to()?;
        if span == Micros::ZERO {
            return Err(field.error("no time at all: every wait for a free lock is longer"));
        }
        Ok(this.within(span))
    }
}

impl Property for OrphanedLock {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, _: Micros, event: &Event<'_>, _: &dyn Names) -> Judgement {
        let gone = self.living.is_gone();
        self.living.observe(event);
        let happened = match event {
            // It was not kept from those who came after somebody had died with it.
            Event::Enters { .. } if self.crashes => gone,
            // It changes hands while somebody wants it.
            Event::Enters { .. } | Event::Leaves(_) => !self.crashes && self.living.asking.is_any(),
            _ => false,
        };
        Judgement::right(happened)
    }

    fn liveness(&self) -> Option<Liveness> {
        Some(self.within.map_or(Liveness::NotForEver, Liveness::FreeWithin))
    }

    fn foresees(&self, _: Option<Who>, outlook: Outlook, names: &dyn Names) -> Judgement {
        if self.living.is_inside() {
            return Judgement::nothing();
        }
        let wants = || self.living.who_wants(names);
        match (outlook, self.within) {
            (Outlook::Entry(after), Some(within)) if after > within => {
                let (after, within) = (span(after), span(within));
                Judgement::violated_if(wants().map(|wants| {
                    format!(
                        "{wants}, nobody is in a section, and the next entry comes only after {after}: more than {within}"
                    )
                }))
            }
            (Outlook::Entry(_), _) => {
                // It is kept from somebody who wants it, for a time, although nobody is there.
                let kept = if self.crashes { self.living.is_gone() } else { outlook.is_wait() };
                Judgement::right(kept && self.living.asking.is_any())
            }
            _ => Judgement::violated_if(wants().map(|wants| {
                format!("{wants}, nobody is in a section, and nobody will ever enter again")
            })),
        }
    }
}
