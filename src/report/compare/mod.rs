//! Several locks beside each other, at several sizes: a table, sentences, and plots.
//!
//! One list of figures ([`FIGURES`]) is behind all of them.

mod bars;
mod growth;
mod page;
mod plot;
mod sentences;
mod table;

pub use bars::bars;
pub use growth::{Growth, slope};
pub use page::page;
pub use plot::plot;
pub use sentences::sentences;
pub use table::{Table, blocks};

use super::words;
use crate::run::{Measured, Percentiles};
use crate::time::Micros;

/// What was compared.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// In a line.
    pub title: String,
    /// The fields that were varied, in their order.
    pub fields: Vec<String>,
    /// Which of them plots have on their axis, if the values of one are numbers.
    pub axis: Option<usize>,
    /// One for each strategy and each combination of values.
    pub rows: Vec<Row>,
}

/// One strategy at one size.
#[derive(Clone, Debug)]
pub struct Row {
    /// The strategy, by name.
    pub strategy: String,
    /// The values of the varied fields, as they were written.
    pub values: Vec<String>,
    /// The value on the axis.
    pub x: Option<f64>,
    /// What the runs came to, or why there are none.
    pub came: Result<Measured, String>,
}

impl Row {
    /// What the runs came to, if they were made.
    pub fn measured(&self) -> Option<&Measured> {
        self.came.as_ref().ok()
    }

    /// The same in everything but the value on the axis.
    fn line(&self, axis: Option<usize>) -> String {
        let others = self.values.iter().enumerate().filter(|(place, _)| Some(*place) != axis);
        let others: Vec<&str> = others.map(|(_, value)| value.as_str()).collect();
        if others.is_empty() {
            return self.strategy.clone();
        }
        format!("{} ({})", self.strategy, others.join(", "))
    }
}

impl Comparison {
    /// The lines of a plot: of each strategy, and of each combination of what is not on the axis, its points in the order
    /// of the axis.
    pub fn lines(&self, figure: &Figure) -> Vec<(String, Vec<(f64, f64)>)> {
        let mut lines: Vec<(String, Vec<(f64, f64)>)> = Vec::new();
        for row in &self.rows {
            let name = row.line(self.axis);
            let value = row.measured().and_then(|it| (figure.of)(it));
            let place = lines.iter().position(|it| it.0 == name).unwrap_or_else(|| {
                lines.push((name, Vec::new()));
                lines.len() - 1
            });
            if let (Some(x), Some(y)) = (row.x, value) {
                lines[place].1.push((x, y));
            }
        }
        for (_, points) in &mut lines {
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        lines
    }

    /// The name of what is on the axis.
    pub fn axis_name(&self) -> &str {
        let name = self.axis.and_then(|axis| self.fields.get(axis)).map_or("", String::as_str);
        short(name)
    }
}

/// A field's name without the path to it, but for what is called `processes`.
pub fn short(field: &str) -> &str {
    if field == "clients.processes" {
        return "clients";
    }
    field.rsplit('.').next().unwrap_or(field)
}

/// What a figure is, and so how it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A number of things.
    Count,
    /// A mean number of things.
    Mean,
    /// Bytes.
    Bytes,
    /// Microseconds.
    Time,
    /// A part of one.
    Part,
}

/// One number of a row.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// Its name in JSON and CSV.
    pub key: &'static str,
    /// The heading of its column.
    pub head: &'static str,
    /// What it is, in words.
    pub title: &'static str,
    /// How it is written.
    pub unit: Unit,
    /// The number.
    pub of: fn(&Measured) -> Option<f64>,
}

const fn figure(
    key: &'static str,
    head: &'static str,
    title: &'static str,
    unit: Unit,
    of: fn(&Measured) -> Option<f64>,
) -> Figure {
    Figure { key, head, title, unit, of }
}

fn handover(of: &Measured) -> Option<Percentiles> {
    Percentiles::of(&of.handovers)
}

fn wait(of: &Measured) -> Option<Percentiles> {
    Percentiles::of(&of.waits)
}

/// All figures, in the order of the table.
pub const FIGURES: [Figure; 16] = [
    figure("requests_per_section", "requests", "requests for each section", Unit::Mean, |it| {
        it.each(it.requests)
    }),
    figure(
        "notifications_per_section",
        "notified",
        "notifications for each section",
        Unit::Mean,
        |it| it.each(it.notifications),
    ),
    figure("bytes_per_section", "bytes", "bytes on the wire for each section", Unit::Bytes, |it| {
        it.each(it.bytes)
    }),
    figure(
        "most_woken",
        "most woken",
        "clients that one change wakes at most",
        Unit::Count,
        |it| Some(it.worst.as_ref().map_or(0.0, |worst| worst.woken as f64)),
    ),
    figure("handover_p50_us", "handover p50", "handover, median", Unit::Time, |it| {
        handover(it).map(|it| it.p50 as f64)
    }),
    figure("handover_p99_us", "p99", "handover, 99th percentile", Unit::Time, |it| {
        handover(it).map(|it| it.p99 as f64)
    }),
    figure("handover_max_us", "max", "handover, longest", Unit::Time, |it| {
        handover(it).map(|it| it.max as f64)
    }),
    figure("wait_p50_us", "wait p50", "wait, median", Unit::Time, |it| {
        wait(it).map(|it| it.p50 as f64)
    }),
    figure("wait_p99_us", "p99", "wait, 99th percentile", Unit::Time, |it| {
        wait(it).map(|it| it.p99 as f64)
    }),
    figure("wait_max_us", "max", "wait, longest", Unit::Time, |it| {
        wait(it).map(|it| it.max as f64)
    }),
    figure("overtakings", "overtaken", "how often somebody was overtaken", Unit::Count, |it| {
        Some(it.overtakings as f64)
    }),
    figure("sessions_ended", "ended", "sessions that ended on their clients", Unit::Count, |it| {
        Some(it.sessions_ended as f64)
    }),
    figure(
        "utilisation",
        "busy",
        "part of the time that the busiest server was busy",
        Unit::Part,
        Measured::utilisation,
    ),
    figure("queue", "queue", "most requests that waited for a server", Unit::Count, |it| {
        Some(it.queue as f64)
    }),
    figure(
        "sections_per_second",
        "a second",
        "sections a second",
        Unit::Mean,
        Measured::throughput,
    ),
    figure("violated_runs", "violated", "runs that violate a property", Unit::Count, |it| {
        Some(it.violated.len() as f64)
    }),
];

/// The figure of that name.
pub(super) fn of_key(key: &str) -> Figure {
    *FIGURES.iter().find(|it| it.key == key).unwrap_or(&FIGURES[0])
}

impl Unit {
    /// A number with its unit, to three digits.
    pub fn shown(self, value: f64) -> String {
        match self {
            Self::Count => words::count(value.round() as u64),
            Self::Mean => mean(value),
            Self::Bytes => bytes(value),
            Self::Time => time(value),
            Self::Part => format!("{:.*} %", usize::from(value < 0.1), value * 100.0),
        }
    }
}

impl Unit {
    /// A round number at an axis.
    pub(super) fn mark(self, value: f64) -> String {
        let (scale, unit) = match self {
            Self::Count | Self::Mean => (1.0, ""),
            Self::Bytes if value >= 1e6 => (1e6, " MB"),
            Self::Bytes if value >= 1e3 => (1e3, " kB"),
            Self::Bytes => (1.0, " B"),
            Self::Time if value >= 1e6 => (1e6, " s"),
            Self::Time if value >= 1e3 => (1e3, " ms"),
            Self::Time => (1.0, " µs"),
            Self::Part => (0.01, " %"),
        };
        let number = (value / scale * 1000.0).round() / 1000.0;
        if number.fract() == 0.0 {
            return format!("{}{unit}", words::count(number as u64));
        }
        format!("{number}{unit}")
    }
}

fn mean(value: f64) -> String {
    if value >= 1000.0 {
        return words::count(value.round() as u64);
    }
    let decimals = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.decimals$}")
}

fn bytes(value: f64) -> String {
    let scaled = [("MB", 1e6), ("kB", 1e3)].into_iter().find(|it| value >= it.1);
    match scaled {
        Some((unit, of)) => format!("{} {unit}", mean(value / of)),
        None => format!("{value:.0} B"),
    }
}

/// A time to three digits, so that what is noise is not read.
fn time(us: f64) -> String {
    if us < 1000.0 {
        return format!("{us:.0} µs");
    }
    if us < 1e6 {
        return format!("{} ms", mean(us / 1000.0));
    }
    if us < 120e6 {
        return format!("{} s", mean(us / 1e6));
    }
    words::time(Micros((us / 1e6).round() as i64 * 1_000_000))
}
