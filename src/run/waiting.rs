//! Who waits for the lock in a run, and what the properties that judge waiting make of it.
//!
//! A search judges waiting on the nominal continuation of every world. A run has only one continuation: what was
//! waited for until its end, or until an entry, counts from the last deviation on. What is too long says the property, in
//! both ([`Property::foresees`](crate::property::Property::foresees)).

use std::collections::BTreeMap;

use crate::event::{Event, Who};
use crate::property::{Liveness, Outlook, PropertyBox};
use crate::sim::Setup;
use crate::time::Micros;

use super::limits::End;

/// Who waits, since when, and how long those waited who got the lock.
#[derive(Debug)]
pub(super) struct Waiting {
    /// The properties that judge waiting, each with what it asks, as they are now.
    judges: Vec<(Liveness, PropertyBox)>,
    asking: BTreeMap<Who, Micros>,
    /// Since when nothing has gone wrong.
    calm: Micros,
    /// Since when nobody has entered.
    entered: Micros,
    /// Since when nobody has left a section.
    left: Micros,
    /// Whether somebody who waits asked since then.
    asks: bool,
    /// How long each entry was waited for (µs).
    pub(super) waits: Vec<Micros>,
}

/// A property that judges waiting is violated.
pub(super) struct TooLong {
    pub(super) property: &'static str,
    pub(super) why: String,
}

impl Waiting {
    pub(super) fn new(setup: &Setup) -> Self {
        let judges = setup.properties.iter();
        Self {
            judges: judges.filter_map(|it| Some((it.liveness()?, it.clone()))).collect(),
            asking: BTreeMap::new(),
            calm: Micros::ZERO,
            entered: Micros::ZERO,
            left: Micros::ZERO,
            asks: false,
            waits: Vec::new(),
        }
    }

    /// Takes note of what happened.
    pub(super) fn on_event(
        &mut self,
        now: Micros,
        event: &Event<'_>,
        setup: &Setup,
    ) -> Option<TooLong> {
        let mut found = None;
        match *event {
            // A fault of a span ends where the process goes on, not where it began.
            Event::Deviated { .. } | Event::Resumes(_) | Event::Restarts(_) => self.calm = now,
            Event::Asks(who) => {
                self.asking.entry(who).or_insert(now);
            }
            Event::InLine(_) => self.asks = true,
            Event::Done(who) => {
                self.asking.remove(&who);
            }
            Event::Leaves(_) => self.left = now,
            Event::Crashes(process) => self.asking.retain(|who, _| who.process != process),
            Event::Enters { who, .. } => {
                found = self.too_long(now, Some(who), setup);
                if let Some(asked) = self.asking.remove(&who) {
                    self.waits.push(now - asked);
                }
                (self.entered, self.asks) = (now, false);
            }
            _ => {}
        }
        for (_, property) in &mut self.judges {
            property.observe(now, event, setup);
        }
        found
    }

    /// Since when somebody has waited for anybody to enter.
    fn since(&self) -> Option<Micros> {
        let oldest = self.asking.values().min()?;
        Some((*oldest).max(self.calm).max(self.entered))
    }

    /// The first property for which an entry that comes `now` came too late: `whose` it is, or nobody's if none came.
    fn too_long(&self, now: Micros, whose: Option<Who>, setup: &Setup) -> Option<TooLong> {
        self.judges.iter().find_map(|(liveness, property)| {
            let since = self.since()?;
            let (whose, since) = match liveness {
                Liveness::NotForEver => return None,
                Liveness::NextEntryWithin(_) => (None, since),
                Liveness::FreeWithin(_) => (None, since.max(self.left)),
                Liveness::OwnEntryWithin(_) => {
                    let longest = self.asking.iter().min_by_key(|(_, asked)| **asked);
                    let who = whose.or(longest.map(|(who, _)| *who))?;
                    (Some(who), (*self.asking.get(&who)?).max(self.calm))
                }
            };
            let why = property.foresees(whose, Outlook::Entry(now - since), setup).violated?;
            Some(TooLong { property: property.name(), why })
        })
    }

    /// Judges who still waits when the run is over.
    ///
    /// It may have ended after a round of so long (µs) that is known to come again and again.
    pub(super) fn judge_end(
        &self,
        now: Micros,
        (end, round): (End, Option<Micros>),
        setup: &Setup,
    ) -> Option<TooLong> {
        let waited = now - self.since()?;
        let outlook = match end {
            End::Stuck => Outlook::Standstill,
            End::Cut => Outlook::Round { asks: self.asks },
            End::Done | End::Violated => return None,
        };
        if let (End::Cut, Some(long)) = (end, self.too_long(now, None, setup)) {
            return Some(long);
        }
        self.judges.iter().find_map(|(liveness, property)| {
            let whose = match liveness {
                Liveness::OwnEntryWithin(_) => self.asking.keys().next().copied(),
                _ => None,
            };
            let mut why = property.foresees(whose, outlook, setup).violated?;
            if let Some(round) = round {
                why = format!("{why}: the last {} come again and again", round.in_seconds());
            } else if end == End::Cut {
                // What lasts longer than anything that the model compares with lasts for ever.
                if *liveness != Liveness::NotForEver || waited <= setup.horizon {
                    return None;
                }
                why = format!("{why}: nobody had entered for {}", waited.in_seconds());
            }
            Some(TooLong { property: property.name(), why })
        })
    }
}
