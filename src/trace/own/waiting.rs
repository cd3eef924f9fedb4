//! Who waits for the lock in a run, and what the properties that judge waiting make of it.
//!
//! A search judges waiting on the nominal continuation of every world. A run has only one continuation: what was
//! waited for until its end, or until an entry, counts from the last deviation on.

use std::collections::BTreeMap;

use crate::property::{self, Liveness, Names, Outlook, PropertyBox, Who};
use crate::sim::{End, Setup, Told};
use crate::time::Micros;

/// Who waits, since when, and how long those waited who got the lock.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting {
    asking: BTreeMap<Who, Micros>,
    inside: Vec<Who>,
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
    /// Takes note of what happened.
    pub(super) fn hear(&mut self, now: Micros, told: &Told<'_>, setup: &Setup) -> Option<TooLong> {
        match *told {
            Told::Deviated { .. } => self.calm = now,
            Told::Event(event) => return self.happened(now, event, setup),
            _ => {}
        }
        None
    }

    fn happened(&mut self, now: Micros, event: &property::Event, setup: &Setup) -> Option<TooLong> {
        use property::Event as E;
        match *event {
            E::Asks(who) => {
                self.asking.entry(who).or_insert(now);
            }
            E::InLine(_) => self.asks = true,
            E::Done(who) => {
                self.asking.remove(&who);
            }
            E::Leaves(who) => {
                self.inside.retain(|inside| *inside != who);
                self.left = now;
            }
            E::Crashes(process) => {
                self.asking.retain(|who, _| who.process != process);
                self.inside.retain(|who| who.process != process);
            }
            // A fault ends here, not where it began.
            E::Resumes(_) | E::Restarts(_) => self.calm = now,
            E::Enters { who, .. } => {
                let judged = self.judge_entry(now, who, setup);
                if let Some(asked) = self.asking.remove(&who) {
                    self.waits.push(now - asked);
                }
                self.inside.push(who);
                (self.entered, self.asks) = (now, false);
                return judged;
            }
            _ => {}
        }
        None
    }

    /// How long somebody has waited for anybody to enter.
    fn waited(&self, now: Micros) -> Option<Micros> {
        let oldest = self.asking.values().min()?;
        Some(now - (*oldest).max(self.calm).max(self.entered))
    }

    /// From when a wait for anybody's entry counts, if that is not when it began.
    fn counted_from(&self) -> &'static str {
        let asked = self.asking.values().min().copied().unwrap_or_default();
        if asked >= self.calm.max(self.entered) {
            ""
        } else if self.calm > self.entered {
            ", counted from the last fault on"
        } else {
            ", counted from the last entry on"
        }
    }

    /// The first property that somebody has waited too long for: `whose` entry it is, or nobody's.
    fn too_long(&self, now: Micros, whose: Option<Who>, setup: &Setup) -> Option<TooLong> {
        setup.properties.iter().find_map(|property| {
            let liveness = property.liveness().filter(|it| *it != Liveness::NotForEver)?;
            let waited = self.waited(now)?;
            let until = if whose.is_some() { "until somebody entered" } else { "in vain" };
            let until = &*format!("{until}{}", self.counted_from());
            let (who, waited, bound, until) = match liveness {
                Liveness::NextEntryWithin(bound) => (self.names(setup), waited, bound, until),
                Liveness::FreeWithin(bound) if self.inside.is_empty() => {
                    let free = waited.min(now - self.left);
                    (self.names(setup), free, bound, "while nobody was in a section")
                }
                Liveness::OwnEntryWithin(bound) => {
                    let oldest = self.asking.iter().min_by_key(|(_, asked)| **asked);
                    let (who, asked) = match whose {
                        Some(who) => (who, *self.asking.get(&who)?),
                        None => oldest.map(|(who, asked)| (*who, *asked))?,
                    };
                    let until = if whose.is_some() { "until it entered" } else { "in vain" };
                    (setup.who(who), now - asked.max(self.calm), bound, until)
                }
                Liveness::NotForEver | Liveness::FreeWithin(_) => return None,
            };
            (waited > bound).then(|| TooLong {
                property: property.name(),
                why: format!("{who} waited {} {until}: more than {}", span(waited), span(bound)),
            })
        })
    }

    fn judge_entry(&self, now: Micros, who: Who, setup: &Setup) -> Option<TooLong> {
        self.too_long(now, Some(who), setup)
    }

    /// Judges who still waits when the run is over; `properties` are as they are then.
    ///
    /// It may have ended after a round of so long (µs) that is known to come again and again.
    pub(super) fn judge_end(
        &self,
        now: Micros,
        (end, round): (End, Option<Micros>),
        setup: &Setup,
        properties: &[PropertyBox],
    ) -> Option<TooLong> {
        let waited = self.waited(now)?;
        let outlook = match end {
            End::Stuck => Outlook::Standstill,
            End::Cut => Outlook::Round { asks: self.asks },
            End::Done | End::Violated => return None,
        };
        if let (End::Cut, Some(long)) = (end, self.too_long(now, None, setup)) {
            return Some(long);
        }
        properties.iter().find_map(|property| {
            let whose = match property.liveness()? {
                Liveness::OwnEntryWithin(_) => self.asking.keys().next().copied(),
                _ => None,
            };
            let mut why = property.foresees(whose, outlook, setup)?;
            if let Some(round) = round {
                why = format!("{why}: the last {} come again and again", span(round));
            } else if end == End::Cut {
                // What lasts longer than anything that the model compares with lasts for ever.
                if property.liveness() != Some(Liveness::NotForEver) || waited <= setup.horizon {
                    return None;
                }
                let names = self.names(setup);
                why = format!(
                    "{names} still waited at the end; nobody had entered for {}",
                    span(waited)
                );
            }
            Some(TooLong { property: property.name(), why })
        })
    }

    /// Who waits, in words.
    fn names(&self, setup: &Setup) -> String {
        let names: Vec<String> = self.asking.keys().map(|who| setup.who(*who)).collect();
        match names.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [rest @ .., last] if rest.len() < 4 => format!("{} and {last}", rest.join(", ")),
            many => format!("{}, {} and {} others", many[0], many[1], many.len() - 2),
        }
    }
}

/// A span in seconds where that is shorter.
fn span(span: Micros) -> String {
    if span.0 < 1_000_000 {
        return span.to_string();
    }
    let (seconds, rest) = (span.0 / 1_000_000, span.0 % 1_000_000);
    match rest {
        0 => format!("{seconds} s"),
        _ => format!("{seconds}.{} s", format!("{rest:06}").trim_end_matches('0')),
    }
}
