//! Another way from a step on: the answers of a run up to there, one other answer, and then what is nominal.

use crate::choice::{About, Alternative, Choices, Question, Recorded};
use crate::event::Nobody;
use crate::run::{Limits, Recording, Run, Spec};
use crate::sim::Live;

/// A branch may take so many steps.
const MOST: u64 = 4000;

/// The answers of a branch. Which step a question belongs to is counted by the questions about steps, of which there is
/// one a step where anything could go otherwise.
struct Branch {
    before: Recorded,
    sampled: bool,
    /// The question about a step, counted from 1, that has another answer.
    at: u64,
    take: u32,
    asked: u64,
}

impl Choices for Branch {
    fn pick(&mut self, question: &Question<'_>) -> u32 {
        let is_step = question.about == About::Step;
        self.asked += u64::from(is_step);
        if self.asked < self.at {
            return self.before.pick(question);
        }
        if is_step {
            return if self.asked == self.at { self.take.min(question.n - 1) } else { 0 };
        }
        // Latencies go on as the seed has them.
        if self.sampled { self.before.pick(question) } else { 0 }
    }
}

/// What could happen at one step, and which of it does.
struct Looking {
    inner: Recorded,
    asked: u64,
    /// Of the last question about a step.
    seen: Vec<Option<Alternative>>,
    taken: u32,
}

impl Choices for Looking {
    fn pick(&mut self, question: &Question<'_>) -> u32 {
        let picked = self.inner.pick(question);
        if question.about == About::Step {
            self.asked += 1;
            // The first is what happens if nothing else does, and has no name.
            let other = |n: u32| (n > 0).then(|| (question.alternative)(n));
            self.seen = (0..question.n).map(other).collect();
            self.taken = picked;
        }
        picked
    }
}

/// What could happen in a step, in the order of the alternatives.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Ways {
    /// The alternatives; none is what is nominal.
    pub(super) all: Vec<Option<Alternative>>,
    /// Which of them the run takes.
    pub(super) taken: u32,
    /// Which question about a step it was, from 1.
    question: u64,
}

/// The ways after step `step` of the run; none at its end, or where nothing could be otherwise.
pub(super) fn ways(recording: &Recording, step: u64) -> Ways {
    let inner = recording.spec.choices();
    let mut looking = Looking { inner, asked: 0, seen: Vec::new(), taken: 0 };
    let mut engine = Live::default();
    let mut run = Run::new(&recording.setup, &mut engine, &mut looking, &mut Nobody);
    while run.steps() < step {
        if !run.step(&mut looking, &mut Nobody) {
            return Ways::default();
        }
    }
    let before = looking.asked;
    looking.seen.clear();
    run.step(&mut looking, &mut Nobody);
    if looking.asked == before {
        return Ways::default();
    }
    Ways { all: looking.seen, taken: looking.taken, question: looking.asked }
}

/// The run that goes way `take` after step `step`.
pub(super) fn take(recording: &Recording, step: u64, ways: &Ways, take: u32) -> Recording {
    let spec = &recording.spec;
    let branch = Branch {
        before: spec.choices(),
        sampled: spec.seed().is_some(),
        at: ways.question,
        take,
        asked: 0,
    };
    let limits = Limits { steps: step + MOST, ..spec.limits };
    Recording::make(Spec { limits, round: None, deviations: Vec::new(), ..spec.clone() }, branch)
}
