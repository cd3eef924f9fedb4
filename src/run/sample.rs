//! One run of many: what of it is worth counting.

use super::found::{Found, Meets};
use super::limits::Limits;
use super::recorder::{Ended, execute_heard};
use crate::choice::Seeded;
use crate::event::{Event, Observer, Who, is_session_over};
use crate::model::Model;
use crate::time::Micros;

/// How often things happened in a run that matter to a lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Happened {
    /// Acquisitions that were refused.
    pub refusals: u64,
    /// Threads that gave up.
    pub gave_up: u64,
    /// Sections that were entered while somebody else was inside.
    pub overlaps: u64,
    /// Grants that were over when they came.
    pub too_late: u64,
    /// Sections that were entered without the lock.
    pub without: u64,
    /// Reads and writes that the ledger refused for their tokens.
    pub fenced: u64,
    /// Writes that replaced another value than their writer had read.
    pub lost_updates: u64,
    /// Processes that died.
    pub crashes: u64,
    /// Connections that a process learnt to be lost.
    pub connections_lost: u64,
    /// Sessions of which a client learnt that they had ended.
    pub sessions_ended: u64,
}

/// A run with a seed, counted.
#[derive(Clone, Debug)]
pub struct Sample {
    /// How it went.
    pub ended: Ended,
    /// What it is beside what the model expects of a run.
    pub meets: Meets,
    /// How often things happened.
    pub happened: Happened,
    /// Who gave up.
    pub gave_up: Vec<Who>,
    /// How long each entry was waited for (µs).
    pub waits: Vec<i64>,
}

/// Makes the run of `model` with `seed` to its end.
pub fn sample(model: &Model, seed: u64) -> Sample {
    let setup = model.sampled_setup();
    let mut counter = Counter::default();
    let ended = execute_heard(
        &setup,
        (Limits::of(model), None),
        &mut Seeded::new(seed),
        (None, None),
        Some(&mut counter),
    );
    let Counter { mut happened, gave_up, waits, .. } = counter;
    let tally = &ended.tally;
    (happened.refusals, happened.overlaps) = (tally.refusals, tally.overlaps);
    happened.lost_updates = tally.lost_updates;
    let meets = Found::of_run(&ended).meets(model.expect_run(), false);
    Sample { ended, meets, happened, gave_up, waits }
}

#[derive(Default)]
struct Counter {
    happened: Happened,
    gave_up: Vec<Who>,
    asked: std::collections::BTreeMap<Who, Micros>,
    waits: Vec<i64>,
}

impl Observer for Counter {
    fn on_event(&mut self, at: Micros, event: &Event<'_>) {
        let happened = &mut self.happened;
        match *event {
            Event::GivesUp(who) => {
                happened.gave_up += 1;
                self.gave_up.push(who);
            }
            Event::TooLate { .. } => happened.too_late += 1,
            Event::GoesInWithout(_) => happened.without += 1,
            Event::Fenced(_) => happened.fenced += 1,
            Event::Crashes(process) => {
                happened.crashes += 1;
                self.asked.retain(|who, _| who.process != process);
            }
            Event::Lost { .. } => happened.connections_lost += 1,
            Event::Received { ref message, .. } if is_session_over(message) => {
                happened.sessions_ended += 1;
            }
            Event::Asks(who) => {
                self.asked.entry(who).or_insert(at);
            }
            Event::Enters { who, .. } => {
                self.waits.extend(self.asked.remove(&who).map(|asked| (at - asked).0));
            }
            Event::Done(who) => drop(self.asked.remove(&who)),
            _ => {}
        }
    }
}
