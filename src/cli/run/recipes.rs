//! One model with every recipe of the catalogue in turn: the same story, one row each.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::output::{BAD, FAINT, GOOD, Output, TITLE};
use super::Arguments;
use crate::locks::{self, Store};
use crate::model::Model;
use crate::report::words;
use crate::run::{End, Ended, run_only};
use crate::time::Micros;

/// What the story comes to with one recipe.
#[derive(Serialize)]
struct Row {
    recipe: &'static str,
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
    seed: u64,
    recipes: &'r [Row],
}

impl Row {
    fn of(recipe: &'static str, ended: Ended) -> Self {
        let tally = ended.tally;
        Self {
            recipe,
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
        let mut cells = vec![self.recipe.to_owned()];
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
fn with(model: &Model, about: &locks::About) -> Result<Model, Failure> {
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
        .map_err(|problem| Failure::Wrong(problem.to_string()))
}

pub(super) fn show(
    model: &Model,
    arguments: &Arguments,
    output: &mut Output<'_>,
) -> Result<Exit, Failure> {
    let mut rows = Vec::new();
    for entry in locks::catalogue() {
        output.progress(format_args!("{}", entry.about.name));
        let ended = run_only(&with(model, entry.about)?, arguments.seed);
        rows.push(Row::of(entry.about.name, ended));
    }
    let path = arguments.model.display().to_string();
    if output.json {
        output.write_json(&Table { command: "run", path, seed: arguments.seed, recipes: &rows })?;
        return Ok(Exit::Expected);
    }
    writeln!(output.out(), "{}", model.title())?;
    writeln!(
        output.out(),
        "{FAINT}{path}, seed {}, with every recipe and its default parameters{FAINT:#}\n",
        arguments.seed
    )?;
    let mut noted: Vec<&str> = rows.iter().flat_map(|row| row.noted.keys().copied()).collect();
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
    let width = |column: usize| {
        let all = cells.iter().chain([&head]).map(|row| row[column].chars().count());
        all.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &[String]| {
        let last = cells.len() - 1;
        let padded =
            cells.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| match column {
                0 => format!("{cell:<width$}"),
                column if column == last => cell.clone(),
                _ => format!("{cell:>width$}"),
            });
        padded.collect::<Vec<_>>().join("  ")
    };
    writeln!(output.out(), "{TITLE}{}{TITLE:#}", line(&head).trim_end())?;
    for (row, cells) in rows.iter().zip(&cells) {
        let style = if row.is_right() { GOOD } else { BAD };
        writeln!(output.out(), "{style}{}{style:#}", line(cells))?;
    }
    Ok(Exit::Expected)
}
