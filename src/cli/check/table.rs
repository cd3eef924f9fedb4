//! Several models: one table, sorted by their entries in the catalogue of failures.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::interrupt::Interrupt;
use super::super::models;
use super::super::output::{BAD, FAINT, GOOD, Output};
use super::super::quoted;
use super::super::surroundings::{self, Stopwatch};
use super::summary::Summary;
use super::{Arguments, Row, check, json};
use crate::explore::Verdict;
use crate::report::{cover, expected, words, wrapped};

pub(super) fn show(arguments: &Arguments, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let watch = Stopwatch::start();
    let mut sums = Sums::default();
    let mut summary = Summary::default();
    let mut all: Vec<Row> = Vec::new();
    let mut skipped: Vec<PathBuf> = Vec::new();
    let interrupt = Interrupt::watched();
    for (path, model) in models::find(&arguments.paths) {
        // What was searched is told; the rest is counted.
        if interrupt.is_pressed() {
            sums.left += 1;
            sums.exit = sums.exit.max(Exit::Inconclusive);
            continue;
        }
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
        output.progress(format_args!("{}", quoted::path(&path)));
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
        let others = json::Others { bad: sums.bad, skipped: sums.skipped, left: sums.left };
        json::many(models, &summary, others, sums.exit, output)?;
        return Ok(sums.exit);
    }
    table(&all, output)?;
    for path in &skipped {
        output.text(FAINT, &format!("{}: for `lockstep run` only", quoted::path(path)))?;
    }
    total(&sums, output)?;
    for (good, line) in summary.lines() {
        let style = if good { GOOD } else { BAD };
        output.text(style, &line)?;
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
    /// Models that were not searched, because somebody pressed Ctrl-C.
    left: u64,
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
const COLUMNS: [(&str, bool); 6] = [
    ("id", false),
    ("model", false),
    ("verdict", false),
    ("faults", true),
    ("steps", true),
    ("states", true),
];

fn table(all: &[Row], output: &mut Output<'_>) -> Result<(), Failure> {
    let apart = common(all);
    let cells: Vec<[String; 6]> = all.iter().map(|row| cells(row, &apart)).collect();
    let mut widths = COLUMNS.map(|(name, _)| name.len());
    for cells in &cells {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    if let Some(whole) = surroundings::real_width() {
        narrow(&mut widths, whole);
    }
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
            note(&format!("✗ expected: {expect}"), indent, output)?;
        }
        for why in cover::unused_notes(&checked.model.abstract_setup(), &checked.outcome) {
            note(&format!("! {why}"), indent, output)?;
        }
    }
    Ok(())
}

/// Something bad below a row.
fn note(text: &str, indent: usize, output: &mut Output<'_>) -> Result<(), Failure> {
    for line in wrapped(text, surroundings::width().saturating_sub(indent)) {
        writeln!(output.out(), "{:indent$}{BAD}{line}{BAD:#}", "")?;
    }
    Ok(())
}

/// Makes the columns fit: names give way first, down to what tells them apart, then the verdicts, then the numbers.
fn narrow(widths: &mut [usize; 6], whole: usize) {
    let least = [2, 14, 10];
    for column in [1, 2] {
        let over = (widths.iter().sum::<usize>() + COLUMNS.len() - 1).saturating_sub(whole);
        widths[column] = widths[column].saturating_sub(over).max(least[column].min(widths[column]));
    }
    for column in (3..COLUMNS.len()).rev() {
        let shown = widths.iter().filter(|width| **width > 0).count();
        if widths.iter().sum::<usize>() + shown - 1 > whole {
            widths[column] = 0;
        }
    }
}

/// One line; the verdict is in this style.
fn line(cells: &[String; 6], widths: [usize; 6], style: &anstyle::Style) -> String {
    let mut text = String::new();
    for (place, ((cell, width), (_, number))) in cells.iter().zip(widths).zip(COLUMNS).enumerate() {
        if width == 0 {
            continue;
        }
        // Of a name the end says more than the beginning.
        let cell = if place == 1 { shortened_before(cell, width) } else { shortened(cell, width) };
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

fn shortened_before(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let tail: String = text.chars().skip(length + 1 - width.max(1)).collect();
    format!("…{tail}")
}

fn cells(row: &Row, apart: &Path) -> [String; 6] {
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
        Verdict::NeverStruck(_) => {
            ("vacuous (faults)".to_owned(), outcome.deviations, outcome.steps)
        }
        other => (cover::verdict(other).to_owned(), outcome.deviations, outcome.steps),
    };
    let path = row.path.strip_prefix(apart).unwrap_or(&row.path).with_extension("");
    [
        checked.model.case().map(ToString::to_string).unwrap_or_default(),
        quoted::path(&path),
        verdict,
        deviations.to_string(),
        steps.to_string(),
        words::count(outcome.states as u64),
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
    let Sums { models, expected, skipped, bad, left, states, .. } = sums;
    let style = if expected == models && *bad == 0 && *left == 0 { GOOD } else { BAD };
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
    if *left > 0 {
        let _ = write!(text, "; stopped by Ctrl-C: {left} not searched");
    }
    output.text(style, &text)
}
