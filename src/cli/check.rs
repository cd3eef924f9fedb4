//! `lockstep check`: searches every order of events of a model.

use std::path::PathBuf;

use super::exit::Exit;
use super::failure::Failure;
use super::files;
use super::output::Output;
use crate::json::Document;

/// Search every order of events of models, and compare the verdicts with what they expect
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Model files, or directories of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

pub(super) fn execute(arguments: &Arguments, _output: &mut Output<'_>) -> Result<Exit, Failure> {
    for path in files::find(&arguments.paths, &["json"]) {
        Document::open(&path?)?;
    }
    Err(Failure::Wrong("this build has no simulator".to_owned()))
}
