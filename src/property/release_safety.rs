//! Release safety: what a thread has put where the lock lives is never taken away by another thread.

use std::collections::BTreeMap;

use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Names, Property, Who};
use crate::choice::ServerId;
use crate::event::{By, Kept};
use crate::json::{Problem, Section};
use crate::store::effect::{Change, Item};
use crate::time::Micros;

/// The property `release-safety`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct ReleaseSafety {
    /// What is there, and whose it is. What a process that is gone left behind is nobody's.
    placed: BTreeMap<(ServerId, Item), Placed>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Placed {
    by: Who,
    inside: bool,
}

impl ReleaseSafety {
    /// What it is.
    pub const ABOUT: About = About {
        name: "release-safety",
        title: "no request of a thread removes what another living thread placed",
        vacuous: "no thread removed what a thread had placed",
        source: "Redis documentation, \"Distributed Locks with Redis\": single instance",
        params: &[],
    };

    /// Reads `"release-safety"`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        parameters(section, &[]).map(|_| Self::default())
    }

    fn set_inside(&mut self, who: Who, inside: bool) {
        for placed in self.placed.values_mut().filter(|placed| placed.by == who) {
            placed.inside = inside;
        }
    }

    fn kept(&mut self, kept: &Kept, names: &dyn Names) -> Judgement {
        // Of a collection the key is judged, and not its members.
        if kept.item.part.is_some() {
            return Judgement::nothing();
        }
        let place = (kept.server, kept.item.clone());
        match (&kept.change, kept.by) {
            (Change::Placed { .. }, By::Thread(by)) => {
                self.placed.insert(place, Placed { by, inside: false });
                Judgement::nothing()
            }
            (Change::Removed { .. }, by) => {
                let (Some(placed), By::Thread(by)) = (self.placed.remove(&place), by) else {
                    return Judgement::nothing();
                };
                if placed.by == by {
                    return Judgement::happened();
                }
                let (remover, owner) = (names.who(by), names.who(placed.by));
                let inside = if placed.inside { " and which is in its section" } else { "" };
                let what = names.item(kept.server, &kept.item);
                Judgement::violated(format!(
                    "a request of {remover} removes {what}, which {owner} placed there{inside}"
                ))
            }
            _ => Judgement::nothing(),
        }
    }
}

impl Property for ReleaseSafety {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, _: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        match event {
            Event::Kept(kept) => return self.kept(kept, names),
            Event::Enters { who, .. } => self.set_inside(*who, true),
            Event::Leaves(who) => self.set_inside(*who, false),
            Event::Crashes(process) => {
                self.placed.retain(|_, placed| placed.by.process != *process);
            }
            _ => {}
        }
        Judgement::nothing()
    }
}
