//! One model with every recipe of the catalogue in turn: the same story, one row each.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::check::witness::heading;
use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::output::{BAD, FAINT, GOOD, Output, TITLE};
use super::super::{quoted, surroundings};
use super::Arguments;
use crate::locks::{self, Store};
use crate::model::Model;
use crate::report::{words, wrapped};
use crate::run::{End, Ended, run_only};
use crate::time::Micros;
use crate::visible;

/// The room that the last column needs at least, in characters.
const VERDICT: usize = 16;

/// What the story comes to with one recipe.
#[derive(Serialize)]
struct Row {
    recipe: &'static str,
    #[serde(flatten)]
    came: Came,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Came {
    /// It ran.
    To(Box<Result>),
    /// The story cannot be told with it.
    NotRun {
        /// Why.
        does_not_fit: String,
    },
}

/// How a run went.
#[derive(Serialize)]
struct Result {
    /// The property that is violated.
    #[serde(skip_serializing_if = "Option::is_none")]
    violated: Option<&'static str>,
    /// Whether everybody had enough before a limit was hit.
    done: bool,
    sections: u64,
    overlaps: u64,
    lost_updates: u64,
    /// What recipes and workloads counted.
    noted: std::collections::BTreeMap<&'static str, i64>,
    /// What the ledger says at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<i64>,
    /// The median and the longest wait for the lock (µs).
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_us: Option<(i64, i64)>,
    requests: u64,
}

/// All rows.
#[derive(Serialize)]
struct Table<'r> {
    command: &'static str,
    /// The file, as it was named.
    path: String,
    title: &'r str,
    seed: u64,
    recipes: &'r [Row],
    /// What the process exits with.
    exit: u8,
}

impl Row {
    fn cells(&self, noted: &[&str]) -> Vec<String> {
        let mut cells = vec![self.recipe.to_owned()];
        match &self.came {
            Came::To(result) => cells.extend(result.cells(noted)),
            Came::NotRun { does_not_fit } => {
                cells.extend(std::iter::repeat_n(String::new(), noted.len() + 6));
                cells.push(format!("does not fit: {}", visible::line(does_not_fit)));
            }
        }
        cells
    }

    fn style(&self) -> anstyle::Style {
        match &self.came {
            Came::To(result) if result.is_right() => GOOD,
            Came::To(_) => BAD,
            Came::NotRun { .. } => FAINT,
        }
    }
}

impl Result {
    fn of(ended: Ended) -> Self {
        let tally = ended.tally;
        Self {
            violated: ended.violation.map(|violation| violation.property),
            done: ended.end == End::Done,
            sections: tally.entries,
            overlaps: tally.overlaps,
            lost_updates: tally.lost_updates,
            ledger: tally.ledger,
            waits_us: tally.waits.map(|waits| (waits.median_us, waits.max_us)),
            requests: tally.requests.values().sum(),
            noted: tally.noted,
        }
    }

    fn cells(&self, noted: &[&str]) -> Vec<String> {
        let count = |number: &i64| words::count(number.unsigned_abs());
        let mut cells: Vec<String> = Vec::new();
        cells.extend(noted.iter().map(|it| self.noted.get(it).map_or(String::new(), count)));
        cells.push(self.ledger.map(|left| left.to_string()).unwrap_or_default());
        cells.extend([self.lost_updates, self.overlaps].map(words::count));
        let time = |us| words::time(Micros(us));
        let (median, most) = self
            .waits_us
            .map_or((String::new(), String::new()), |(median, most)| (time(median), time(most)));
        cells.extend([median, most, words::count(self.requests)]);
        cells.push(match self.violated {
            Some(property) => format!("violated {property}"),
            // Money may be right by chance.
            None if self.lost_updates > 0 => "lost updates".to_owned(),
            None if !self.done => "not over".to_owned(),
            None => "right".to_owned(),
        });
        cells
    }

    fn is_right(&self) -> bool {
        self.violated.is_none() && self.lost_updates == 0 && self.done
    }
}

/// The model with another recipe, with its default parameters, and the store that it runs on.
fn with(model: &Model, about: &locks::About) -> std::result::Result<Model, String> {
    let mut fields: Map<String, Value> = serde_json::from_str(model.text()).unwrap_or_default();
    let store = match about.store {
        Store::None | Store::OfScript => json!({ "none": {} }),
        // Three, for those that ask for a majority.
        Store::Redis | Store::OfParts => json!({ "redis": { "servers": 3 } }),
        Store::ZooKeeper => json!({ "zookeeper": {} }),
    };
    fields.insert("store".to_owned(), store);
    fields.insert("lock".to_owned(), json!({ about.name: {} }));
    if let Some(Value::Object(given)) = fields.get_mut("given") {
        given.retain(|name, _| name != "redis" && name != "nodes");
    }
    for name in ["case", "expect", "expect_run"] {
        fields.remove(name);
    }
    let text = Value::Object(fields).to_string();
    Model::parse(format!("the model with `{}`", about.name), text)
        .map_err(|problem| problem.message)
}

pub(super) fn show(
    model: &Model,
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> std::result::Result<Exit, Failure> {
    let mut rows = Vec::new();
    for entry in locks::catalogue() {
        output.progress(format_args!("{}", entry.about.name));
        let came = match with(model, entry.about) {
            Ok(model) => Came::To(Box::new(Result::of(run_only(&model, arguments.seed)))),
            Err(does_not_fit) => Came::NotRun { does_not_fit },
        };
        rows.push(Row { recipe: entry.about.name, came });
    }
    // What a recipe makes of the story is nothing that the model expects.
    let exit = Exit::Expected;
    if output.json {
        let path = arguments.model.display().to_string();
        let (title, seed) = (model.title(), arguments.seed);
        let exit_code = exit.code();
        let table = Table { command: "run", path, title, seed, recipes: &rows, exit: exit_code };
        output.write_json(&table)?;
        return Ok(exit);
    }
    let path = quoted::path(&arguments.model);
    heading(model, output)?;
    let text =
        format!("{path}, seed {}, with every recipe and its default parameters", arguments.seed);
    output.text(FAINT, &text)?;
    writeln!(output.out())?;
    table(&rows, output)?;
    Ok(exit)
}

fn table(rows: &[Row], output: &mut Output<'_>) -> std::result::Result<(), Failure> {
    let ran = rows.iter().filter_map(|row| match &row.came {
        Came::To(result) => Some(result),
        Came::NotRun { .. } => None,
    });
    let mut noted: Vec<&str> = ran.flat_map(|result| result.noted.keys().copied()).collect();
    noted.sort_unstable();
    noted.dedup();
    let head = ["recipe"].into_iter().chain(noted.iter().copied());
    let head = head.chain(["left", "lost", "together", "median wait", "longest", "requests", ""]);
    let mut head: Vec<String> = head.map(str::to_owned).collect();
    let mut cells: Vec<Vec<String>> = rows.iter().map(|row| row.cells(&noted)).collect();
    // What nothing is known of has no column: accounts of which nothing is `left`.
    for column in (0..head.len()).rev() {
        if cells.iter().all(|row| row[column].is_empty()) {
            head.remove(column);
            for row in &mut cells {
                row.remove(column);
            }
        }
    }
    let whole = surroundings::width();
    let mut widths: Vec<usize>;
    // Where a terminal is narrow, the last numbers give way first: what came of it stays.
    loop {
        let width = |column: usize| {
            let all = cells.iter().chain([&head]).map(|row| row[column].chars().count());
            all.max().unwrap_or(0)
        };
        widths = (0..head.len()).map(width).collect();
        let last = head.len() - 1;
        let numbers: usize = widths[..last].iter().map(|width| width + 2).sum();
        if numbers + VERDICT <= whole || head.len() <= 2 {
            break;
        }
        head.remove(last - 1);
        for row in &mut cells {
            row.remove(last - 1);
        }
    }
    let line = |cells: &[String]| {
        let last = cells.len() - 1;
        let padded =
            cells.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| match column {
                0 => format!("{cell:<width$}"),
                column if column == last => String::new(),
                _ => format!("{cell:>width$}"),
            });
        padded.collect::<Vec<_>>().join("  ")
    };
    writeln!(output.out(), "{TITLE}{}{TITLE:#}", line(&head).trim_end())?;
    for (row, cells) in rows.iter().zip(&cells) {
        let style = row.style();
        // A reason that is too long for its column goes on below, beside no numbers.
        let numbers = line(cells);
        let numbers = if matches!(row.came, Came::NotRun { .. }) {
            format!("{:<width$}  ", cells[0], width = widths[0])
        } else {
            numbers
        };
        let used = numbers.chars().count();
        let last = cells.last().map_or("", String::as_str);
        for (number, part) in wrapped(last, whole.saturating_sub(used)).iter().enumerate() {
            let before = if number == 0 { &*numbers } else { "" };
            let part = part.trim_start();
            writeln!(output.out(), "{style}{before:<used$}{part}{style:#}")?;
        }
    }
    Ok(())
}
