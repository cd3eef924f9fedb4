//! A search of a model, with the model's bounds or narrower ones.

use std::ops::ControlFlow;

use super::found::{Found, Meets};
use super::recording::Recording;
use super::witness;
use crate::explore::{Bounds, Outcome, Progress, Search};
use crate::model::Model;

/// What a caller asks for in place of the model's bounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// Look at no more than this many deviations in one run.
    pub deviations: Option<u32>,
    /// Keep no more than this many states.
    pub states: Option<u64>,
}

/// A model that was searched.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The model.
    pub model: Model,
    /// What the search came to.
    pub outcome: Outcome,
    /// Fewer deviations were asked for than the model has.
    pub bounded: bool,
}

/// Searches all runs of `model`; `watch` is told now and then how far the search is, and may stop it.
pub fn check(
    model: Model,
    asked: Asked,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Checked {
    let own = model.bounds();
    let default = Bounds::default();
    let states = asked.states.or(own.states);
    let bounds = Bounds {
        deviations: asked.deviations.or(own.deviations),
        states: states.map_or(default.states, |it| usize::try_from(it).unwrap_or(usize::MAX)),
        ..default
    };
    let bounded = asked.deviations.is_some_and(|it| own.deviations.is_none_or(|of| it < of));
    let outcome = Search::new(&model.abstract_setup(), bounds).run(watch);
    Checked { model, outcome, bounded }
}

impl Checked {
    /// The verdict in the words of models.
    pub fn found(&self) -> Found {
        Found::of_search(&self.outcome.verdict)
    }

    /// What the verdict is beside what the model expects.
    pub fn meets(&self) -> Meets {
        self.found().meets(self.model.expect(), self.bounded)
    }

    /// The run that shows the violation, with its events; none if nothing is violated.
    pub fn recording(&self) -> Option<Recording> {
        witness::recording(&self.model, &self.outcome)
    }
}
