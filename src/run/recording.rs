//! A run with all its events.

use std::ops::ControlFlow;

use super::recorder::{Ended, Sink, execute};
use super::spec::{Spec, Timed};
use crate::choice::{Choices, Noting, Seeded};
use crate::event::Record;
use crate::model::Model;
use crate::sim::Setup;

/// A run with all its events, and what it follows from.
#[derive(Clone, Debug)]
pub struct Recording {
    /// What the run follows from.
    pub spec: Spec,
    /// The world that ran.
    pub setup: Setup,
    /// What happened.
    pub events: Vec<Record>,
    /// How it went.
    pub ended: Ended,
}

impl Recording {
    /// Makes the run of `spec` with the answers of `choices`, and keeps everything. The deviations of `spec` become those
    /// that were noted.
    ///
    /// With sampled timing latencies and draws must be those of [`Seeded`] with the seed.
    pub fn make(spec: Spec, choices: impl Choices) -> Self {
        Self::complete(spec, choices, true)
    }

    /// A run with `seed`.
    pub fn sampled(model: &Model, seed: u64) -> Self {
        Self::make(Spec::sampled(model, seed), Seeded::new(seed))
    }

    /// The same without its events: a crowd has too many of them, and nobody reads them.
    pub fn sampled_without_events(model: &Model, seed: u64) -> Self {
        Self::complete(Spec::sampled(model, seed), Seeded::new(seed), false)
    }

    fn complete(mut spec: Spec, choices: impl Choices, keeps: bool) -> Self {
        let setup = spec.setup();
        let mut noting = Noting::new(choices, matches!(spec.timing, Timed::Sampled(_)));
        let mut events = Vec::new();
        let mut keep = |record| {
            events.push(record);
            ControlFlow::Continue(())
        };
        let sink: Option<&mut Sink<'_>> = if keeps { Some(&mut keep) } else { None };
        let ended = execute(&setup, spec.limits, spec.round, &mut noting, sink);
        (spec.deviations, _) = noting.into_parts();
        Self { spec, setup, events, ended }
    }
}
