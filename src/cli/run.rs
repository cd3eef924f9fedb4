//! `lockstep run`: one seeded run of a model.

use std::path::PathBuf;

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use crate::json::Document;

/// Run a model once and show what happens, step by step
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// The model file
    #[arg(value_name = "MODEL")]
    model: PathBuf,

    /// The seed of the choices
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) fn execute(arguments: &Arguments, _output: &mut Output<'_>) -> Result<Exit, Failure> {
    Document::open(&arguments.model)?;
    Err(Failure::Wrong(format!("this build has no simulator (seed {})", arguments.seed)))
}
