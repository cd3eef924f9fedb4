//! Several runs, one seed after the other.

use super::super::check::witness::{heading, line};
use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::interrupt::Interrupt;
use super::super::output::{BAD, FAINT, GOOD, Output};
use super::super::quoted;
use super::super::surroundings::Stopwatch;
use super::{Arguments, json};
use crate::model::Model;
use crate::report::words;
use crate::run::Sweep;
use crate::sim::Violation;
use crate::time::Micros;
use std::fmt::Write as _;
use std::ops::ControlFlow;

pub(super) fn show(
    model: &Model,
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    let count = arguments.seeds;
    if arguments.seed.checked_add(count - 1).is_none() {
        let message = format!(
            "--seed {} --seeds {count}: there are only {} seeds from there to the last one, {}",
            arguments.seed,
            u64::MAX - arguments.seed + 1,
            u64::MAX
        );
        return Err(Failure::Wrong(message));
    }
    let watch = Stopwatch::start();
    let interrupt = Interrupt::watched();
    let sweep = Sweep::of(model, arguments.seed, count, &mut |seed, made| {
        if interrupt.is_pressed() {
            return ControlFlow::Break(());
        }
        output.progress(format_args!("seed {seed}: {} of {count}", made + 1));
        ControlFlow::Continue(())
    });
    let mut exit: Exit = sweep.meets(model).into();
    if sweep.runs < count {
        exit = exit.max(Exit::Inconclusive);
    }
    if output.json {
        json::several(model, arguments, &sweep, exit, output)?;
        return Ok(exit);
    }
    tell(model, arguments, &sweep, exit, output)?;
    writeln!(output.err(), "{FAINT}{watch}{FAINT:#}")?;
    Ok(exit)
}

fn tell(
    model: &Model,
    arguments: &Arguments,
    sweep: &Sweep,
    exit: Exit,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let last = arguments.seed.saturating_add(sweep.runs.max(1) - 1);
    heading(model, output)?;
    let path = quoted::path(&arguments.model);
    output.text(FAINT, &format!("{path}, seeds {} to {last}", arguments.seed))?;
    writeln!(output.out())?;
    let style = if exit == Exit::Expected { GOOD } else { BAD };
    let violated = sweep.violated.len() as u64;
    let mut text =
        format!("{}: {} violated", words::counted(sweep.runs, "run"), words::count(violated));
    if !sweep.cut.is_empty() {
        let _ = write!(text, ", {} stopped by a limit", words::count(sweep.cut.len() as u64));
    }
    output.text(style, &text)?;
    if sweep.runs < arguments.seeds {
        let (made, of) = (words::count(sweep.runs), words::count(arguments.seeds));
        line("stopped", &format!("by Ctrl-C, after {made} of {of} seeds"), output)?;
    }
    if let Some(Violation { property, why }) = &sweep.first {
        line("first", &format!("seed {}: {property}: {why}", sweep.violated[0]), output)?;
        let seeds: Vec<String> = sweep.violated.iter().take(12).map(u64::to_string).collect();
        let more = if sweep.violated.len() > 12 { ", ..." } else { "" };
        line("seeds", &format!("{}{more}", seeds.join(", ")), output)?;
    }
    let text = format!(
        "{}, {}, {}, {}",
        words::counted(sweep.entries, "section"),
        words::counted(sweep.requests, "request"),
        words::counted(sweep.notifications, "notification"),
        words::counted(sweep.deviations, "fault"),
    );
    line("in all", &text, output)?;
    if let Some(waits) = sweep.longest_waits() {
        let [min, median, max] =
            [waits.min_us, waits.median_us, waits.max_us].map(|us| words::time(Micros(us)));
        line(
            "waits",
            &format!("the longest of a run: from {min} over {median} (median) to {max}"),
            output,
        )?;
    }
    let seed = sweep.violated.first().or(sweep.cut.first()).copied().unwrap_or(arguments.seed);
    let path = quoted::file(&arguments.model);
    line("look at", &format!("lockstep run {path} --seed {seed}"), output)
}
