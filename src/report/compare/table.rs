//! The table: as many columns beside each other as there is room for, the others below.

use super::{Comparison, FIGURES, Row, short};
use crate::visible;

/// A part of the table that fits: its headings, and the cells of each row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// The headings.
    pub head: Vec<String>,
    /// The cells.
    pub rows: Vec<Vec<String>>,
    /// How wide each column is, in characters.
    pub widths: Vec<usize>,
}

/// So much stands between two columns.
const GAP: usize = 2;

/// The columns that say which row it is, and all others: headings and cells.
fn columns(comparison: &Comparison) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let mut names: Vec<Vec<String>> = Vec::new();
    let cell = |text: &str| visible::line(text).into_owned();
    let with = |head: &str, of: &dyn Fn(&Row) -> String| {
        let cells = comparison.rows.iter().map(of);
        std::iter::once(head.to_owned()).chain(cells).collect()
    };
    names.push(with("lock", &|row| cell(&row.strategy)));
    for (place, field) in comparison.fields.iter().enumerate() {
        let head = cell(short(field));
        names.push(with(&head, &|row| cell(row.values.get(place).map_or("", String::as_str))));
    }
    let nowhere = nowhere(comparison);
    let happened = FIGURES.iter().filter(|figure| !nowhere.contains(&figure.key));
    let figures = happened.map(|figure| {
        with(figure.head, &|row| {
            let Some(measured) = row.measured() else { return String::new() };
            let value = (figure.of)(measured);
            let text = value.map_or_else(|| "-".to_owned(), |value| figure.unit.shown(value));
            match (figure.key, &measured.worst) {
                ("most_woken", Some(worst)) => match &worst.by {
                    Some(by) => format!("{text} by {}", visible::line(by)),
                    None => text,
                },
                ("violated_runs", _) if measured.runs > 1 => format!("{text} of {}", measured.runs),
                _ => text,
            }
        })
    });
    (names, figures.collect())
}

/// What happened in no row: it has no column, and is said once.
pub(super) fn nowhere(comparison: &Comparison) -> Vec<&'static str> {
    let rare = ["violated_runs", "overtakings", "sessions_ended"];
    let never = |key: &&str| {
        let figure = super::of_key(key);
        let mut values = comparison.rows.iter().filter_map(|row| (figure.of)(row.measured()?));
        values.all(|value| value == 0.0)
    };
    rare.into_iter().filter(never).collect()
}

/// The table in blocks, each no wider than `width` characters: every block begins with what says which row it is.
pub fn blocks(comparison: &Comparison, width: usize) -> Vec<Table> {
    let (names, figures) = columns(comparison);
    let wide = |column: &[String]| column.iter().map(|it| it.chars().count()).max().unwrap_or(0);
    let own: usize = names.iter().map(|column| wide(column) + GAP).sum();
    let mut blocks = Vec::new();
    let mut block: Vec<&Vec<String>> = Vec::new();
    let mut used = own;
    for column in &figures {
        let needs = wide(column) + GAP;
        if used + needs > width + GAP && !block.is_empty() {
            blocks.push(std::mem::take(&mut block));
            used = own;
        }
        used += needs;
        block.push(column);
    }
    blocks.push(block);
    let table = |block: Vec<&Vec<String>>| {
        let columns: Vec<&Vec<String>> = names.iter().chain(block).collect();
        let row = |place: usize| columns.iter().map(|column| column[place].clone()).collect();
        Table {
            head: row(0),
            rows: (1..=comparison.rows.len()).map(row).collect(),
            widths: columns.iter().map(|column| wide(column)).collect(),
        }
    };
    blocks.into_iter().map(table).collect()
}

impl Table {
    /// A line of it: the first cell to the left, the others to the right.
    pub fn line(&self, cells: &[String]) -> String {
        let padded = cells.iter().zip(&self.widths).enumerate().map(|(place, (cell, &width))| {
            if place == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        padded.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end().to_owned()
    }
}
