//! Who waits for the lock in a run, and what the properties that judge waiting make of it.
//!
//! A search judges waiting on the nominal continuation of every world. A run has only one continuation: what was
//! waited for until its end, or until the next entry, counts from the last deviation on.

use std::collections::BTreeMap;

use crate::property::{self, Liveness, Names, Who};
use crate::sim::{End, Setup, Told};
use crate::time::Micros;

/// Who waits, since when, and how long those waited who got the lock.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting {
    asking: BTreeMap<Who, Micros>,
    /// Since when nobody has entered and nothing has gone wrong.
    since: Micros,
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
            Told::Deviated { .. } => self.since = now,
            Told::Event(&property::Event::Asks(who)) => {
                self.asking.entry(who).or_insert(now);
            }
            Told::Event(&property::Event::Done(who)) => {
                self.asking.remove(&who);
            }
            Told::Event(&property::Event::Crashes(process)) => {
                self.asking.retain(|who, _| who.process != process);
            }
            Told::Event(&property::Event::Resumes(_) | &property::Event::Restarts(_)) => {
                // A fault ends here, not where it began.
                self.since = now;
            }
            Told::Event(&property::Event::Enters { who, .. }) => {
                let judged = self.judge_entry(now, setup);
                if let Some(asked) = self.asking.remove(&who) {
                    self.waits.push(now - asked);
                }
                self.since = now;
                return judged;
            }
            _ => {}
        }
        None
    }

    /// How long somebody has waited for anybody to enter.
    fn waited(&self, now: Micros) -> Option<Micros> {
        let oldest = self.asking.values().min()?;
        Some(now - (*oldest).max(self.since))
    }

    fn judge_entry(&self, now: Micros, setup: &Setup) -> Option<TooLong> {
        let waited = self.waited(now)?;
        setup.properties.iter().find_map(|property| match property.liveness()? {
            Liveness::NextEntryWithin(bound) if waited > bound => Some(TooLong {
                property: property.name(),
                why: format!(
                    "{} waited {} until somebody entered: more than {}",
                    self.names(setup),
                    span(waited),
                    span(bound)
                ),
            }),
            _ => None,
        })
    }

    /// Judges who still waits when the run is over.
    pub(super) fn judge_end(&self, now: Micros, end: End, setup: &Setup) -> Option<TooLong> {
        let waited = self.waited(now)?;
        setup.properties.iter().find_map(|property| {
            let names = self.names(setup);
            let why = match (property.liveness()?, end) {
                (_, End::Stuck) => {
                    format!("{names} still waited at the end, and nothing could happen any more")
                }
                // Longer than anything that the model compares with.
                (Liveness::NoOrphan, End::Cut) if waited > setup.horizon => {
                    format!(
                        "{names} still waited at the end; nobody had entered for {}",
                        span(waited)
                    )
                }
                (Liveness::NextEntryWithin(bound), End::Cut) if waited > bound => {
                    format!(
                        "{names} still waited at the end; nobody had entered for {}: more than {}",
                        span(waited),
                        span(bound)
                    )
                }
                _ => return None,
            };
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
