//! `lockstep export`: a run in the formats of other tools.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;

use super::exit::Exit;
use super::failure::Failure;
use super::output::{FAINT, Output};
use super::quoted;
use super::subject::{Subject, Wanted};
use super::trace_file::Target;
use crate::report::export::{self, Exported};
use crate::report::{Cast, Picture, words};
use crate::run::States;

/// Write a run for another tool: a Mermaid diagram, Perfetto, ShiViz, a table, ITF
#[derive(clap::Args, Debug)]
#[command(after_help = "\
mermaid   a sequence diagram as text, for issues and READMEs; no more than --most steps, and it says so
perfetto  Chrome's trace events as JSON: open it at ui.perfetto.dev
shiviz    a log with vector clocks; its expression is (?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})
csv       a row for each step
itf       a state for each step, as tools of TLA+ and Quint read it

Exit codes: 0 as the model expects, or a trace that is as this program runs it, 1 not so, 2 bad input,
3 the search hit a limit. The file is written in any case but 2.")]
pub(super) struct Arguments {
    /// A trace of this program (.jsonl), or a model: a file or a name of one of the program's
    #[arg(value_name = "TRACE|MODEL")]
    path: PathBuf,

    /// Which format
    #[arg(long = "as", value_name = "FORMAT")]
    format: Format,

    /// Where to; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,

    /// The most steps of a diagram
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..))]
    most: u32,

    /// Export the run of this seed in place of what a search finds
    #[arg(long)]
    seed: Option<u64>,
}

/// The formats by their names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Format {
    Mermaid,
    #[value(alias = "chrome")]
    Perfetto,
    Shiviz,
    Csv,
    Itf,
}

impl From<Format> for export::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Mermaid => Self::Mermaid,
            Format::Perfetto => Self::Perfetto,
            Format::Shiviz => Self::Shiviz,
            Format::Csv => Self::Csv,
            Format::Itf => Self::Itf,
        }
    }
}

/// `{"command": "export", "format": "csv", "file": "t.csv", "steps": 7, "exit": 0}`.
#[derive(Serialize)]
struct Json {
    command: &'static str,
    file: String,
    /// The steps that are in it.
    steps: usize,
    /// The steps of the run that a reader wants to see.
    of: usize,
    /// What the process exits with.
    exit: u8,
}

pub(super) fn execute(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let target = Target::of(&arguments.output, &[&arguments.path])?;
    if output.json && matches!(target, Target::Stdout) {
        let message = "--json and --output - both want standard output: name a file with -o";
        return Err(Failure::Wrong(message.to_owned()));
    }
    let subject = Subject::open(&arguments.path, Wanted { seed: arguments.seed }, output)?;
    let recording = &subject.recording;
    let cast = Cast::of(&recording.setup);
    let states = States::of(recording, u64::MAX);
    let picture = Picture::of(&cast, &recording.events, &states);
    let most = arguments.most as usize;
    let Exported { text, left_out } =
        export::export(&picture, &subject.title(), arguments.format.into(), most);
    target.fill("export", &|out: &mut dyn Write| out.write_all(text.as_bytes()), output)?;
    let of = picture.steps.len();
    let steps = left_out.map_or(of, |(steps, _)| steps);
    if output.json {
        let file = arguments.output.display().to_string();
        let exit = subject.exit.code();
        output.write_json(&Json { command: "export", file, steps, of, exit })?;
        return Ok(subject.exit);
    }
    let mut notes = subject.notes.clone();
    notes.extend(left_out.map(|(steps, of)| {
        format!(
            "{steps} of {} steps are in the diagram: --most raises the limit",
            words::count(of as u64)
        )
    }));
    for note in notes {
        writeln!(output.err(), "{FAINT}{note}{FAINT:#}")?;
    }
    if let Some(path) = target.path() {
        let text =
            format!("{} is written: {}", quoted::path(path), words::counted(steps as u64, "step"));
        output.text(anstyle::Style::new(), &text)?;
    }
    Ok(subject.exit)
}
