//! Several models: one row each.

use super::super::exit::Exit;
use super::super::expected;
use super::super::failure::Failure;
use super::super::output::{BAD, FAINT, GOOD, Output};
use super::super::surroundings::Stopwatch;
use super::{Arguments, Checked, check, find, json};
use crate::explore::Verdict;
use crate::report::{cover, words};
use std::fmt::Write as _;

pub(super) fn show(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let watch = Stopwatch::start();
    let found = find(arguments);
    let width = found.iter().map(|(path, _)| path.display().to_string().chars().count()).max();
    let width = width.unwrap_or(5).clamp(5, 60);
    let mut sums = Sums::default();
    let mut rows = Vec::new();
    if !output.json {
        heading(width, output)?;
    }
    for (path, model) in found {
        let name = path.display().to_string();
        let model = match model {
            Ok(model) => model,
            Err(failure) => {
                sums.bad += 1;
                sums.exit = sums.exit.max(failure.show(output));
                continue;
            }
        };
        if model.expect().is_none() && model.expect_run().is_some() {
            sums.skipped += 1;
            if !output.json {
                writeln!(output.out(), "{FAINT}{name:<width$}  for `lockstep run` only{FAINT:#}")?;
            }
            continue;
        }
        output.progress(format_args!("{name}"));
        let checked = check(&path, model, arguments, output);
        sums.add(&checked);
        if output.json {
            rows.push(json::Model::of(&checked, None));
        } else {
            row(&checked, &name, width, output)?;
        }
    }
    if output.json {
        json::many(rows, sums.bad, sums.skipped, sums.exit, output)?;
    } else {
        total(&sums, output)?;
        writeln!(output.err(), "{FAINT}{watch}{FAINT:#}")?;
    }
    Ok(sums.exit)
}

#[derive(Default)]
struct Sums {
    models: u64,
    expected: u64,
    skipped: u64,
    bad: u64,
    states: u64,
    exit: Exit,
}

impl Sums {
    fn add(&mut self, checked: &Checked) {
        self.models += 1;
        self.expected += u64::from(checked.exit() == Exit::Expected);
        self.states += checked.outcome.states as u64;
        self.exit = self.exit.max(checked.exit());
    }
}

fn heading(width: usize, output: &mut Output<'_>) -> Result<(), Failure> {
    writeln!(
        output.out(),
        "{FAINT}{:<width$}  {:<34} {:>6} {:>6} {:>10}{FAINT:#}",
        "model",
        "verdict",
        "faults",
        "steps",
        "states",
    )?;
    Ok(())
}

fn row(
    checked: &Checked,
    name: &str,
    width: usize,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let outcome = &checked.outcome;
    let (verdict, deviations, steps) = match &outcome.verdict {
        Verdict::Violated { violation, deviations, steps } => {
            (format!("violated {}", violation.property), *deviations, *steps)
        }
        Verdict::HoldsWithin(within) => (
            format!("holds within {}", words::counted(u64::from(*within), "fault")),
            outcome.deviations,
            outcome.steps,
        ),
        Verdict::Vacuous(names) => {
            (format!("vacuous {}", names.join(", ")), outcome.deviations, outcome.steps)
        }
        other => (cover::verdict(other).to_owned(), outcome.deviations, outcome.steps),
    };
    let as_expected = checked.exit() == Exit::Expected;
    let style = if as_expected { GOOD } else { BAD };
    let states = words::count(outcome.states as u64);
    write!(
        output.out(),
        "{name:<width$}  {style}{verdict:<34}{style:#} {deviations:>6} {steps:>6} {states:>10}"
    )?;
    if let Some(expect) = checked.model.expect().filter(|_| !as_expected) {
        write!(output.out(), "  {BAD}✗ expected: {}{BAD:#}", expected::in_words(expect))?;
    }
    let unused = cover::unused_faults(&checked.model.abstract_setup(), outcome);
    if !unused.is_empty() {
        write!(output.out(), "  {FAINT}never took effect: {}{FAINT:#}", unused.join(", "))?;
    }
    writeln!(output.out())?;
    Ok(())
}

fn total(sums: &Sums, output: &mut Output<'_>) -> Result<(), Failure> {
    let Sums { models, expected, skipped, bad, states, .. } = sums;
    let style = if expected == models && *bad == 0 { GOOD } else { BAD };
    let mut text = format!(
        "{}: {expected} as expected, {} not; {}",
        words::counted(*models, "model"),
        models - expected,
        words::counted(*states, "state"),
    );
    if *skipped > 0 {
        let _ = write!(text, "; {skipped} for `lockstep run` only");
    }
    if *bad > 0 {
        let _ = write!(text, "; {bad} not understood");
    }
    writeln!(output.out(), "{style}{text}{style:#}")?;
    Ok(())
}
