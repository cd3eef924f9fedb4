//! Several runs, one seed after the other, and what they come to.

use std::ops::ControlFlow;

use super::found::{Found, Meets};
use super::recorder::{Ended, execute};
use super::spec::Spec;
use super::tally::Waits;
use crate::choice::Seeded;
use crate::model::{Model, Verdict};
use crate::sim::Violation;
use crate::time::Micros;

/// What several runs come to.
#[derive(Clone, Debug, Default)]
pub struct Sweep {
    /// How many runs there were.
    pub runs: u64,
    /// The seeds whose runs violate a property.
    pub violated: Vec<u64>,
    /// The seeds whose runs were stopped by a limit.
    pub cut: Vec<u64>,
    /// The violation of the first of them.
    pub first: Option<Violation>,
    /// Sections that were entered, in all.
    pub entries: u64,
    /// Requests that servers executed, in all.
    pub requests: u64,
    /// Messages that servers sent without being asked in that moment, in all.
    pub notifications: u64,
    /// Faults, in all.
    pub deviations: u64,
    longest: Vec<Micros>,
    met: u64,
    meets: Option<Meets>,
}

/// One run with `seed`, without its events.
pub fn run_only(model: &Model, seed: u64) -> Ended {
    let spec = Spec::sampled(model, seed);
    execute(&spec.setup(), spec.limits, None, &mut Seeded::new(seed), None)
}

impl Sweep {
    /// Makes `count` runs of `model` from the seed `first` on; `watch` is told each seed before its run, with how many
    /// were made, and may stop there.
    pub fn of(
        model: &Model,
        first: u64,
        count: u64,
        watch: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
    ) -> Self {
        let mut sweep = Self::default();
        for number in 0..count {
            // Seeds go round at the end of their range.
            let seed = first.wrapping_add(number);
            if watch(seed, number).is_break() {
                break;
            }
            sweep.add(model, seed, &run_only(model, seed));
        }
        sweep
    }

    fn add(&mut self, model: &Model, seed: u64, ended: &Ended) {
        self.runs += 1;
        let found = Found::of_run(ended);
        match found.verdict {
            Verdict::Violated => self.violated.push(seed),
            Verdict::Cut => self.cut.push(seed),
            _ => {}
        }
        let meets = found.meets(model.expect_run(), false);
        self.met += u64::from(meets == Meets::Expectation);
        self.meets = self.meets.max(Some(meets));
        if let (Some(violation), None) = (&ended.violation, &self.first) {
            self.first = Some(violation.clone());
        }
        let tally = &ended.tally;
        self.entries += tally.entries;
        self.requests += tally.requests.values().sum::<u64>();
        self.notifications += tally.notifications;
        self.deviations += tally.deviations;
        self.longest.extend(tally.waits.map(|waits| Micros(waits.max_us)));
    }

    /// The longest wait of each run.
    pub fn longest_waits(&self) -> Option<Waits> {
        Waits::of(self.longest.clone())
    }

    /// What the runs are beside what the model expects of them: the worst of them; but a model that expects a violation
    /// is content with one seed that shows it.
    pub fn meets(&self, model: &Model) -> Meets {
        let wants = model.expect_run().is_some_and(|it| it.verdict == Verdict::Violated);
        match self.meets {
            Some(_) if wants && self.met > 0 => Meets::Expectation,
            Some(meets) => meets,
            None => Meets::Inconclusive,
        }
    }
}
