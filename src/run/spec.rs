//! What a run follows from.

use super::limits::Limits;
use crate::choice::{Deviation, Recorded};
use crate::model::Model;
use crate::sim::Setup;

/// Where due times come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timed {
    /// Latencies and draws from this seed, as `run` has it.
    Sampled(u64),
    /// Messages take no time, as a search has it.
    Abstract,
}

/// Everything that a run follows from.
#[derive(Clone, Debug)]
pub struct Spec {
    /// The model.
    pub model: Model,
    /// Where due times come from.
    pub timing: Timed,
    /// Where the run stops if it does not end by itself.
    pub limits: Limits,
    /// The step after which the world is the same as at the end of the run, but for the time: what lies between comes
    /// again and again. A search knows this.
    pub round: Option<u64>,
    /// The answers that are not the nominal ones.
    pub deviations: Vec<Deviation>,
}

impl Spec {
    /// A run without deviations that are known beforehand.
    pub fn new(model: &Model, timing: Timed, limits: Limits) -> Self {
        Self { model: model.clone(), timing, limits, round: None, deviations: Vec::new() }
    }

    /// A run with `seed` and the model's limits.
    pub fn sampled(model: &Model, seed: u64) -> Self {
        Self::new(model, Timed::Sampled(seed), Limits::of(model))
    }

    /// The world that runs.
    ///
    /// What happens where the lock lives is always told: it decides nothing, and a reader wants to know.
    pub fn setup(&self) -> Setup {
        let setup = match self.timing {
            Timed::Sampled(_) => self.model.sampled_setup(),
            Timed::Abstract => self.model.abstract_setup(),
        };
        Setup { watches_place: true, ..setup }
    }

    /// The seed, if the timing is sampled.
    pub fn seed(&self) -> Option<u64> {
        match self.timing {
            Timed::Sampled(seed) => Some(seed),
            Timed::Abstract => None,
        }
    }

    /// Who answers the questions of the run.
    pub fn choices(&self) -> Recorded {
        Recorded::new(self.seed(), self.deviations.clone())
    }
}
