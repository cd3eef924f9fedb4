//! A failure of a run with a seed, with as few deviations as show it.

use super::recording::Recording;
use super::spec::Spec;
use crate::choice::{Deviation, Recorded, Seeded};
use crate::model::Model;

/// A run of more steps than this is not made again and again.
const LONG: u64 = 200_000;

/// The run of `model` with `seed` up to its violation, with its events.
pub fn failure(model: &Model, seed: u64) -> Recording {
    let mut spec = Spec::sampled(model, seed);
    spec.limits.stop_at_violation = true;
    Recording::make(spec, Seeded::new(seed))
}

/// The same failure with deviations left out, as long as `is_same` says so of what remains.
pub fn shrunk(of: Recording, is_same: impl Fn(&Recording) -> bool) -> Recording {
    let mut best = of;
    if best.ended.steps > LONG {
        return best;
    }
    let mut place = best.spec.deviations.len();
    // From the last on: what comes late is least likely to matter for what comes before.
    while place > 0 {
        place -= 1;
        if place >= best.spec.deviations.len() {
            continue;
        }
        let mut fewer = best.spec.deviations.clone();
        fewer.remove(place);
        let again = with(&best.spec, fewer);
        if again.spec.deviations.len() < best.spec.deviations.len() && is_same(&again) {
            best = again;
        }
    }
    best
}

fn with(spec: &Spec, deviations: Vec<Deviation>) -> Recording {
    let spec = Spec { deviations, ..spec.clone() };
    let choices = Recorded::new(spec.seed(), spec.deviations.clone());
    Recording::make(spec, choices)
}
