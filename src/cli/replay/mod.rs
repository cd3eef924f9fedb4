//! `lockstep replay`: recordings against the store models, own traces against the simulator.

mod monitor;
mod own;
mod report;

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::exit::Exit;
use super::failure::Failure;
use super::files;
use super::kind::Kind;
use super::models;
use super::output::Output;
use super::quoted;
use crate::trace::own as own_trace;
use crate::trace::recorded::{self, Tally};
use crate::trace::{BadFile, Content, Origin, Trace, packed};

/// Compare recordings of real servers with the store models, and own traces with a new run; show MONITOR logs
/// with the replies and expiries of the model (`lockstep audit` says who held which lock in one)
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Trace files and logs of redis-cli MONITOR, whatever their names, packed with gzip or not; `-` is standard input; or
    /// directories that hold some (.jsonl, .log)
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// One file and what became of it.
struct Replayed {
    path: PathBuf,
    outcome: Outcome,
}

enum Outcome {
    /// The comparison was made.
    Compared { store: String, tally: Tally },
    /// An own run was made again.
    Own { origin: &'static str, crlf: bool, replayed: Box<own_trace::Replayed> },
    /// The file cannot be understood.
    Bad(BadFile),
    /// The model was driven with a MONITOR log, which was named itself or found in a directory.
    Driven { driven: Box<recorded::monitor::Driven>, named: bool },
}

impl Outcome {
    fn exit(&self) -> Exit {
        match self {
            Self::Compared { tally, .. } if tally.different > 0 => Exit::Violated,
            Self::Driven { driven, .. } if driven.counts.different > 0 => Exit::Violated,
            Self::Own { replayed, .. } if replayed.difference.is_some() => Exit::Violated,
            Self::Compared { .. } | Self::Own { .. } | Self::Driven { .. } => Exit::Expected,
            Self::Bad(_) => Exit::Wrong,
        }
    }
}

pub(super) fn execute(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let found = files::find(&arguments.paths, &["jsonl", "log"]);
    let count = found.len();
    let mut replayed = Vec::new();
    for (number, file) in found.into_iter().enumerate() {
        let (path, outcome) = match file {
            Err(bad) => (bad.path.clone(), Outcome::Bad(bad)),
            Ok(path) => {
                output.progress(format_args!("{}/{count} {}", number + 1, quoted::path(&path)));
                let outcome = outcome(&path, arguments.paths.contains(&path));
                (path, outcome)
            }
        };
        let one = Replayed { path, outcome };
        if !output.json {
            report::file(&one, output)?;
        }
        replayed.push(one);
    }
    let exit = replayed.iter().map(|one| one.outcome.exit()).max().unwrap_or_default();
    if output.json {
        report::json(&replayed, exit, output)?;
    } else {
        let only_own = replayed.iter().all(|one| matches!(one.outcome, Outcome::Own { .. }));
        if !only_own {
            report::total(&replayed, output)?;
        }
    }
    Ok(exit)
}

/// What becomes of the file at `path`, which was `named` itself, or found in a directory.
fn outcome(path: &Path, named: bool) -> Outcome {
    let outcome = packed::open(path).and_then(|opened| match opened.content {
        Some(Content::Monitor) => drive(path, opened.source, named),
        None if files::has_extension(path, "log") => drive(path, opened.source, named),
        _ => {
            let trace = Trace::read(opened.source).map_err(|bad| bad.of(path))?;
            of_trace(path, &trace)
        }
    });
    outcome.unwrap_or_else(|bad| Outcome::Bad(explained(bad)))
}

fn drive(path: &Path, source: impl BufRead, named: bool) -> Result<Outcome, BadFile> {
    let driven = recorded::monitor::drive(source).map_err(|bad| bad.of(path))?;
    Ok(Outcome::Driven { driven: Box::new(driven), named })
}

/// The same, or what a person meant who gave this file to this command.
fn explained(mut bad: BadFile) -> BadFile {
    let path = bad.path.clone();
    if let Some(Kind::Model) = Kind::of_file(&path) {
        let file = quoted::file(&path);
        let message = format!(
            "this is a model, not a trace: `lockstep check {file}` searches all its runs, `lockstep run {file}` makes one"
        );
        return BadFile::whole(&path, message);
    }
    if !path.exists()
        && let Some(near) = models::near(&path)
    {
        bad.message = format!("{}; did you mean `{}`?", bad.message, quoted::path(&near));
    }
    bad
}

fn of_trace(path: &Path, trace: &Trace) -> Result<Outcome, BadFile> {
    match trace.header.origin {
        Origin::Recorded => {
            let compared = recorded::replay(&trace.header, &trace.events);
            let tally = compared.map_err(|bad| bad.of(path))?;
            let store = trace.header.text("store").unwrap_or_default().to_owned();
            Ok(Outcome::Compared { store, tally })
        }
        Origin::Run | Origin::Check => {
            let replayed = own_trace::replay(trace).map_err(|bad| bad.of(path))?;
            let origin = if trace.header.origin == Origin::Run { "run" } else { "check" };
            let crlf = trace.ends_in_crlf();
            Ok(Outcome::Own { origin, crlf, replayed: Box::new(replayed) })
        }
    }
}
