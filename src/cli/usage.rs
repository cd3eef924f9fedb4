//! Understanding the command line, and helping where it cannot be understood.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ColorChoice, CommandFactory, FromArgMatches, ValueEnum};

use super::Arguments;
use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use crate::suggest;
use crate::visible;

/// What somebody should do who has never seen the program.
pub(super) const FIRST_COMMANDS: &str = "\
Try first:
  lockstep demo            a lock that breaks, step by step
  lockstep check models    every order of events of each model, with the shortest way to break it";

/// What the shell learns.
pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  as expected
  1  a property was violated, or a replay differs
  2  wrong use, or an input that cannot be understood
  3  inconclusive: a limit was hit";

/// Understands `arguments`, the program's name first.
pub(super) fn parse(arguments: &[OsString]) -> Result<Arguments, clap::Error> {
    let mut command = Arguments::command();
    let matches = command.try_get_matches_from_mut(arguments);
    let parsed = matches.and_then(|matches| Arguments::from_arg_matches(&matches));
    parsed.map_err(|error| {
        // The message quotes what was given: it is made of what can be seen of that.
        let seen = |argument: &OsString| {
            OsString::from(visible::line(&argument.to_string_lossy()).into_owned())
        };
        let seen: Vec<OsString> = arguments.iter().map(seen).collect();
        let error = match command.try_get_matches_from_mut(seen) {
            Err(seen) if seen.kind() == error.kind() => seen,
            _ => error,
        };
        with_tip(error, &command)
    })
}

/// When the caller wants colours, also if the rest of the command line is not understood.
pub(super) fn color(arguments: &[OsString]) -> ColorChoice {
    let value = |at: usize| {
        let argument = arguments[at].to_str()?;
        let inline = argument.strip_prefix("--color=");
        let next = || arguments.get(at + 1).and_then(|next| next.to_str());
        inline.or_else(|| next().filter(|_| argument == "--color"))
    };
    (0..arguments.len())
        .take_while(|at| arguments[*at] != OsStr::new("--"))
        .find_map(value)
        .and_then(|value| ColorChoice::from_str(value, false).ok())
        .unwrap_or(ColorChoice::Auto)
}

/// Shows `error`, which may also be a call for help.
pub(super) fn show(error: &clap::Error, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let text = error.render();
    if error.use_stderr() {
        write!(output.err(), "{}", text.ansi())?;
        return Ok(Exit::Wrong);
    }
    write!(output.out(), "{}", text.ansi())?;
    Ok(Exit::Expected)
}

/// Adds what was probably meant where clap itself sees no likeness: it has no tip for `rnu`, nor for a file
/// in the place of a command.
fn with_tip(mut error: clap::Error, command: &clap::Command) -> clap::Error {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return error;
    }
    let Some(ContextValue::String(given)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    let given = given.clone();
    let names = command.get_subcommands().map(clap::Command::get_name);
    let extension = Path::new(&given).extension().and_then(OsStr::to_str);
    let meant = match extension {
        Some("json") => Some(format!("check {given}")),
        Some("jsonl") => Some(format!("replay {given}")),
        _ => suggest::nearest(&given, names).map(str::to_owned),
    };
    if let Some(meant) = meant {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![meant]));
    }
    error
}
