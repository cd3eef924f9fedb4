//! The command line: one file a command.
//!
//! Nothing else in the crate writes to a terminal, and this writes only to the streams it was given: the
//! result to the first, and to the second what is wrong and how far it is.

mod audit;
mod cases;
mod check;
mod compare;
mod completions;
mod demo;
mod exit;
mod export;
mod failure;
mod field;
mod files;
mod instead;
mod interrupt;
mod kind;
mod list;
mod man;
mod memory;
mod models;
mod new;
mod output;
mod quoted;
mod redis;
mod remedies;
mod replay;
mod report;
mod run;
mod schema;
mod shell;
mod show;
mod step;
mod subject;
mod surroundings;
mod sweep;
mod trace_file;
mod usage;
mod workers;
mod zookeeper;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ColorChoice, Parser, Subcommand};

use crate::cx::Broken;
pub use exit::Exit;
use failure::Failure;
use output::Output;
pub use output::Stream;

/// Simulates distributed locks on Redis and ZooKeeper, breaks them, and shows how
#[derive(Parser, Debug)]
#[command(
    name = "lockstep",
    version,
    arg_required_else_help = true,
    before_help = usage::FIRST_COMMANDS,
    after_help = usage::EXIT_CODES
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// Write the result as JSON; nothing else then goes to standard output
    #[arg(long, global = true)]
    json: bool,

    /// When to use colours; `auto` also looks at `NO_COLOR` and `TERM`
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
}

#[derive(Subcommand, Debug)]
enum Command {
    Demo(demo::Arguments),
    New(new::Arguments),
    Check(check::Arguments),
    Run(run::Arguments),
    Compare(compare::Arguments),
    Sweep(sweep::Arguments),
    Merge(sweep::MergeArguments),
    Replay(replay::Arguments),
    Show(show::Arguments),
    Step(step::Arguments),
    Report(report::Arguments),
    Export(export::Arguments),
    Audit(audit::Arguments),
    List(list::Arguments),
    Schema(schema::Arguments),
    Redis(redis::Arguments),
    #[command(name = "zookeeper")]
    ZooKeeper(zookeeper::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Runs the command line `arguments`, the program's name first, and returns what the process exits with.
pub fn run<I, A>(arguments: I, out: impl Stream, err: impl Stream) -> ExitCode
where
    I: IntoIterator<Item = A>,
    A: Into<OsString>,
{
    let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
    let mut output = Output::new(out, err, usage::color(&arguments));
    let result = match usage::parse(&arguments) {
        Ok(arguments) => execute(&arguments, &mut output),
        Err(error) => usage::show(&error, &mut output),
    };
    let result = result.and_then(|exit| output.flush().map(|()| exit));
    result.unwrap_or_else(|failure| failure.show(&mut output)).into()
}

fn execute(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    output.json = arguments.json;
    // A lock of the user's own may prove to be wrong in the middle of a run.
    Broken::caught(|| command(arguments, output)).unwrap_or_else(|broken| Err(broken.into()))
}

fn command(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    match &arguments.command {
        Command::Demo(arguments) => demo::execute_command(arguments, output),
        Command::New(arguments) => new::execute(arguments, output),
        Command::Check(arguments) => check::execute(arguments, output),
        Command::Run(arguments) => run::execute_command(arguments, output),
        Command::Compare(arguments) => compare::execute(arguments, output),
        Command::Sweep(arguments) => sweep::execute(arguments, output),
        Command::Merge(arguments) => sweep::merge(arguments, output),
        Command::Replay(arguments) => replay::execute(arguments, output),
        Command::Step(arguments) => step::execute(arguments, output),
        Command::Show(arguments) => show::execute(arguments, output),
        Command::Report(arguments) => report::execute(arguments, output),
        Command::Export(arguments) => export::execute(arguments, output),
        Command::Audit(arguments) => audit::execute(arguments, output),
        Command::List(arguments) => list::execute(arguments, output),
        Command::Schema(_) => schema::execute(output),
        Command::Redis(arguments) => redis::execute(arguments, output),
        Command::ZooKeeper(arguments) => zookeeper::execute(arguments, output),
        Command::Completions(arguments) => completions::execute(arguments, output),
        Command::Man(arguments) => man::execute(arguments, output),
    }
}
