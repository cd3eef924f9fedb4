//! `lockstep sweep`: very many seeded runs on all cores, and `lockstep merge`: parts of a sweep put together.

mod histogram;
mod part;
mod rate;
mod told;

use std::cell::Cell;
use std::fs::File;
use std::io::Read;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::Ordering;

use super::exit::Exit;
use super::failure::Failure;
use super::interrupt::Interrupt;
use super::output::{FAINT, Output};
use super::surroundings::Stopwatch;
use super::trace_file::Target;
use super::{models, quoted, workers};
use crate::model::{Model, Verdict};
use crate::report::words;
use part::{FORMAT, Part};

/// Run a model with very many seeds, on all cores: how often it fails, in which ways, and the smallest run of each
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Exit codes: 0 as the model expects of a run (without an expectation: nothing is violated), 1 not so,
2 bad input, 3 a limit or Ctrl-C stopped it; a shard says the same of its own seeds

More than one machine: --shard 1/8 -o part1.json on the first of eight, and so on; then
`lockstep merge part*.json` says what one machine would have said, byte for byte")]
pub(super) struct Arguments {
    /// The model file (.json), or the name of a model of this program
    #[arg(value_name = "MODEL")]
    model: PathBuf,

    /// How many seeds
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000_000))]
    seeds: u64,

    /// The first seed
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    from: u64,

    /// Of N parts of these seeds run the I-th, from 1 on: `3/8`
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,

    /// How many threads to use; the result is the same for any number [default: one a core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,

    /// Write what is known, for `lockstep merge`
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Put parts of a sweep together: shards, and what was run before and after Ctrl-C
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Exit codes: those of `lockstep sweep` for all seeds together; 2 if the parts do not belong together, 3 if seeds are missing")]
pub(super) struct MergeArguments {
    /// Files that `lockstep sweep -o FILE` wrote
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,

    /// Write all of it as one part
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// One of several parts, from 1 on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Shard {
    number: u64,
    of: u64,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("\"{text}\" is no shard: I/N with I from 1 to N, as in 3/8");
        let (number, of) = text.split_once('/').ok_or_else(bad)?;
        let (number, of) = (number.trim().parse().ok(), of.trim().parse().ok());
        match (number, of) {
            (Some(number), Some(of)) if (1..=of).contains(&number) => Ok(Self { number, of }),
            _ => Err(bad()),
        }
    }
}

impl Shard {
    /// Its part of `count` seeds: how many come before it, and how many are its own.
    fn range(self, count: u64) -> (u64, u64) {
        let before =
            |number: u64| (u128::from(count) * u128::from(number) / u128::from(self.of)) as u64;
        (before(self.number - 1), before(self.number) - before(self.number - 1))
    }
}

/// So many runs are one piece of work: few enough that Ctrl-C and progress do not wait for them.
const CHUNK: u64 = 16;

pub(super) fn execute(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let model = models::open(&arguments.model)?;
    let target = arguments.output.as_deref();
    let target = target.map(|path| Target::of(path, &[&arguments.model])).transpose()?;
    let (first, count) = range(arguments)?;
    let path = quoted::path(&arguments.model);
    let watch = Stopwatch::start();
    let mut whole = Part::new(&path, &model);
    part::ranges_add(&mut whole.asked, (first, count));
    let stopped = run(&mut whole, &model, (first, count), arguments, output)?;
    let written = target.as_ref().map_or(Ok(()), |target| write(&whole, target, output));
    if let Some(Target::Stdout) = target {
        return written.map(|()| exit(&whole, &model));
    }
    let exit = told::tell(&whole, &model, exit(&whole, &model), output)?;
    if stopped && !output.json {
        resume(&whole, arguments, (first, count), output)?;
    }
    if !output.json {
        let rate = whole.sums.runs.saturating_mul(1000) / watch.took().0.max(1);
        writeln!(output.err(), "{FAINT}{watch}, {} runs a second{FAINT:#}", words::count(rate))?;
    }
    written.map(|()| exit)
}

/// The seeds that were asked for.
fn range(arguments: &Arguments) -> Result<(u64, u64), Failure> {
    let (from, seeds) = (arguments.from, arguments.seeds);
    if from.checked_add(seeds - 1).is_none() {
        let message = format!(
            "--from {from} --seeds {seeds}: there are only {} seeds from there on",
            u64::MAX - from + 1
        );
        return Err(Failure::Wrong(message));
    }
    let Some(shard) = arguments.shard else { return Ok((from, seeds)) };
    let (before, count) = shard.range(seeds);
    if count == 0 {
        let message =
            format!("--shard {}/{}: there are only {seeds} seeds", shard.number, shard.of);
        return Err(Failure::Wrong(message));
    }
    Ok((from + before, count))
}

/// Makes all runs; whether Ctrl-C stopped it before. What is known then is of the seeds up to one, without gaps.
fn run(
    whole: &mut Part,
    model: &Model,
    (first, count): (u64, u64),
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> Result<bool, Failure> {
    let interrupt = Interrupt::watched();
    let watch = Stopwatch::start();
    let (path, text) = (whole.path.clone(), model.text());
    let violated = Cell::new(0);
    let mut stopped = false;
    workers::in_order(
        workers::threads(arguments.threads),
        count.div_ceil(CHUNK),
        || Model::parse(&path, text).ok(),
        |model, piece, stop| {
            let model = model.as_ref()?;
            let mut part = Part::new("", model);
            for number in piece * CHUNK..((piece + 1) * CHUNK).min(count) {
                if stop.load(Ordering::Relaxed) {
                    return None;
                }
                part.run(model, first + number);
            }
            Some(part)
        },
        |_, part| {
            let Some(part) = part else { return ControlFlow::Break(()) };
            violated.set(violated.get() + part.sums.violated);
            whole.merge(part);
            ControlFlow::Continue(())
        },
        |had| {
            let made = (had * CHUNK).min(count);
            let took = watch.took().0.max(1);
            let rate = made.saturating_mul(1000) / took;
            let left = (count - made)
                .checked_div(rate)
                .map_or(String::new(), |left| format!(", {left} s left"));
            output.progress(format_args!(
                "{watch}: {} of {}, {}/s{left}; {} violated",
                words::count(made),
                words::counted(count, "run"),
                words::count(rate),
                words::count(violated.get()),
            ));
            stopped = interrupt.is_pressed();
            if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    )?;
    Ok(stopped && whole.sums.runs < count)
}

/// What all runs together are beside what the model expects of them.
fn exit(whole: &Part, model: &Model) -> Exit {
    let sums = &whole.sums;
    let wants = model.expect_run().is_some_and(|it| it.verdict == Verdict::Violated);
    let exit = match sums.worst {
        _ if wants && sums.met > 0 => Exit::Expected,
        0 => Exit::Expected,
        1 => Exit::Inconclusive,
        _ => Exit::Violated,
    };
    if whole.seeds == whole.asked { exit } else { exit.max(Exit::Inconclusive) }
}

fn write(part: &Part, target: &Target, output: &mut Output<'_>) -> Result<(), Failure> {
    let text = serde_json::to_string(part).map_err(std::io::Error::from)?;
    target.write_text("part", &format!("{text}\n"), output)
}

/// How to go on where Ctrl-C stopped it.
fn resume(
    whole: &Part,
    arguments: &Arguments,
    (first, count): (u64, u64),
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let made = whole.sums.runs;
    let model = quoted::file(&arguments.model);
    let from = first + made;
    let left = count - made;
    let mut text = format!("lockstep sweep {model} --from {from} --seeds {left}");
    match arguments.output.as_deref() {
        Some(part) => {
            let rest = part.with_extension("rest.json");
            let (part, rest) = (quoted::file(part), quoted::file(&rest));
            text.push_str(&format!(" -o {rest} && lockstep merge {part} {rest}"));
        }
        None => text.push_str("   (with -o FILE both parts can be merged)"),
    }
    super::check::witness::line("go on", &text, output)
}

pub(super) fn merge(arguments: &MergeArguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let inputs: Vec<&Path> = arguments.parts.iter().map(PathBuf::as_path).collect();
    let target = arguments.output.as_deref();
    let target = target.map(|path| Target::of(path, &inputs)).transpose()?;
    let mut parts: Vec<(String, Part)> = Vec::new();
    for path in &arguments.parts {
        parts.push((quoted::path(path), read(path)?));
    }
    // The order in which they are named makes no difference.
    parts.sort_by_key(|(_, part)| part.seeds.first().copied());
    let mut parts = parts.into_iter();
    let Some((name, mut whole)) = parts.next() else { return Ok(Exit::Wrong) };
    for (other, part) in parts {
        let wrong = |what: &str| Err(Failure::Wrong(format!("{other}: {what} than in {name}")));
        if part.model != whole.model {
            return wrong("another model");
        }
        if part.program != whole.program {
            return wrong("made by another version of the program");
        }
        if let Some(seed) = overlap(&whole.seeds, &part.seeds) {
            return Err(Failure::Wrong(format!(
                "{other}: seed {seed} was run in another part too"
            )));
        }
        whole.merge(part);
    }
    // What one part asked for and had not run may have been run in another.
    let mut asked = whole.asked.clone();
    asked.sort_unstable();
    whole.asked = united(&asked);
    let model = Model::parse(&whole.path, whole.model.clone())?;
    let written = target.as_ref().map_or(Ok(()), |target| write(&whole, target, output));
    if let Some(Target::Stdout) = target {
        return written.map(|()| exit(&whole, &model));
    }
    let exit = told::tell(&whole, &model, exit(&whole, &model), output)?;
    written.map(|()| exit)
}

/// Ranges that may overlap, as those that do not.
fn united(sorted: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut all: Vec<(u64, u64)> = Vec::new();
    for &(first, count) in sorted {
        match all.last_mut() {
            Some(last) if first <= last.0.saturating_add(last.1) => {
                last.1 = last.1.max(first.saturating_add(count) - last.0);
            }
            _ => all.push((first, count)),
        }
    }
    all
}

/// A seed that is in both.
fn overlap(one: &[(u64, u64)], other: &[(u64, u64)]) -> Option<u64> {
    one.iter().find_map(|a| {
        other.iter().find_map(|b| {
            let from = a.0.max(b.0);
            let until = a.0.saturating_add(a.1).min(b.0.saturating_add(b.1));
            (from < until).then_some(from)
        })
    })
}

/// The longest part that is read, in bytes.
const LONGEST: u64 = 1 << 30;

fn read(path: &Path) -> Result<Part, Failure> {
    let name = quoted::path(path);
    let wrong = |why: String| Failure::Wrong(format!("{name}: {why}"));
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(LONGEST).read_to_string(&mut text))
        .map_err(|error| wrong(format!("it cannot be read: {error}")))?;
    let part: Part = serde_json::from_str(&text).map_err(|error| {
        wrong(format!("this is no part of a sweep, as `lockstep sweep -o FILE` writes it: {error}"))
    })?;
    if part.format != FORMAT {
        return Err(wrong(format!(
            "its format is {}, and this program reads {FORMAT}",
            part.format
        )));
    }
    let counted: u128 = part.seeds.iter().map(|it| u128::from(it.1)).sum();
    if counted != u128::from(part.sums.runs)
        || part.seeds.iter().any(|it| it.0.checked_add(it.1).is_none())
    {
        return Err(wrong("its seeds do not agree with its number of runs".to_owned()));
    }
    Ok(part)
}
