//! What a search came to, and what that covers.

use super::growth::Growth;
use crate::choice::FaultId;
use crate::sim::{Drawn, Effects, Found, Reached, Violation};
use crate::time::Micros;

/// Where a search stops before the space is exhausted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// Deviations in one story; `None` is without a limit.
    pub deviations: Option<u32>,
    /// Different worlds.
    pub states: usize,
    /// Steps of one story.
    pub steps: u32,
    /// Virtual time of one story (µs): only for models in which somebody reads a wall clock.
    pub time: Micros,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { deviations: None, states: 5_000_000, steps: 100_000, time: Micros::MAX }
    }
}

/// Which limit stopped a search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cut {
    /// As many different worlds as the bounds allow.
    States(usize),
    /// A story with as many steps as the bounds allow.
    Steps(u32),
    /// Whoever watched the search stopped it.
    Stopped,
    /// As much memory (bytes) as whoever watched the search allowed.
    Memory(u64),
}

/// What a search found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// A property does not hold.
    Violated {
        /// Which, and why.
        violation: Violation,
        /// The deviations of the shortest story.
        deviations: u32,
        /// Its steps.
        steps: u32,
    },
    /// Every property holds in every world that can be reached.
    Holds,
    /// The same in every world that can be reached with so many deviations; there are others.
    HoldsWithin(u32),
    /// Nothing was violated, but what these properties are about never happened.
    Vacuous(Vec<&'static str>),
    /// Nothing was violated, but these faults of the model, by their numbers, could strike in no run that was looked at.
    NeverStruck(Vec<FaultId>),
    /// A limit was hit first.
    Cut(Cut),
}

/// A story: the answers that lead to its end.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Witness {
    /// The answers to the questions with more than one alternative, in order.
    pub answers: Vec<u32>,
    /// How many steps they make.
    pub steps: u64,
    /// Of what goes on for ever: after the first of these numbers of steps and after the second the world is the same,
    /// but for the time, if all goes on nominally.
    pub round: Option<(u64, u64)>,
}

/// What the steps of a search were about.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Seen {
    /// What was not tried of what is drawn: what is said of every run is said of the others.
    pub drawn: Drawn,
    /// In how many steps that was reached which locks break at.
    pub reached: Reached,
}

impl Seen {
    pub(super) fn add(&mut self, found: &Found) {
        self.drawn.add(found.drawn);
        self.reached.add(found.reached);
    }
}

/// The result of a search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// The shortest story that shows it, of a violation.
    pub witness: Option<Witness>,
    /// Of a search that was cut: every run with at most so many deviations was looked at, and violates nothing; none if
    /// not even those without a deviation were.
    pub complete: Option<u32>,
    /// Different worlds.
    pub states: usize,
    /// Steps from one world to another.
    pub transitions: u64,
    /// The most deviations of a story.
    pub deviations: u32,
    /// The most steps of a story.
    pub steps: u32,
    /// The properties whose subject happened, one bit each in the order of the model.
    pub happened: u64,
    /// What its steps were about.
    pub seen: Seen,
    /// How often the faults of the model took effect, and where.
    pub faults: Effects,
    /// Who draws, and how many steps come of it.
    pub growth: Growth,
    /// Histories of tasks that are known.
    pub histories: usize,
    /// Futures that were run again.
    pub reruns: u64,
    /// Different states of components.
    pub components: super::component::Counts,
    /// Roughly how many bytes the worlds take, without the components.
    pub bytes: usize,
}
