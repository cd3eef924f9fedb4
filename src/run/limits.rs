//! Where a run stops, and how it ended.

use crate::model::Model;
use crate::time::Micros;

/// Where a run stops if it does not end by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Steps.
    pub steps: u64,
    /// World time (µs).
    pub time: Micros,
    /// Whether the first violation ends the run.
    pub stop_at_violation: bool,
}

impl Limits {
    /// Steps of a sampled run, where the model does not say.
    pub const STEPS: u64 = 10_000_000;
    /// World time (µs) of a sampled run, where the model does not say: ten minutes.
    pub const TIME: Micros = Micros::from_ms(600_000);

    /// Those of a sampled run of the model.
    pub fn of(model: &Model) -> Self {
        Self {
            steps: model.bounds().steps.unwrap_or(Self::STEPS),
            time: model.bounds().time.unwrap_or(Self::TIME),
            stop_at_violation: false,
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Every thread that is alive has had enough.
    Done,
    /// Nothing can happen any more, and somebody still wants something.
    Stuck,
    /// A property was violated.
    Violated,
    /// A limit was hit.
    Cut,
}

impl End {
    /// The same in a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Stuck => "stuck",
            Self::Violated => "violated",
            Self::Cut => "cut",
        }
    }
}
