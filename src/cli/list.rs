//! `lockstep list`: what there is to choose from.

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;

/// List the lock recipes, workloads, faults and properties that models can name
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {}

pub(super) fn execute(_: &Arguments, _output: &mut Output<'_>) -> Result<Exit, Failure> {
    Err(Failure::Wrong("this build has no catalogue".to_owned()))
}
