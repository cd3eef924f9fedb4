//! `lockstep report`: a run as one page, or as a picture alone.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::exit::Exit;
use super::failure::Failure;
use super::output::Output;
use super::subject::{Subject, Wanted};
use super::trace_file::Target;
use super::{files, quoted};
use crate::report::html::Page;
use crate::report::{Cast, Picture, story, svg, words};
use crate::run::States;

/// Write a run as one page to look at, step by step, in a browser: lanes, messages, what the stores keep, and why
#[derive(clap::Args, Debug)]
#[command(after_help = "\
A model is searched first, as `lockstep check` does it: the page shows the shortest run that violates a
property, or, if nothing is violated, the run of seed 1. The page is one file and needs no network.

Exit codes: 0 as the model expects, or a trace that is as this program runs it, 1 not so, 2 bad input,
3 the search hit a limit. The page is written in any case but 2.")]
pub(super) struct Arguments {
    /// A trace of this program (.jsonl), or a model: a file or a name of one of the program's
    #[arg(value_name = "TRACE|MODEL")]
    path: PathBuf,

    /// Where to; a name that ends in .svg takes the picture alone; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "report.html")]
    output: PathBuf,

    /// Show the run of this seed in place of what a search finds
    #[arg(long)]
    seed: Option<u64>,
}

/// `{"command": "report", "file": "report.html", "steps": 7, "bytes": 51234, "exit": 0}`.
#[derive(Serialize)]
struct Json {
    command: &'static str,
    /// The file that was written.
    file: String,
    /// `html` or `svg`.
    format: &'static str,
    /// The steps that it shows.
    steps: usize,
    verdict: String,
    /// What the process exits with.
    exit: u8,
}

pub(super) fn execute(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let target = Target::of(&arguments.output, &[&arguments.path])?;
    if output.json && matches!(target, Target::Stdout) {
        let message = "--json and --output - both want standard output: name a file";
        return Err(Failure::Wrong(message.to_owned()));
    }
    let subject = Subject::open(&arguments.path, Wanted { seed: arguments.seed }, output)?;
    output.progress("drawing");
    let recording = &subject.recording;
    let cast = Cast::of(&recording.setup);
    let states = States::of(recording, u64::MAX);
    let picture = Picture::of(&cast, &recording.events, &states);
    let is_svg = files::has_extension(&arguments.output, "svg");
    let text = if is_svg {
        svg::drawing_titled(&picture, &subject.title())
    } else {
        page(&subject, &picture)
    };
    target.fill("report", &|out: &mut dyn Write| write_all(out, &text), output)?;
    told(&target, &subject, &picture, is_svg, output)?;
    Ok(subject.exit)
}

fn write_all(out: &mut dyn Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.write_all(b"\n")
}

/// The page about a run.
fn page(subject: &Subject, picture: &Picture) -> String {
    let recording = &subject.recording;
    let cast = Cast::of(&recording.setup);
    let told = story(&cast, &recording.events, 110);
    let (tone, verdict) = subject.verdict();
    Page {
        title: &subject.title(),
        verdict: &verdict,
        tone,
        causes: &subject.causes(),
        facts: &subject.facts(),
        story: &anstream::adapter::strip_str(&told).to_string(),
        model: recording.spec.model.text(),
        program: concat!("lockstep ", env!("CARGO_PKG_VERSION")),
    }
    .text(picture)
}

fn told(
    target: &Target,
    subject: &Subject,
    picture: &Picture,
    is_svg: bool,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let Some(path) = target.path() else { return Ok(()) };
    let (_, verdict) = subject.verdict();
    if output.json {
        return output.write_json(&Json {
            command: "report",
            file: path.display().to_string(),
            format: if is_svg { "svg" } else { "html" },
            steps: picture.steps.len(),
            verdict,
            exit: subject.exit.code(),
        });
    }
    output.text(anstyle::Style::new(), &subject.title())?;
    output.text(anstyle::Style::new(), &verdict)?;
    for note in &subject.notes {
        output.text(super::output::FAINT, note)?;
    }
    let steps = words::counted(picture.steps.len() as u64, "step");
    let how = if is_svg { "a picture" } else { "open it in a browser" };
    let text = format!("{} is written: {steps} to look at; {how}", shown(path));
    output.text(anstyle::Style::new(), &text)
}

fn shown(path: &Path) -> String {
    quoted::path(path)
}
