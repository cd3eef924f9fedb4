//! `lockstep redis`: a shell like `redis-cli`.

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::shell;
use crate::shell::RedisShell;

/// A shell like `redis-cli`, against a simulated Redis in virtual time
///
/// Reads one command a line from standard input. `help` lists the commands of the model, `.help` what can be said to
/// the shell itself: `.advance 10s` lets time pass, `.client b` opens a second connection.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {}

pub(super) fn execute(_: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    shell::drive(RedisShell::new(), output)
}
