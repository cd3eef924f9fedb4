//! `lockstep compare`: several locks, or one at several sizes, beside each other.

mod costs;
mod estimate;
mod herd;
mod json;
mod subjects;

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::exit::Exit;
use super::failure::Failure;
use super::field::Varied;
use super::interrupt::Interrupt;
use super::output::{BAD, FAINT, Output, TITLE};
use super::surroundings::{self, Stopwatch};
use super::trace_file::Target;
use super::{quoted, workers};
use crate::model::Model;
use crate::report::compare::{Comparison, Row, bars, blocks, page, plot, sentences};
use crate::report::words;
use crate::run::{Measured, measure};
use crate::visible;

/// Compare locks, or one lock at several sizes: requests, notifications, handovers and waits, in one table
///
/// `lockstep compare herd` needs no file: what does it cost that everybody watches everybody?
#[derive(clap::Args, Debug)]
#[command(after_help = "\
Examples:
  lockstep compare herd
  lockstep compare set-nx-px-pause --clients 10,100,1000 --recipes set-nx-px,redisson
  lockstep compare mine.json --vary ttl=5s,10s,30s --vary clients.threads=1,4 --seeds 20 -o ttl.html

Exit codes: 0 all was compared, 2 bad input, 3 a limit or Ctrl-C stopped a run before it was over")]
pub(super) struct Arguments {
    /// Model files (.json), or names of models of this program; or `herd`
    #[arg(required = true, value_name = "MODEL")]
    models: Vec<PathBuf>,

    /// A field of the model and its values: `ttl=5s,10s`, `faults[0].pause.for=1s,9s`; several make a grid
    #[arg(long, value_name = "FIELD=A,B,C")]
    vary: Vec<Varied>,

    /// Numbers of clients, short for `--vary clients.processes=N,N`
    #[arg(long, value_name = "N,N", value_delimiter = ',')]
    clients: Vec<u64>,

    /// These recipes in the place of the model's, or `all`
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    recipes: Vec<String>,

    /// Make so many runs of each row, and take them together
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    seeds: u64,

    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// How many threads to use; the result is the same for any number [default: one a core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,

    /// Write plots: an image (.svg), or a page with table and plots (.html)
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Write the table as CSV; times are microseconds
    #[arg(long, conflicts_with = "json")]
    csv: bool,

    /// Show what servers and clients take for their work in these models, and compare nothing
    #[arg(long, conflicts_with_all = ["csv", "output"])]
    costs: bool,
}

pub(super) fn execute(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    if arguments.seed.checked_add(arguments.seeds - 1).is_none() {
        let message = format!(
            "--seed {} --seeds {}: there are not so many seeds",
            arguments.seed, arguments.seeds
        );
        return Err(Failure::Wrong(message));
    }
    let target =
        arguments.output.as_deref().map(|path| plot_target(path, arguments)).transpose()?;
    let watch = Stopwatch::start();
    let mut question = subjects::question(arguments)?;
    if arguments.costs {
        return costs::tell(&question, output);
    }
    estimate::tell(&question, arguments, output)?;
    let (measured, finished) = run(&question, arguments, output)?;
    let rows = std::mem::take(&mut question.subjects).into_iter().zip(measured);
    let rows = rows.map(|(subject, measured)| Row {
        strategy: subject.strategy,
        values: subject.values,
        x: subject.x,
        came: match (subject.text, measured) {
            (Ok(_), Some(measured)) => Ok(measured),
            (Ok(_), None) => Err("stopped by Ctrl-C".to_owned()),
            (Err(why), _) => Err(why),
        },
    });
    let comparison = Comparison {
        title: question.title,
        fields: question.fields,
        axis: question.axis,
        rows: rows.collect(),
    };
    let cut = comparison.rows.iter().filter_map(Row::measured).any(|it| it.cut > 0);
    let exit = if cut || !finished { Exit::Inconclusive } else { Exit::Expected };
    let written = target.map_or(Ok(()), |(target, is_page)| {
        let text = if is_page { Some(page(&comparison)) } else { plot(&comparison) };
        let text = text.ok_or_else(|| {
            Failure::Wrong("there is nothing to plot: no numbers above zero".to_owned())
        })?;
        target.write_text("plot", &text, output)
    });
    if arguments.output.as_deref().is_some_and(|path| path.as_os_str() == "-") {
        return written.map(|()| exit);
    }
    if output.json {
        json::write(&comparison, arguments, exit, output)?;
    } else if arguments.csv {
        json::csv(&comparison, output)?;
    } else {
        tell(&comparison, arguments, output)?;
        writeln!(output.err(), "{FAINT}{watch}{FAINT:#}")?;
    }
    written.map(|()| exit)
}

/// Where plots go, and whether that is a page.
fn plot_target(path: &Path, arguments: &Arguments) -> Result<(Target, bool), Failure> {
    let extension = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
    let is_page = match extension.to_ascii_lowercase().as_str() {
        "svg" => false,
        "html" | "htm" => true,
        _ if path.as_os_str() == "-" => false,
        _ => {
            let message = format!(
                "--output {}: name a file that ends with .svg or .html",
                quoted::path(path)
            );
            return Err(Failure::Wrong(message));
        }
    };
    let inputs: Vec<&Path> = arguments.models.iter().map(PathBuf::as_path).collect();
    Ok((Target::of(path, &inputs)?, is_page))
}

/// Makes all runs: for each row what its runs came to, none where they were not all made; and whether all were.
fn run(
    question: &subjects::Question,
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> Result<(Vec<Option<Measured>>, bool), Failure> {
    let texts: Vec<&super::field::Text> =
        question.subjects.iter().filter_map(|it| it.text.as_ref().ok()).collect();
    let seeds = arguments.seeds;
    let count = texts.len() as u64 * seeds;
    let steps = AtomicU64::new(0);
    let interrupt = Interrupt::watched();
    let mut results: Vec<Measured> = Vec::new();
    let mut made = 0;
    let watch = Stopwatch::start();
    let done = workers::in_order(
        workers::threads(arguments.threads),
        count,
        || None::<(u64, Model)>,
        |own, piece, stop| {
            let row = piece / seeds;
            if own.as_ref().is_none_or(|it| it.0 != row) {
                *own = texts[row as usize].read("").ok().map(|model| (row, model));
            }
            let (_, model) = own.as_ref()?;
            let mut before = 0;
            let seed = arguments.seed + piece % seeds;
            Some(measure(model, seed, &mut |at, _| {
                steps.fetch_add(at - before, Ordering::Relaxed);
                before = at;
                if stop.load(Ordering::Relaxed) {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            }))
        },
        |piece, measured| {
            if piece % seeds == 0 {
                results.push(Measured::default());
            }
            if let (Some(row), Some(measured)) = (results.last_mut(), measured) {
                row.add(measured);
            }
            made = piece + 1;
            ControlFlow::Continue(())
        },
        |had| {
            let steps = words::counted(steps.load(Ordering::Relaxed), "step");
            output.progress(format_args!(
                "{}: {had} of {}, {steps}",
                watch.took(),
                words::counted(count, "run")
            ));
            if interrupt.is_pressed() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    );
    done?;
    // A row of which not all runs were made would be compared with others by other seeds.
    results.truncate((made / seeds) as usize);
    let mut results = results.into_iter();
    let rows =
        question.subjects.iter().map(|it| it.text.as_ref().ok().and_then(|_| results.next()));
    Ok((rows.collect(), made == count))
}

fn tell(
    comparison: &Comparison,
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let width = surroundings::width();
    output.text(TITLE, &visible::line(&comparison.title))?;
    let runs = if arguments.seeds == 1 {
        format!("seed {}", arguments.seed)
    } else {
        format!(
            "seeds {} to {}, taken together",
            arguments.seed,
            arguments.seed + arguments.seeds - 1
        )
    };
    let what = "for each section, in world time; without pings and connections";
    output.text(FAINT, &format!("{runs}; {what}"))?;
    for table in blocks(comparison, width) {
        writeln!(output.out())?;
        writeln!(output.out(), "{TITLE}{}{TITLE:#}", table.line(&table.head))?;
        for (row, cells) in comparison.rows.iter().zip(&table.rows) {
            let style = match &row.came {
                Ok(measured) if !measured.violated.is_empty() => BAD,
                Ok(_) => anstyle::Style::new(),
                Err(_) => FAINT,
            };
            writeln!(output.out(), "{style}{}{style:#}", table.line(cells))?;
        }
    }
    let mut told: Vec<(&str, &str)> = Vec::new();
    for row in &comparison.rows {
        if let Err(why) = &row.came
            && !told.contains(&(&row.strategy, why))
        {
            told.push((&row.strategy, why));
        }
        if row.measured().is_some_and(|it| it.cut > 0) {
            told.push((&row.strategy, "a limit of the model stopped a run before it was over"));
        }
    }
    told.dedup();
    if !told.is_empty() {
        writeln!(output.out())?;
    }
    for (strategy, why) in told {
        output.text(FAINT, &format!("{}: {}", visible::line(strategy), visible::line(why)))?;
    }
    let lines = bars(comparison, width);
    if !lines.is_empty() {
        writeln!(output.out())?;
    }
    for line in lines {
        writeln!(output.out(), "{line}")?;
    }
    let sentences = sentences(comparison);
    if !sentences.is_empty() {
        writeln!(output.out())?;
    }
    for sentence in sentences {
        output.text(anstyle::Style::new(), &visible::line(&sentence))?;
    }
    Ok(())
}
