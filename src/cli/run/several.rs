//! Several runs, one seed after the other.

use super::super::check::witness::row;
use super::super::exit::Exit;
use super::super::expected::Found;
use super::super::failure::Failure;
use super::super::output::{BAD, FAINT, GOOD, Output};
use super::super::surroundings::Stopwatch;
use super::{Arguments, json, run_only};
use crate::model::{Model, Verdict};
use crate::report::words;
use crate::run::{Ended, Waits};
use crate::time::Micros;
use std::fmt::Write as _;

/// What several runs come to.
#[derive(Default)]
pub(super) struct Sweep {
    pub(super) runs: u64,
    pub(super) violated: Vec<u64>,
    pub(super) cut: Vec<u64>,
    /// Why the first of them is violated, and the property.
    pub(super) first: Option<(String, String)>,
    pub(super) entries: u64,
    pub(super) requests: u64,
    pub(super) notifications: u64,
    pub(super) deviations: u64,
    longest: Vec<Micros>,
}

impl Sweep {
    fn add(&mut self, seed: u64, ended: &Ended) {
        self.runs += 1;
        match Found::of_run(ended).verdict {
            Verdict::Violated => self.violated.push(seed),
            Verdict::Cut => self.cut.push(seed),
            _ => {}
        }
        if let (Some(violation), None) = (&ended.violation, &self.first) {
            self.first = Some((violation.property.to_owned(), violation.why.clone()));
        }
        let tally = &ended.tally;
        self.entries += tally.entries;
        self.requests += tally.requests.values().sum::<u64>();
        self.notifications += tally.notifications;
        self.deviations += tally.deviations;
        self.longest.extend(tally.waits.map(|waits| Micros(waits.max_us)));
    }

    /// The longest wait of each run.
    pub(super) fn longest_waits(&self) -> Option<Waits> {
        Waits::of(self.longest.clone())
    }
}

pub(super) fn show(
    model: &Model,
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    let watch = Stopwatch::start();
    let mut sweep = Sweep::default();
    let mut exit = Exit::Expected;
    let mut as_expected = 0_u64;
    for number in 0..arguments.seeds {
        // Seeds go round at the end of their range.
        let seed = arguments.seed.wrapping_add(number);
        output.progress(format_args!("seed {seed}: {} of {}", number + 1, arguments.seeds));
        let ended = run_only(model, seed);
        let one = Found::of_run(&ended).exit(model.expect_run(), false);
        as_expected += u64::from(one == Exit::Expected);
        exit = exit.max(one);
        sweep.add(seed, &ended);
    }
    // A model that expects a violation is content with one seed that shows it.
    let wants_violation = model.expect_run().is_some_and(|it| it.verdict == Verdict::Violated);
    if wants_violation && as_expected > 0 {
        exit = Exit::Expected;
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
    let last = arguments.seed.wrapping_add(arguments.seeds - 1);
    writeln!(output.out(), "{}", model.title())?;
    let path = arguments.model.display();
    writeln!(output.out(), "{FAINT}{path}, seeds {} to {last}{FAINT:#}\n", arguments.seed)?;
    let style = if exit == Exit::Expected { GOOD } else { BAD };
    let violated = sweep.violated.len() as u64;
    let mut text =
        format!("{}: {} violated", words::counted(sweep.runs, "run"), words::count(violated));
    if !sweep.cut.is_empty() {
        let _ = write!(text, ", {} stopped by a limit", words::count(sweep.cut.len() as u64));
    }
    writeln!(output.out(), "{style}{text}{style:#}")?;
    if let Some((property, why)) = &sweep.first {
        row("first", &format!("seed {}: {property}: {why}", sweep.violated[0]), output)?;
        let seeds: Vec<String> = sweep.violated.iter().take(12).map(u64::to_string).collect();
        let more = if sweep.violated.len() > 12 { ", ..." } else { "" };
        row("seeds", &format!("{}{more}", seeds.join(", ")), output)?;
    }
    let text = format!(
        "{}, {}, {}, {}",
        words::counted(sweep.entries, "section"),
        words::counted(sweep.requests, "request"),
        words::counted(sweep.notifications, "notification"),
        words::counted(sweep.deviations, "fault"),
    );
    row("in all", &text, output)?;
    if let Some(waits) = sweep.longest_waits() {
        let [min, median, max] =
            [waits.min_us, waits.median_us, waits.max_us].map(|us| words::time(Micros(us)));
        row(
            "waits",
            &format!("the longest of a run: from {min} over {median} (median) to {max}"),
            output,
        )?;
    }
    let seed = sweep.violated.first().or(sweep.cut.first()).copied().unwrap_or(arguments.seed);
    row("look at", &format!("lockstep run {path} --seed {seed}"), output)
}
