//! `lockstep demo`: locks that hold, locks that do not, and the shortest way to break the most common one; with a name
//! one of the famous failures.

mod tour;

use std::ops::ControlFlow;

use serde::Serialize;

use super::exit::Exit;
use super::failure::Failure;
use super::models;
use super::output::{BAD, FAINT, GOOD, Output, TITLE};
use super::surroundings::{self, Stopwatch};
use crate::choice::Seeded;
use crate::event::{Event, Record};
use crate::explore::{self, Bounds, Search, Verdict};
use crate::model::Model;
use crate::report::{Cast, View, story, timeline, words, wrapped};
use crate::run::{Ended, Recording, Spec, execute, recording_of};
use crate::trace::own;

/// Show a lock that breaks, step by step; with a name one of the famous failures
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Which failure; `--list` names them
    #[arg(value_name = "NAME")]
    name: Option<String>,

    /// Name the famous failures
    #[arg(long, conflicts_with = "name")]
    list: bool,
}

/// The seed of the runs: any other shows the same.
const SEED: u64 = 1;

/// What one lock makes of the red packets.
#[derive(Serialize)]
struct Outcome {
    /// The lock, in words.
    lock: &'static str,
    /// The model, by its path in the repository.
    model: &'static str,
    /// How many packets were handed out.
    packets: i64,
    /// The sum of them.
    handed_out: i64,
    /// The sum that there was.
    total: i64,
    /// Writes that replaced another value than their writer had read.
    lost_updates: u64,
}

/// `{"command": "demo", "red_packets": […], "story": {…}}`.
#[derive(Serialize)]
struct Demo<'d> {
    command: &'static str,
    red_packets: &'d [Outcome],
    story: Broken,
}

/// The shortest run that breaks SET NX PX.
#[derive(Serialize)]
struct Broken {
    model: &'static str,
    property: String,
    why: String,
    deviations: u32,
    steps: u32,
    /// How many states were looked at.
    states: usize,
    /// As in a trace.
    events: Vec<serde_json::Value>,
}

pub(super) fn execute_command(
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    if arguments.list {
        return tour::list(output);
    }
    if let Some(name) = &arguments.name {
        return tour::show(name, output);
    }
    let watch = Stopwatch::start();
    let packets = [
        packets("no lock", models::inside("models/red-packets/none.json")?)?,
        packets("a mutex in each server", models::inside("models/red-packets/local.json")?)?,
        packets("SET NX PX on Redis", models::inside("models/red-packets/set-nx-px.json")?)?,
    ];
    let (path, text) = models::inside("models/redis/set-nx-px-pause.json")?;
    let model = Model::parse(path, text)?;
    let outcome =
        Search::new(&model.abstract_setup(), Bounds::default()).run(&mut explore::to_the_end);
    let recording = recording_of(&model, &outcome);
    let (Some(recording), Verdict::Violated { violation, deviations, steps }) =
        (recording, &outcome.verdict)
    else {
        let found = crate::report::cover::verdict(&outcome.verdict);
        return Err(Failure::Wrong(format!(
            "{path} should be violated, but the search says: {found}"
        )));
    };
    if output.json {
        output.write_json(&Demo {
            command: "demo",
            red_packets: &packets,
            story: Broken {
                model: path,
                property: violation.property.to_owned(),
                why: violation.why.clone(),
                deviations: *deviations,
                steps: *steps,
                states: outcome.states,
                events: own::events(&recording),
            },
        })?;
        return Ok(Exit::Expected);
    }
    table(&packets, output)?;
    let states = words::counted(outcome.states as u64, "state");
    broken(&recording, &states, output)?;
    next(path, output)?;
    writeln!(output.err(), "{FAINT}{watch}{FAINT:#}")?;
    Ok(Exit::Expected)
}

fn packets(lock: &'static str, (path, text): (&'static str, &str)) -> Result<Outcome, Failure> {
    let model = Model::parse(path, text)?;
    let spec = Spec::sampled(&model, SEED);
    let mut first = None;
    let setup = spec.setup();
    let mut note = |record: Record| {
        if let Event::Read { value, .. } = record.event {
            first.get_or_insert(value);
        }
        ControlFlow::Continue(())
    };
    let mut choices = Seeded::new(SEED);
    let Ended { tally, .. } = execute(&setup, spec.limits, None, &mut choices, Some(&mut note));
    let noted = |what: &str| tally.noted.get(what).copied().unwrap_or_default();
    Ok(Outcome {
        lock,
        model: path,
        packets: noted("packets"),
        handed_out: noted("handed out"),
        total: first.unwrap_or_default(),
        lost_updates: tally.lost_updates,
    })
}

fn paragraph(text: &str, output: &mut Output<'_>) -> Result<(), Failure> {
    for line in wrapped(text, surroundings::width()) {
        writeln!(output.out(), "{}", line.trim_start())?;
    }
    Ok(())
}

fn table(all: &[Outcome], output: &mut Output<'_>) -> Result<(), Failure> {
    let total = all.first().map_or(0, |it| it.total);
    let total = words::count(total.unsigned_abs());
    let text = format!(
        "Red packets are gifts of money at Chinese New Year. In a chat somebody puts up a sum, and whoever taps first gets \
         a random share of what is left, until it is gone: what was handed out must be what was put up. Three servers \
         with four threads each hand out {total}. For each packet a thread reads what is left, works for a while, and \
         writes the rest. What keeps two of them from doing that at once?"
    );
    paragraph(&text, output)?;
    writeln!(output.out())?;
    // A narrow terminal has room for what went wrong, not for how it was counted.
    let wide = surroundings::width() >= 92;
    if wide {
        writeln!(
            output.out(),
            "{TITLE}{:<24} {:>8} {:>12} {:>8} {:>14}{TITLE:#}",
            "lock",
            "packets",
            "handed out",
            "of",
            "lost updates",
        )?;
    }
    for it in all {
        let count = |number: i64| words::count(number.unsigned_abs());
        let (style, verdict) = match it.handed_out - it.total {
            0 if it.lost_updates == 0 => (GOOD, "right".to_owned()),
            0 => (BAD, "✗ wrong".to_owned()),
            more if more > 0 => (BAD, format!("✗ {} too much", count(more))),
            less => (BAD, format!("✗ {} missing", count(less))),
        };
        if !wide {
            writeln!(output.out(), "{:<21} {style}{verdict}{style:#}", it.lock)?;
            continue;
        }
        writeln!(
            output.out(),
            "{:<24} {:>8} {:>12} {:>8} {:>14}  {style}{verdict}{style:#}",
            it.lock,
            count(it.packets),
            count(it.handed_out),
            count(it.total),
            words::count(it.lost_updates),
        )?;
    }
    Ok(())
}

fn broken(recording: &Recording, states: &str, output: &mut Output<'_>) -> Result<(), Failure> {
    let text = format!(
        "SET NX PX does well as long as nothing goes wrong. Now let one client stand still for a while, once, as in \
         a garbage collection. Of all that can happen then ({states} looked at), this is the shortest run in which \
         two clients have the lock at once:"
    );
    writeln!(output.out())?;
    paragraph(&text, output)?;
    writeln!(output.out())?;
    let cast = Cast::of(&recording.setup);
    let width = surroundings::width();
    write!(output.out(), "{}", timeline(&cast, &recording.events, View { width, rows: None }))?;
    writeln!(output.out())?;
    write!(output.out(), "{}", story(&cast, &recording.events, width))?;
    Ok(())
}

fn next(path: &str, output: &mut Output<'_>) -> Result<(), Failure> {
    commands(
        &[
            (format!("lockstep report {path} -o pause.html"), "walk through that run in a browser"),
            (format!("lockstep check {path} --rescue"), "what would have saved it"),
            (format!("lockstep check {path} -o pause.jsonl"), "search it again, keep the run"),
            ("lockstep demo --list".to_owned(), &tour::invitation()),
            ("lockstep list recipes".to_owned(), "the other locks"),
        ],
        output,
    )
}

/// What to try next: commands, and what each does.
fn commands(all: &[(String, &str)], output: &mut Output<'_>) -> Result<(), Failure> {
    writeln!(output.out())?;
    writeln!(output.out(), "{TITLE}Next{TITLE:#}")?;
    for (command, what) in all {
        if surroundings::width() < 100 {
            writeln!(output.out(), "  {command}\n      {FAINT}{what}{FAINT:#}")?;
            continue;
        }
        writeln!(output.out(), "  {command:<66} {FAINT}{what}{FAINT:#}")?;
    }
    Ok(())
}
