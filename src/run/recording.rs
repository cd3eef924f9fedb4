//! A run with all its events.

use std::ops::ControlFlow;

use super::recorder::{Ended, Sink, Watch, execute_watched};
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
        Self::complete(spec, choices, u64::MAX, &mut |_, _| ControlFlow::Continue(())).0
    }

    /// A run with `seed`.
    pub fn sampled(model: &Model, seed: u64) -> Self {
        Self::make(Spec::sampled(model, seed), Seeded::new(seed))
    }

    /// The same, and whether it is with its events: of a run of more than `most` steps they are not kept. `watch` is told
    /// how far it is, and may stop it.
    pub fn sampled_up_to(
        model: &Model,
        seed: u64,
        most: u64,
        watch: &mut Watch<'_>,
    ) -> (Self, bool) {
        Self::complete(Spec::sampled(model, seed), Seeded::new(seed), most, watch)
    }

    fn complete(
        mut spec: Spec,
        choices: impl Choices,
        most: u64,
        watch: &mut Watch<'_>,
    ) -> (Self, bool) {
        let setup = spec.setup();
        let mut noting = Noting::new(choices, matches!(spec.timing, Timed::Sampled(_)));
        let mut events = Vec::new();
        let mut kept = most > 0;
        let mut keep = |record: Record| {
            if record.step > most {
                events = Vec::new();
                kept = false;
            } else {
                events.push(record);
            }
            ControlFlow::Continue(())
        };
        let sink: Option<&mut Sink<'_>> = if most > 0 { Some(&mut keep) } else { None };
        let ended =
            execute_watched(&setup, spec.limits, spec.round, &mut noting, sink, Some(watch));
        (spec.deviations, _) = noting.into_parts();
        (Self { spec, setup, events, ended }, kept)
    }
}
