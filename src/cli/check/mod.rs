//! `lockstep check`: searches every order of events of a model.

mod formats;
mod json;
mod margin;
mod margin_told;
mod probe;
mod quantities;
mod rescue;
mod summary;
mod table;
pub(super) mod witness;

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use self::formats::Format;
use super::exit::Exit;
use super::failure::Failure;
use super::field::Text;
use super::interrupt::Interrupt;
use super::memory::{self, Size};
use super::models;
use super::output::Output;
use super::quoted;
use super::surroundings::{self, Stopwatch, Took};
use super::trace_file::Target;
use crate::cx::Broken;
use crate::explore::{Cut, Verdict};
use crate::json::Duration;
use crate::model::Model;
use crate::report::{View, words};
use crate::run::{self, Asked, Checked};

/// Search every order of events of models, and compare the verdicts with what they expect
///
/// One file: the shortest run that violates a property, step by step, or what the verdict covers.
/// Several files, or a directory: one table.
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Exit codes: 0 as the model expects (without an expectation: it holds), 1 not so, 2 bad input,
3 a limit was hit, a property had nothing to judge or a fault never took effect, and the model does
not expect that, or Ctrl-C: then it tells what is known by then (a second one ends it at once)")]
pub(super) struct Arguments {
    /// Model files (.json), or directories of them
    #[arg(required = true, value_name = "MODEL")]
    paths: Vec<PathBuf>,

    /// Look at no more than this many faults in one run [default: the model's, or any number]
    #[arg(long, value_name = "N")]
    deviations: Option<u32>,

    /// Keep no more than this many states [default: the model's, or 5000000]
    #[arg(long, value_name = "N")]
    states: Option<u64>,

    /// Stop the search of a model after this long, and say what is known by then: 500ms, 60s, 5m
    #[arg(long, value_name = "TIME")]
    time_limit: Option<Duration>,

    /// Use no more memory than this, and say what is known by then: 500MB, 2GB [default: three quarters of what the
    /// machine has free]
    #[arg(long, value_name = "SIZE")]
    memory: Option<Size>,

    /// Write the shortest run that violates a property as a trace, for `lockstep replay`; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Show every row of the timeline
    #[arg(long)]
    all: bool,

    /// How to write the verdicts: `junit` and `github` are for CI services
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, conflicts_with_all = ["json", "output", "all", "margin", "rescue"])]
    format: Format,

    /// Look for the value of this field at which the verdict changes: `ttl`, `faults[0].pause.for`; twice makes a table
    #[arg(long, value_name = "FIELD", conflicts_with_all = ["output", "all", "rescue"])]
    margin: Vec<String>,

    /// After a violation, search the same story with every other recipe, with fencing and with known fixes
    #[arg(long, conflicts_with = "output")]
    rescue: bool,

    /// How many threads `--margin` and `--rescue` use; the result is the same for any number [default: one a core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,
}

/// A model that was searched, and where it came from.
struct Row {
    path: PathBuf,
    checked: Checked,
    /// How long the search took.
    took: Took,
    /// Somebody pressed Ctrl-C, and the search stopped there.
    interrupted: bool,
}

impl Row {
    fn exit(&self) -> Exit {
        let exit = self.checked.meets().into();
        // A model that expects to be cut expects a limit, and nobody's hand.
        if self.interrupted { Exit::Inconclusive.max(exit) } else { exit }
    }
}

pub(super) fn execute(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    if arguments.format != Format::Text {
        return formats::show(arguments, output);
    }
    if let [path] = arguments.paths.as_slice()
        && !models::is_directory(path)
    {
        let model = models::open(path)?;
        if !arguments.margin.is_empty() {
            return margin::show(&Text::of(&quoted::path(path), &model), arguments, output);
        }
        let target = arguments.output.as_deref();
        let target = target.map(|target| Target::of(target, &[path])).transpose()?;
        let row = check(path, model, arguments, output)?;
        if arguments.rescue {
            return rescue::show(&row, arguments, output);
        }
        return witness::show(&row, arguments, target.as_ref(), output);
    }
    if arguments.rescue || !arguments.margin.is_empty() {
        let message = "--margin and --rescue take one model file";
        return Err(Failure::Wrong(message.to_owned()));
    }
    if arguments.output.is_some() {
        let message = "--output takes one model file: each witness is a trace of its own";
        return Err(Failure::Wrong(message.to_owned()));
    }
    table::show(arguments, output)
}

fn check(
    path: &Path,
    model: Model,
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> Result<Row, Failure> {
    let watch = Stopwatch::start();
    let asked = Asked { deviations: arguments.deviations, states: arguments.states };
    let interrupt = Interrupt::watched();
    let mut interrupted = false;
    let limit = arguments.time_limit.map(|Duration(limit)| limit.0.unsigned_abs() / 1000);
    let memory = arguments.memory.map_or_else(memory::free, |Size(bytes)| bytes);
    let mut is_full = false;
    let searched = || {
        run::check(model, asked, &mut |progress| {
            let took = watch.took();
            let states = words::count(progress.states as u64);
            let rate = words::count((progress.states as u64).saturating_mul(1000) / took.0.max(1));
            let waiting = words::count(progress.waiting as u64);
            let faults = words::counted(u64::from(progress.deviations), "fault");
            output.progress(format_args!(
                "{}: {took}, {states} states ({rate}/s), {waiting} waiting, at {faults}",
                quoted::path(path)
            ));
            interrupted = interrupt.is_pressed();
            is_full = memory::used() > memory;
            match limit {
                _ if interrupted || is_full => ControlFlow::Break(()),
                Some(limit) if took.0 >= limit => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        })
    };
    let mut checked = Broken::caught(searched)
        .map_err(|broken| Failure::Wrong(format!("{}: {broken}", quoted::path(path))))?;
    if is_full && !interrupted && checked.outcome.verdict == Verdict::Cut(Cut::Stopped) {
        checked.outcome.verdict = Verdict::Cut(Cut::Memory(memory));
    }
    Ok(Row { path: path.to_path_buf(), checked, took: watch.took(), interrupted })
}

fn view(all: bool) -> View {
    View { width: surroundings::width(), rows: if all { None } else { View::default().rows } }
}
