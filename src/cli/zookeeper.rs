//! `lockstep zookeeper`: a shell like `zkCli`.

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::shell;
use crate::shell::ZooKeeperShell;

/// A shell like `zkCli`, against a simulated ZooKeeper in virtual time
///
/// Reads one command a line from standard input. `help` lists the commands, `.help` what can be said to the shell
/// itself: `.advance 40s` lets time pass, `.session b` opens a second session, `.pause a` stops the pings of one.
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {}

pub(super) fn execute(_: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    shell::drive(ZooKeeperShell::new(), output)
}
