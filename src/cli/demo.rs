//! `lockstep demo`: ready-made famous failures.

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;

/// Show a lock that breaks, step by step
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Which one; without it, the best one
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(super) fn execute(arguments: &Arguments, _output: &mut Output<'_>) -> Result<Exit, Failure> {
    let name = arguments.name.as_deref().unwrap_or("the best one");
    Err(Failure::Wrong(format!("this build has no demo ({name})")))
}
