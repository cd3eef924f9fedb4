//! The search that finds the run to be shown.

use std::ops::ControlFlow;
use std::path::Path;

use super::super::failure::Failure;
use super::super::interrupt::Interrupt;
use super::super::memory;
use super::super::output::Output;
use super::super::quoted;
use super::super::surroundings::Stopwatch;
use crate::cx::Broken;
use crate::model::Model;
use crate::report::words;
use crate::run::{self, Asked, Checked};

/// Searches `model` with its own bounds, as `lockstep check` does.
pub(super) fn check(
    path: &Path,
    model: Model,
    output: &mut Output<'_>,
) -> Result<Checked, Failure> {
    let watch = Stopwatch::start();
    let interrupt = Interrupt::watched();
    let memory = memory::free();
    let searched = || {
        run::check(model, Asked::default(), &mut |progress| {
            let states = words::count(progress.states as u64);
            let faults = words::counted(u64::from(progress.deviations), "fault");
            let took = watch.took();
            output.progress(format_args!(
                "{}: {took}, {states} states, at {faults}",
                quoted::path(path)
            ));
            if interrupt.is_pressed() || memory::used() > memory {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })
    };
    Broken::caught(searched)
        .map_err(|broken| Failure::Wrong(format!("{}: {broken}", quoted::path(path))))
}
