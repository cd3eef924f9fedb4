//! Orphaned lock: nobody who is gone keeps the lock from those who still want it.
//!
//! The search judges it on the nominal continuation after the last deviation: [`Liveness::NoOrphan`].

use super::asking::Asking;
use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Liveness, Names, Property, Who};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// The property `orphaned-lock`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OrphanedLock {
    /// Whether the model lets processes die: then the property has something to judge only after one did.
    crashes: bool,
    inside: Vec<Who>,
    asking: Asking,
    /// A process died in its section.
    gone: bool,
}

impl OrphanedLock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "orphaned-lock",
        title: "a lock is not left behind for ever by somebody who is gone",
        source: "Redis documentation, \"Distributed Locks with Redis\": liveness property A",
        params: &[],
    };

    /// The property; `crashes` says whether processes can die at all.
    pub fn new(crashes: bool) -> Self {
        Self { crashes, inside: Vec::new(), asking: Asking::default(), gone: false }
    }

    /// Reads `"orphaned-lock"`.
    pub fn from_section(section: &Section<'_>, facts: &Facts) -> Result<Self, Box<Problem>> {
        parameters(section, &[]).map(|_| Self::new(facts.crashes))
    }
}

impl Property for OrphanedLock {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, _: Micros, event: &Event, _: &dyn Names) -> Judgement {
        self.asking.observe(event);
        match *event {
            Event::Enters { who, .. } => {
                if self.crashes && !self.gone {
                    self.inside.push(who);
                    self.inside.sort();
                }
                if self.gone || (!self.crashes && self.asking.is_any()) {
                    return Judgement::happened();
                }
            }
            Event::Leaves(who) => self.inside.retain(|inside| *inside != who),
            Event::Crashes(process) => {
                let inside = self.inside.iter().any(|inside| inside.process == process);
                self.gone |= inside;
                self.inside.retain(|inside| inside.process != process);
                if self.gone {
                    // Nothing more to find out.
                    self.inside.clear();
                }
            }
            _ => {}
        }
        Judgement::nothing()
    }

    fn liveness(&self) -> Option<Liveness> {
        Some(Liveness::NoOrphan)
    }
}
