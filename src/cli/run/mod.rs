//! `lockstep run`: seeded runs of a model.

mod json;
mod recipes;
mod several;

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;

use super::check::witness::{heading, line};
use super::exit::Exit;
use super::failure::Failure;
use super::output::{BAD, FAINT, GOOD, Output};
use super::quoted;
use super::surroundings::{self, Stopwatch};
use super::trace_file::Target;
use super::{memory, models};
use crate::model::Model;
use crate::report::{Cast, View, because, cover, expected, story, timeline, words};
use crate::run::{End, Ended, Found, Recording};
use crate::sim::Setup;
use crate::time::Micros;

/// Run a model once, with latencies and faults drawn from a seed, and show what happens
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Exit codes: 0 as the model expects (without an expectation: nothing is violated), 1 not so, 2 bad input,
3 a limit was hit before the run was over")]
pub(super) struct Arguments {
    /// The model file (.json)
    #[arg(value_name = "MODEL")]
    model: PathBuf,

    /// The seed of latencies, draws and faults; equal seeds make equal runs
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Make so many runs, from the seed on, and show what they come to
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    seeds: u64,

    /// Run it once with each recipe of the catalogue in place of the model's, and show one table
    #[arg(long, conflicts_with_all = ["seeds", "output", "all"])]
    recipes: bool,

    /// Write the run as a trace, for `lockstep replay`; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Show every row of the timeline
    #[arg(long)]
    all: bool,
}

/// More threads than this have no timeline.
const MOST_THREADS: usize = 64;

pub(super) fn execute_command(
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    let model = models::open(&arguments.model)?;
    if arguments.recipes {
        return recipes::show(&model, arguments, output);
    }
    if arguments.seeds > 1 {
        if arguments.output.is_some() {
            let message = "--output takes one run: leave --seeds out and name the --seed";
            return Err(Failure::Wrong(message.to_owned()));
        }
        return several::show(&model, arguments, output);
    }
    let target = arguments.output.as_deref();
    let target = target.map(|path| Target::of(path, &[&arguments.model])).transpose()?;
    let watch = Stopwatch::start();
    let (recording, kept) = record(&model, arguments, output)?;
    let exit = Found::of_run(&recording.ended).meets(model.expect_run(), false).into();
    let written = target.as_ref().map_or(Ok(()), |target| target.write(&recording, kept, output));
    if let Some(Target::Stdout) = target {
        return written.map(|()| exit);
    }
    if output.json {
        json::one(&model, arguments, &recording, exit, output)?;
        return written.map(|()| exit);
    }
    heading(&model, output)?;
    let (path, seed) = (quoted::path(&arguments.model), arguments.seed);
    output.text(FAINT, &format!("{path}, seed {seed}"))?;
    show(&recording, kept, arguments.all, output)?;
    writeln!(output.out())?;
    verdict(&model, &recording, exit, output)?;
    let again = match (target.as_ref().and_then(Target::path), &written) {
        (Some(path), Ok(())) => format!("lockstep replay {}", quoted::file(path)),
        _ => format!("lockstep run {} --seed {}", quoted::file(&arguments.model), arguments.seed),
    };
    line("again", &again, output)?;
    writeln!(output.err(), "{FAINT}{watch}{FAINT:#}")?;
    written.map(|()| exit)
}

/// A run with more steps than this is shown row by row only if that is asked for.
const LISTED: u64 = 200_000;
/// What the events of a step take, bytes; with those of JSON beside them.
const PER_STEP: (u64, u64) = (700, 2500);

/// One run, and whether it is with its events: not if nobody reads them, nor if there is no room for them.
fn record(
    model: &Model,
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> Result<(Recording, bool), Failure> {
    let seed = arguments.seed;
    let mut watch = |steps: u64, at: Micros| {
        let steps = words::counted(steps, "step");
        output.progress(format_args!("seed {seed}: {steps}, at {}", words::time(at)));
        ControlFlow::Continue(())
    };
    // Few runs are longer, and the events of a crowd are read by nobody.
    let most = if is_crowd(&model.sampled_setup()) { 0 } else { LISTED };
    let (recording, kept) = Recording::sampled_up_to(model, seed, most, &mut watch);
    let steps = recording.ended.steps;
    let is_read = output.json || arguments.all && most > 0 || recording.ended.violation.is_some();
    if kept || !is_read {
        return Ok((recording, kept));
    }
    let each = if output.json { PER_STEP.1 } else { PER_STEP.0 };
    if steps.saturating_mul(each) < memory::free() {
        return Ok((Recording::sampled(model, seed), true));
    }
    if output.json {
        let steps = words::counted(steps, "step");
        let message = format!(
            "the run has {steps}: there is no memory for all their events as JSON; leave out `--json`, `-o FILE` writes them"
        );
        return Err(Failure::Wrong(message));
    }
    Ok((recording, false))
}

/// Whether there are more threads than a timeline has room for.
fn is_crowd(setup: &Setup) -> bool {
    threads(setup) > MOST_THREADS
}

fn threads(setup: &Setup) -> usize {
    setup.processes.iter().map(|process| process.threads.len()).sum()
}

fn show(
    recording: &Recording,
    kept: bool,
    all: bool,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let cast = Cast::of(&recording.setup);
    let width = surroundings::width();
    writeln!(output.out())?;
    if is_crowd(&recording.setup) {
        let threads = words::count(threads(&recording.setup) as u64);
        let text = format!("no timeline: {threads} threads, more than {MOST_THREADS}");
        return output.text(FAINT, &text);
    }
    if !kept {
        let steps = words::counted(recording.ended.steps, "step");
        let text = format!("no timeline: {steps}; --all shows all of it, -o FILE writes it");
        return output.text(FAINT, &text);
    }
    let rows = if all { None } else { View::default().rows };
    write!(output.out(), "{}", timeline(&cast, &recording.events, View { width, rows }))?;
    if recording.ended.violation.is_some() && recording.ended.tally.deviations > 0 {
        writeln!(output.out())?;
        write!(output.out(), "{}", story(&cast, &recording.events, width))?;
    }
    Ok(())
}

fn verdict(
    model: &Model,
    recording: &Recording,
    exit: Exit,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let ended = &recording.ended;
    let beside = expected::beside(&Found::of_run(ended), model.expect_run(), false);
    let style = if exit == Exit::Expected { GOOD } else { BAD };
    let text = match (&ended.violation, ended.end) {
        (Some(violation), _) => format!("VIOLATED  {}{beside}", violation.property),
        (None, End::Done) => format!("NOTHING VIOLATED in this run{beside}"),
        (None, End::Stuck) => format!("NOTHING VIOLATED in this run, but it got stuck{beside}"),
        (None, _) => format!("CUT  a limit was hit before the run was over{beside}"),
    };
    output.text(style, &text)?;
    if let Some(violation) = &ended.violation {
        line("what", &violation.why, output)?;
    }
    let cast = Cast::of(&recording.setup);
    if let Some(chain) = because(&cast, &recording.events, false) {
        line("because", &chain.text(&cast, &recording.events), output)?;
    }
    for (name, text) in counters(ended) {
        line(name, &text, output)?;
    }
    // One run is no proof that a fault cannot take effect, but what it shows is without it.
    let effects = cover::effects(&recording.setup, &ended.faults);
    for (place, effect) in effects.iter().enumerate() {
        line(if place == 0 { "faults" } else { "" }, effect, output)?;
    }
    Ok(())
}

/// How many for each of so many, with one decimal.
fn each(count: u64, of: u64) -> String {
    let tenths = (count * 10 + of / 2) / of;
    format!("{}.{}", words::count(tenths / 10), tenths % 10)
}

/// The counters in words.
fn counters(ended: &Ended) -> Vec<(&'static str, String)> {
    let tally = &ended.tally;
    let how = match ended.end {
        End::Done => "everybody had enough",
        End::Stuck => "nothing could happen any more",
        End::Violated => "stopped at the violation",
        End::Cut => "a limit was hit",
    };
    let mut rows = vec![(
        "ended",
        format!(
            "after {} and {}: {how}",
            words::counted(ended.steps, "step"),
            words::time(ended.at)
        ),
    )];
    let mut sections = format!(
        "{}, {} of them while another was inside; {} refused",
        words::counted(tally.entries, "section"),
        words::count(tally.overlaps),
        words::counted(tally.refusals, "attempt"),
    );
    if tally.lost_updates > 0 {
        let _ = write!(sections, "; {} lost", words::counted(tally.lost_updates, "update"));
    }
    rows.push(("lock", sections));
    if let Some(waits) = tally.waits {
        let [min, median, max] =
            [waits.min_us, waits.median_us, waits.max_us].map(|us| words::time(Micros(us)));
        rows.push(("waits", format!("{min} the shortest, {median} the median, {max} the longest")));
    }
    let requests: Vec<String> = tally
        .requests
        .iter()
        .map(|(name, count)| format!("{name} {}", words::count(*count)))
        .collect();
    let pings = match tally.pings {
        0 => String::new(),
        pings => format!("; {} more, which ask for nothing", words::counted(pings, "ping")),
    };
    let notifications = words::counted(tally.notifications, "notification");
    rows.push(("requests", format!("{}; {notifications}{pings}", requests.join(", "))));
    if tally.entries > 0 {
        let all: u64 = tally.requests.values().sum();
        let [requests, notifications] =
            [all, tally.notifications].map(|it| each(it, tally.entries));
        let text =
            format!("{requests} requests and {notifications} notifications for each section");
        let without = if tally.pings > 0 { ", pings left out" } else { "" };
        rows.push(("herd", format!("{text}{without}")));
    }
    if !tally.noted.is_empty() || tally.ledger.is_some() {
        let mut noted: Vec<String> =
            tally.noted.iter().map(|(what, amount)| format!("{what} {amount}")).collect();
        noted.extend(tally.ledger.map(|value| format!("the ledger says {value} at the end")));
        rows.push(("work", noted.join(", ")));
    }
    rows
}
