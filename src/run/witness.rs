//! From the witness of a search to a run.

use super::limits::Limits;
use super::recording::Recording;
use super::spec::{Spec, Timed};
use crate::choice::Listed;
use crate::explore::{Outcome, Verdict};
use crate::model::Model;
use crate::time::Micros;

/// What is waited for in vain may take so many steps more.
const AFTERMATH: u64 = 20_000;

/// Makes the run again that a search of `model` found; none if it found no violation.
pub fn recording(model: &Model, outcome: &Outcome) -> Option<Recording> {
    let witness = outcome.witness.as_ref()?;
    let Verdict::Violated { violation, .. } = &outcome.verdict else { return None };
    let judges_waiting = model
        .abstract_setup()
        .properties
        .iter()
        .any(|it| it.name() == violation.property && it.liveness().is_some());
    let make = |steps, time, round| {
        let limits = Limits { steps, time, stop_at_violation: true };
        let spec = Spec { round, ..Spec::new(model, Timed::Abstract, limits) };
        Recording::make(spec, Listed::new(witness.answers.clone()))
    };
    let story = make(witness.steps, Micros::MAX, None);
    if !judges_waiting || story.ended.violation.is_some() {
        return Some(story);
    }
    if let Some((from, steps)) = witness.round {
        return Some(make(steps, Micros::MAX, Some(from)));
    }
    // What never happens has to be waited for: for longer than anything that the model compares with.
    let until = story.ended.at + story.setup.horizon + story.setup.horizon;
    Some(make(witness.steps + AFTERMATH, until, None))
}
