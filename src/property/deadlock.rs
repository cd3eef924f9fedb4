//! Deadlock: the living do not block each other for ever.
//!
//! Somebody waits for the lock, nobody is gone who could keep it, and nothing can ever happen any more; or somebody who
//! is in its section never leaves it, as it waits itself. That a lock is kept by somebody who is gone is
//! [`OrphanedLock`](super::OrphanedLock); that those who wait go on asking in vain is [`Livelock`](super::Livelock).

use super::living::Living;
use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Liveness, Names, Outlook, Property, Who};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// The property `deadlock`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Deadlock(Living);

impl Deadlock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "deadlock",
        title: "the living do not wait for each other for ever",
        vacuous: "nobody got the lock after a wait",
        source: "Coffman, Elphick and Shoshani 1971, \"System Deadlocks\"",
        params: &[],
    };

    /// The property; `crashes` says whether processes can die at all.
    pub fn new(crashes: bool) -> Self {
        Self(Living::new(crashes))
    }

    /// Reads `"deadlock"`.
    pub fn from_section(section: &Section<'_>, facts: &Facts) -> Result<Self, Box<Problem>> {
        parameters(section, &[]).map(|_| Self::new(facts.crashes))
    }
}

impl Property for Deadlock {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, _: Micros, event: &Event<'_>, _: &dyn Names) -> Judgement {
        let happened = self.0.asking.is_waited_for(event);
        self.0.observe(event);
        Judgement { violated: None, happened }
    }

    fn liveness(&self) -> Option<Liveness> {
        Some(Liveness::NotForEver)
    }

    fn foresees(&self, _: Option<Who>, outlook: Outlook, names: &dyn Names) -> Judgement {
        let wants = || self.0.who_wants(names);
        match outlook {
            // Who waits does so in vain or not, also if nobody else is there.
            Outlook::Entry(_) => Judgement::right(outlook.is_wait() && self.0.asking.is_any()),
            _ if self.0.is_inside() => Judgement::violated_if(wants().map(|wants| {
                let inside = self.0.who_is_inside(names);
                format!("{wants}, {inside}, and neither will ever change")
            })),
            Outlook::Round { asks: true } => Judgement::nothing(),
            _ if self.0.is_gone() => Judgement::nothing(),
            _ => Judgement::violated_if(wants().map(|wants| {
                format!("{wants}, nobody is in a section, nobody is gone, and nothing can ever happen again")
            })),
        }
    }
}
