//! `lockstep step`: one walks through a run, goes another way where one likes, and keeps what one has made.

mod branch;
mod lines;
mod paint;
mod screen;
mod walk;

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::subject::{Subject, Wanted};
use walk::Walk;

/// Walk through a run step by step, forward and back, and go another way where you like
#[derive(clap::Args, Debug)]
#[command(after_help = "\
On a terminal it takes the whole screen; ? names the keys. From a pipe, and with --lines, it reads commands,
one a line; an empty line is the next step:
  n [K]  b [K]     K steps on, K steps back
  g STEP           to a step by its number: g 12, g 12.2
  v                to what is wrong
  / TEXT           to the next step with this text
  l NAME           to the next step of a client or a server
  s                who is where, and what the stores keep
  a                what else could happen after this step
  pick K           go that way: the run goes on from here without further faults
  save FILE        keep the run as a trace, for `lockstep replay`
  r                the run as it was in the beginning
  h  q             help, end

Exit codes: 0, and 2 if a command was not understood")]
pub(super) struct Arguments {
    /// A trace of this program (.jsonl), or a model: a file or a name of one of the program's
    #[arg(value_name = "MODEL|TRACE")]
    path: PathBuf,

    /// Walk through the run of this seed in place of what a search finds
    #[arg(long)]
    seed: Option<u64>,

    /// Read typed commands also on a terminal, in place of the whole screen
    #[arg(long)]
    lines: bool,
}

pub(super) fn execute(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    if output.json {
        let message =
            "step answers people: `lockstep show --json` has the run and its picture as JSON";
        return Err(Failure::Wrong(message.to_owned()));
    }
    let subject = Subject::open(&arguments.path, Wanted { seed: arguments.seed }, output)?;
    let mut walk = Walk::new(subject);
    if !arguments.lines && io::stdin().is_terminal() && io::stdout().is_terminal() {
        return screen::walk(&mut walk, output).map(|()| Exit::Expected);
    }
    lines::walk(&mut walk, output)
}
