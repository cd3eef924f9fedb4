//! Livelock: those who wait do not go on asking for ever while nobody gets the lock.
//!
//! The same worlds come back again and again, whatever is drawn: a retry with jitter that can succeed is no livelock.
//! That they ask in vain because somebody who is gone keeps the lock is [`OrphanedLock`](super::OrphanedLock).

use super::living::Living;
use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Liveness, Names, Outlook, Property, Who};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// The property `livelock`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Livelock(Living);

impl Livelock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "livelock",
        title: "those who want the lock do not go on asking for ever while nobody gets it",
        vacuous: "nobody got the lock after a wait",
        source: "Lamport 1974, the bakery algorithm: no failure of progress",
        params: &[],
    };

    /// The property; `crashes` says whether processes can die at all.
    pub fn new(crashes: bool) -> Self {
        Self(Living::new(crashes))
    }

    /// Reads `"livelock"`.
    pub fn from_section(section: &Section<'_>, facts: &Facts) -> Result<Self, Box<Problem>> {
        parameters(section, &[]).map(|_| Self::new(facts.crashes))
    }
}

impl Property for Livelock {
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
        if outlook != (Outlook::Round { asks: true }) || self.0.is_inside() || self.0.is_gone() {
            // Who waits does so in vain or not, also if nobody else is there.
            return Judgement::right(outlook.is_wait() && self.0.asking.is_any());
        }
        Judgement::violated_if(self.0.who_wants(names).map(|wants| {
            format!("{wants}, and so it goes on for ever, though nobody is in a section")
        }))
    }
}
