//! `lockstep show`: the timeline, the story and the state of a run that somebody has.

mod recorded;
mod wanted;

use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;

use super::exit::Exit;
use super::failure::Failure;
use super::output::{BAD, FAINT, GOOD, Output};
use super::subject::{Subject, Wanted};
use super::surroundings;
use crate::json::Duration;
use crate::report::html::VerdictTone;
use crate::report::{Around, Cast, Picture, Selection, View, state, story, timeline_of, words};
use crate::run::States;
use crate::trace::own;
use wanted::At;

/// Show a run that somebody has: its timeline, its story, and what the stores keep at any step
#[derive(clap::Args, Debug)]
#[command(after_help = "\
A model is searched first, as `lockstep check` does it; what is shown is the shortest run that violates a
property or, if nothing is violated, the run of seed 1. Of a recording of a real server, or of a log of
MONITOR, the lines are shown; `lockstep audit` says who held which lock in it.

Examples:
  lockstep show trace.jsonl --around violation
  lockstep show set-nx-px-pause --state 6
  lockstep show trace.jsonl --who c1 --from 2s --to 10s

Exit codes: 0 as the model expects, or a trace that is as this program runs it, 1 not so, 2 bad input,
3 the search hit a limit")]
pub(super) struct Arguments {
    /// A trace of this program, a recording of a real server, a log of MONITOR, or a model
    #[arg(value_name = "TRACE|RECORDING|LOG|MODEL")]
    path: PathBuf,

    /// Only what is from then on, since the run began: 500ms, 2s
    #[arg(long, value_name = "TIME")]
    from: Option<Duration>,

    /// Only what is until then
    #[arg(long, value_name = "TIME")]
    to: Option<Duration>,

    /// Only what this client, thread or server does; may be given several times
    #[arg(long, value_name = "NAME")]
    who: Vec<String>,

    /// Only what is about this key, or about this node and those below it
    #[arg(long, value_name = "KEY")]
    key: Option<String>,

    /// Only what is near that
    #[arg(long, value_name = "WHAT")]
    around: Option<Near>,

    /// Show who is where and what the stores keep after this step, and what it changed: a number, `violation`, or the
    /// last step
    #[arg(long, value_name = "STEP", num_args = 0..=1, default_missing_value = "last")]
    state: Option<At>,

    /// Show the run of this seed in place of what a search finds
    #[arg(long)]
    seed: Option<u64>,

    /// Show every row of the timeline
    #[arg(long)]
    all: bool,
}

/// What is looked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Near {
    /// What is wrong
    Violation,
    /// Somebody enters or leaves
    Handover,
}

pub(super) fn execute(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    if let Some(exit) = recorded::show(arguments, output)? {
        return Ok(exit);
    }
    let subject = Subject::open(&arguments.path, Wanted { seed: arguments.seed }, output)?;
    let recording = &subject.recording;
    let cast = Cast::of(&recording.setup);
    let selection = wanted::selection(arguments, &cast)?;
    let picture = (arguments.state.is_some() || output.json).then(|| {
        let states = States::of(recording, u64::MAX);
        Picture::of(&cast, &recording.events, &states)
    });
    let step = arguments.state.map(|at| at.step(recording)).transpose()?;
    if output.json {
        json(&subject, picture.as_ref(), step, output)?;
        return Ok(subject.exit);
    }
    let width = surroundings::width();
    if let (Some(step), Some(picture)) = (step, &picture) {
        write!(output.out(), "{}", state(&cast, &recording.events, picture, step..=step, width))?;
        return Ok(subject.exit);
    }
    output.text(anstyle::Style::new(), &subject.title())?;
    writeln!(output.out())?;
    let rows = if arguments.all { None } else { View::default().rows };
    let shown = timeline_of(&cast, &recording.events, &selection, View { width, rows });
    if shown.is_empty() {
        output.text(FAINT, "nothing of the run is in this selection")?;
    }
    write!(output.out(), "{shown}")?;
    if selection.is_all() {
        writeln!(output.out())?;
        write!(output.out(), "{}", story(&cast, &recording.events, width))?;
    }
    verdict(&subject, output)?;
    Ok(subject.exit)
}

fn verdict(subject: &Subject, output: &mut Output<'_>) -> Result<(), Failure> {
    writeln!(output.out())?;
    let (tone, text) = subject.verdict();
    let style = match tone {
        VerdictTone::Good => GOOD,
        VerdictTone::Bad | VerdictTone::Open => BAD,
    };
    output.text(style, &text)?;
    for (name, text) in subject.causes().into_iter().filter(|(name, _)| *name != "what") {
        super::check::witness::line(name, &text, output)?;
    }
    super::check::witness::line("again", &subject.again(), output)
}

/// `{"command": "show", "verdict": "…", "steps": 7, "events": […], "picture": {…}}`.
#[derive(Serialize)]
struct Json<'s> {
    command: &'static str,
    title: String,
    verdict: String,
    /// How many steps the run has.
    steps: u64,
    /// The step that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<u64>,
    notes: &'s [String],
    /// As in a trace.
    events: Vec<serde_json::Value>,
    /// Lanes, steps in words, bars, messages, and what became of what the stores keep.
    picture: Option<&'s Picture>,
    /// What the process exits with.
    exit: u8,
}

fn json(
    subject: &Subject,
    picture: Option<&Picture>,
    step: Option<u64>,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    output.write_json(&Json {
        command: "show",
        title: subject.title(),
        verdict: subject.verdict().1,
        steps: subject.recording.ended.steps,
        step,
        notes: &subject.notes,
        events: own::events(&subject.recording),
        picture,
        exit: subject.exit.code(),
    })
}

/// What no selection of a recording can be about.
fn only_for_runs(arguments: &Arguments) -> Option<&'static str> {
    let Arguments { around, state, seed, .. } = arguments;
    match (around, state, seed) {
        (Some(_), _, _) => Some("--around"),
        (_, Some(_), _) => Some("--state"),
        (_, _, Some(_)) => Some("--seed"),
        _ => None,
    }
}

impl From<Near> for Around {
    fn from(near: Near) -> Self {
        match near {
            Near::Violation => Self::Violation,
            Near::Handover => Self::Handover,
        }
    }
}

/// `2 lines`.
fn counted(lines: usize) -> String {
    words::counted(lines as u64, "line")
}

/// A part of a run, as the arguments ask for it.
type Part = Selection;
