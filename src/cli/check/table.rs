//! Several models: one table, sorted by their entries in the catalogue of failures.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::output::{BAD, FAINT, GOOD, Output};
use super::super::surroundings::{self, Stopwatch};
use super::summary::Summary;
use super::{Arguments, Row, check, find, json};
use crate::explore::Verdict;
use crate::report::{cover, expected, words};

pub(super) fn show(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let watch = Stopwatch::start();
    let mut sums = Sums::default();
    let mut summary = Summary::default();
    let mut all: Vec<Row> = Vec::new();
    let mut skipped: Vec<PathBuf> = Vec::new();
    for (path, model) in find(arguments) {
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
            skipped.push(path);
            continue;
        }
        output.progress(format_args!("{}", path.display()));
        let row = match check(&path, model, arguments, output) {
            Ok(row) => row,
            Err(failure) => {
                sums.bad += 1;
                sums.exit = sums.exit.max(failure.show(output));
                continue;
            }
        };
        sums.add(&row);
        summary.add(&row.checked);
        all.push(row);
    }
    // Entries of the catalogue in their order, and then the rest as it was found.
    all.sort_by_key(|row| {
        let case = row.checked.model.case();
        (case.is_none(), case.map(|case| (case.id.len(), case.clone())))
    });
    if output.json {
        let models = all.iter().map(json::Model::row).collect();
        json::many(models, &summary, (sums.bad, sums.skipped), sums.exit, output)?;
        return Ok(sums.exit);
    }
    table(&all, output)?;
    for path in &skipped {
        writeln!(output.out(), "{FAINT}{}: for `lockstep run` only{FAINT:#}", path.display())?;
    }
    total(&sums, output)?;
    for (good, line) in summary.lines() {
        let style = if good { GOOD } else { BAD };
        writeln!(output.out(), "{style}{line}{style:#}")?;
    }
    let hint = "`lockstep check` with one file tells its shortest story";
    writeln!(output.err(), "{FAINT}{watch}; {hint}{FAINT:#}")?;
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
    fn add(&mut self, row: &Row) {
        self.models += 1;
        self.expected += u64::from(row.exit() == Exit::Expected);
        self.states += row.checked.outcome.states as u64;
        self.exit = self.exit.max(row.exit());
    }
}

/// The columns, each with whether numbers stand in it.
const COLUMNS: [(&str, bool); 7] = [
    ("id", false),
    ("model", false),
    ("verdict", false),
    ("faults", true),
    ("steps", true),
    ("states", true),
    ("time", true),
];

fn table(all: &[Row], output: &mut Output<'_>) -> Result<(), Failure> {
    let apart = common(all);
    let cells: Vec<[String; 7]> = all.iter().map(|row| cells(row, &apart)).collect();
    let mut widths = COLUMNS.map(|(name, _)| name.len());
    for cells in &cells {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    // Names give way where a line would be too long.
    let rest = widths.iter().sum::<usize>() + COLUMNS.len() - 1 - widths[1];
    widths[1] = widths[1].min(surroundings::width().saturating_sub(rest).max(20));
    let heading = line(&COLUMNS.map(|(name, _)| name.to_owned()), widths, &anstyle::Style::new());
    writeln!(output.out(), "{FAINT}{heading}{FAINT:#}")?;
    for (row, cells) in all.iter().zip(cells) {
        let checked = &row.checked;
        let as_expected = row.exit() == Exit::Expected;
        let style = if as_expected { GOOD } else { BAD };
        writeln!(output.out(), "{}", line(&cells, widths, &style))?;
        let indent = widths[0] + 1;
        if let Some(expect) = checked.model.expect().filter(|_| !as_expected) {
            let expect = expected::in_words(expect);
            writeln!(output.out(), "{:indent$}{BAD}✗ expected: {expect}{BAD:#}", "")?;
        }
        let unused = cover::unused_faults(&checked.model.abstract_setup(), &checked.outcome);
        if !unused.is_empty() {
            let unused = unused.join(", ");
            writeln!(output.out(), "{:indent$}{BAD}! never took effect: {unused}{BAD:#}", "")?;
        }
    }
    Ok(())
}

/// One line; the verdict is in this style.
fn line(cells: &[String; 7], widths: [usize; 7], style: &anstyle::Style) -> String {
    let mut text = String::new();
    for (place, ((cell, width), (_, number))) in cells.iter().zip(widths).zip(COLUMNS).enumerate() {
        let cell = shortened(cell, width);
        let gap = if place == 0 { "" } else { " " };
        let _ = match (number, place) {
            (true, _) => write!(text, "{gap}{cell:>width$}"),
            (false, 2) => write!(text, "{gap}{style}{cell:<width$}{style:#}"),
            (false, _) => write!(text, "{gap}{cell:<width$}"),
        };
    }
    text
}

fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let head: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{head}…")
}

fn cells(row: &Row, apart: &Path) -> [String; 7] {
    let checked = &row.checked;
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
    let path = row.path.strip_prefix(apart).unwrap_or(&row.path).with_extension("");
    [
        checked.model.case().map(ToString::to_string).unwrap_or_default(),
        path.display().to_string(),
        verdict,
        deviations.to_string(),
        steps.to_string(),
        words::count(outcome.states as u64),
        row.took.to_string(),
    ]
}

/// The directory that all models are in.
fn common(all: &[Row]) -> PathBuf {
    let mut parents = all.iter().filter_map(|row| row.path.parent());
    let first = parents.next().unwrap_or(Path::new(""));
    let mut common = first.to_path_buf();
    for parent in parents {
        while !parent.starts_with(&common) {
            common.pop();
        }
    }
    common
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
