//! A run is a list of choices: every nondeterminism is one question with `n` alternatives.
//!
//! Exactly one alternative of a question is nominal, number 0. Who answers is the mode: a seed, a list, the
//! deviations of a trace. A deviation is named by its *site* (what the question is about), by how often such a question
//! was asked, and by the *alternative* taken there, never by its position in the list of answers, so that taking one
//! deviation away does not shift the others. All three are data ([`Site`], [`Alternative`]).

mod deviations;
mod site;

pub use deviations::{Noting, Recorded};
pub use site::{
    Alternative, Deviation, Direction, FaultId, ProcessDue, ProcessId, Renaming, ServerDue,
    ServerId, Site, Strike, Target, Way,
};

use std::fmt;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What kind of thing a question is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About {
    /// How long a message travels (sampled timing only). Not a deviation.
    Latency,
    /// A draw of a recipe or of a workload: jitter, the size of a red packet.
    Draw,
    /// Something that a real server leaves open.
    Server,
    /// What happens next: the nominal event, or another that could as well come first, or a fault.
    Step,
    /// Whether a process is there from the beginning (searches only).
    Arrival,
}

/// One question: what it is about, where, and what its alternatives are.
pub struct Question<'a> {
    /// The kind.
    pub about: About,
    /// The number of alternatives; never 0.
    pub n: u32,
    /// Where it is asked.
    pub site: &'a dyn Fn() -> Site,
    /// What an alternative is, by its number.
    pub alternative: &'a dyn Fn(u32) -> Alternative,
}

impl fmt::Debug for Question<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {:?} (1 of {})", self.about, (self.site)(), self.n)
    }
}

/// Whoever answers the questions of a run.
pub trait Choices {
    /// One of `0..question.n`.
    fn pick(&mut self, question: &Question<'_>) -> u32;
}

/// Always the nominal alternative.
#[derive(Clone, Copy, Debug)]
pub struct Nominal;

impl Choices for Nominal {
    fn pick(&mut self, _: &Question<'_>) -> u32 {
        0
    }
}

/// Answers drawn from a seed.
///
/// Latencies and draws are uniform. A step deviates once in [`Seeded::FAULT_ODDS`] times, and then each of its
/// other alternatives is equally likely. Steps have a stream of their own, so that asking for faults does not
/// change the latencies.
#[derive(Clone, Debug)]
pub struct Seeded {
    values: ChaCha8Rng,
    steps: ChaCha8Rng,
}

impl Seeded {
    /// One step in this many deviates, where the model's faults allow it.
    pub const FAULT_ODDS: u32 = 24;

    /// The stream of `seed`.
    pub fn new(seed: u64) -> Self {
        let mut steps = ChaCha8Rng::seed_from_u64(seed);
        steps.set_stream(1);
        Self { values: ChaCha8Rng::seed_from_u64(seed), steps }
    }
}

/// A number below `n`, without bias worth mentioning: the high half of a 64-bit product.
fn below(rng: &mut ChaCha8Rng, n: u32) -> u32 {
    ((u64::from(rng.next_u32()) * u64::from(n)) >> 32) as u32
}

impl Choices for Seeded {
    fn pick(&mut self, question: &Question<'_>) -> u32 {
        match (question.about, question.n) {
            (_, 0 | 1) => 0,
            (About::Step, n) if below(&mut self.steps, Self::FAULT_ODDS) == 0 => {
                1 + below(&mut self.steps, n - 1)
            }
            (About::Step | About::Arrival, _) => 0,
            (_, n) => below(&mut self.values, n),
        }
    }
}

/// Answers from a list, each taken modulo the number of alternatives; nominal when the list is used up.
#[derive(Clone, Debug)]
pub struct Listed {
    answers: std::vec::IntoIter<u32>,
}

impl Listed {
    /// The answers, in the order in which they will be given.
    pub fn new(answers: Vec<u32>) -> Self {
        Self { answers: answers.into_iter() }
    }
}

impl Choices for Listed {
    fn pick(&mut self, question: &Question<'_>) -> u32 {
        match question.n {
            0 | 1 => 0,
            n => self.answers.next().unwrap_or(0) % n,
        }
    }
}
