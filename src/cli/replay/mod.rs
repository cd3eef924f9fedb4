//! `lockstep replay`: recordings against the store models, own traces against the simulator.

mod monitor;
mod own;
mod report;

use std::io::BufRead;
use std::path::{Path, PathBuf};

use super::exit::Exit;
use super::failure::Failure;
use super::files;
use super::output::Output;
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
    Own { origin: &'static str, replayed: Box<own_trace::Replayed> },
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
                output.progress(format_args!("{}/{count} {}", number + 1, path.display()));
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
        Some(Content::Monitor) => {
            let driven = recorded::monitor::drive(opened.source).map_err(|bad| bad.of(path))?;
            Ok(Outcome::Driven { driven: Box::new(driven), named })
        }
        Some(Content::Json) if files::has_extension(path, "json") => {
            let path_text = path.display();
            let message =
                format!("this is no trace; a model is checked: lockstep check {path_text}");
            Err(BadFile::whole(path, message))
        }
        None if files::has_extension(path, "log") => {
            let driven = recorded::monitor::drive(opened.source).map_err(|bad| bad.of(path))?;
            Ok(Outcome::Driven { driven: Box::new(driven), named })
        }
        _ => compare(path, opened.source),
    });
    outcome.unwrap_or_else(Outcome::Bad)
}

fn compare(path: &Path, source: impl BufRead) -> Result<Outcome, BadFile> {
    let trace = Trace::read(source).map_err(|bad| bad.of(path))?;
    match trace.header.origin {
        Origin::Recorded => {
            let compared = recorded::replay(&trace.header, &trace.events);
            let tally = compared.map_err(|bad| bad.of(path))?;
            let store = trace.header.text("store").unwrap_or_default().to_owned();
            Ok(Outcome::Compared { store, tally })
        }
        Origin::Run | Origin::Check => {
            let replayed = own_trace::replay(&trace).map_err(|bad| bad.of(path))?;
            let origin = if trace.header.origin == Origin::Run { "run" } else { "check" };
            Ok(Outcome::Own { origin, replayed: Box::new(replayed) })
        }
    }
}
