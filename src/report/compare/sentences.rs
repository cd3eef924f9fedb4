//! What the numbers say, in words.

use super::growth::Growth;
use super::{Comparison, Figure, Unit, of_key};
use crate::report::words;

/// The figures that sentences are about.
const TOLD: [&str; 3] = ["handover_p50_us", "notifications_per_section", "requests_per_section"];

/// More strategies than this are told by their best and their worst.
const MOST: usize = 4;

/// What the comparison shows, each a sentence or two.
pub fn sentences(comparison: &Comparison) -> Vec<String> {
    let told = TOLD.iter().filter_map(|key| of_figure(comparison, &of_key(key)));
    let mut all: Vec<String> = told.collect();
    all.extend(violations(comparison));
    all.extend(quiet(comparison));
    all
}

/// The last point of a line.
fn last(points: &[(f64, f64)]) -> (f64, f64) {
    points.last().copied().unwrap_or_default()
}

fn of_figure(comparison: &Comparison, figure: &Figure) -> Option<String> {
    let lines = comparison.lines(figure);
    let mut lines: Vec<_> = lines.into_iter().filter(|it| !it.1.is_empty()).collect();
    if lines.is_empty() {
        return without_axis(comparison, figure);
    }
    if lines.iter().all(|(_, points)| points.len() < 2) && lines.len() < 2 {
        return None;
    }
    lines.sort_by(|a, b| last(&a.1).1.total_cmp(&last(&b.1).1));
    if lines.len() > MOST {
        // The best and the worst, and how many lie between.
        let worst = lines.pop()?;
        lines.truncate(1);
        lines.push(worst);
    }
    if lines.iter().all(|(_, points)| points.iter().all(|it| it.1 == 0.0)) {
        return None;
    }
    let parts: Vec<String> =
        lines.iter().map(|(name, points)| part(name, points, figure, comparison)).collect();
    let mut text = format!("{}: {}", capital(figure.title), parts.join("; "));
    if let (Some(best), Some(worst)) = (lines.first(), lines.last()) {
        let (best_at, worst_at) = (last(&best.1), last(&worst.1));
        if best_at.0.total_cmp(&worst_at.0).is_eq() && best_at.1 > 0.0 && lines.len() > 1 {
            let ratio = worst_at.1 / best_at.1;
            if ratio >= 1.2 {
                let (times, much) = (ratio_in_words(ratio), as_much(figure.unit));
                let at = capital(&at(comparison, worst_at.0));
                let verb = if figure.unit == Unit::Time { "takes" } else { "has" };
                text.push_str(&format!(
                    ". {at} {} {verb} {times} as {much} as {}",
                    worst.0, best.0
                ));
                text.push_str(&in_all(comparison, figure, &worst.0));
            }
        }
    }
    text.push('.');
    Some(text)
}

/// How notifications grow in all, and not for each section.
fn in_all(comparison: &Comparison, figure: &Figure, name: &str) -> String {
    if figure.key != "notifications_per_section" {
        return String::new();
    }
    let total = Figure { of: |it| Some(it.notifications as f64 / it.runs as f64), ..*figure };
    let lines = comparison.lines(&total);
    let Some((_, points)) = lines.iter().find(|it| it.0 == name) else { return String::new() };
    let (first, end) = (points[0], last(points));
    match Growth::of(points) {
        Some(Growth::Constant) | None => String::new(),
        Some(growth) => format!(
            "; in all these are {} and {}: {}",
            words::count(first.1 as u64),
            words::count(end.1 as u64),
            growth.name()
        ),
    }
}

/// What never happened.
fn quiet(comparison: &Comparison) -> Option<String> {
    let nowhere = super::table::nowhere(comparison);
    if nowhere.is_empty() || comparison.rows.iter().all(|row| row.measured().is_none()) {
        return None;
    }
    let said = nowhere.iter().map(|key| match *key {
        "violated_runs" => "no run violates a property",
        "overtakings" => "nobody is overtaken",
        _ => "no client loses its session",
    });
    let said: Vec<String> = said.map(str::to_owned).collect();
    Some(capital(&format!("{}.", words::list(&said))))
}

/// One strategy along the axis.
fn part(name: &str, points: &[(f64, f64)], figure: &Figure, comparison: &Comparison) -> String {
    let shown = |value| figure.unit.shown(value);
    let (first, end) = (points[0], last(points));
    if points.len() < 2 {
        return format!("{name} {}", shown(end.1));
    }
    let from_to = format!(
        "from {} {} to {} {}",
        shown(first.1),
        at(comparison, first.0),
        shown(end.1),
        at(comparison, end.0)
    );
    let (low, high) =
        points.iter().fold((f64::MAX, 0.0_f64), |range, it| (range.0.min(it.1), range.1.max(it.1)));
    if high == 0.0 {
        return format!("{name} none");
    }
    match Growth::of(points) {
        Some(Growth::Constant) if shown(low) == shown(high) || high <= low * 1.05 => {
            let every =
                if counts(comparison) { "number of clients" } else { comparison.axis_name() };
            format!("{name} {} at every {every}", shown(end.1))
        }
        Some(Growth::Constant) => {
            format!("{name} stays between {} and {}", shown(low), shown(high))
        }
        Some(Growth::Falling(_)) => format!("{name} falls, {from_to}"),
        Some(growth) => format!("{name} grows {}, {from_to}", growth.manner()),
        None => format!("{name} {from_to}"),
    }
}

/// Whether the axis counts clients.
fn counts(comparison: &Comparison) -> bool {
    comparison.axis_name() == "clients"
}

/// A place on the axis: `at 1,000 clients`, `at ttl 30s`.
fn at(comparison: &Comparison, x: f64) -> String {
    if counts(comparison) {
        return format!("at {} clients", number(x));
    }
    let row = comparison.rows.iter().find(|row| row.x.is_some_and(|it| it.total_cmp(&x).is_eq()));
    let value = comparison.axis.and_then(|axis| row?.values.get(axis));
    format!("at {} {}", comparison.axis_name(), value.map_or("", String::as_str))
}

/// Rows that differ in no number: the best and the worst of them.
fn without_axis(comparison: &Comparison, figure: &Figure) -> Option<String> {
    let value = |row: &super::Row| Some((row.line(None), (figure.of)(row.measured()?)?));
    let mut rows: Vec<(String, f64)> = comparison.rows.iter().filter_map(value).collect();
    rows.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (best, worst) = (rows.first()?, rows.last()?);
    if rows.len() < 2 || worst.1 < best.1 * 1.2 {
        return None;
    }
    let shown = |value| figure.unit.shown(value);
    let mut text = format!(
        "{}: {} with {}, {} with {}",
        capital(figure.title),
        shown(best.1),
        best.0,
        shown(worst.1),
        worst.0
    );
    if best.1 > 0.0 {
        let (times, much) = (ratio_in_words(worst.1 / best.1), as_much(figure.unit));
        text.push_str(&format!(", {times} as {much}"));
    }
    text.push('.');
    Some(text)
}

fn violations(comparison: &Comparison) -> Option<String> {
    let mut told = Vec::new();
    for row in &comparison.rows {
        let Some(measured) = row.measured().filter(|it| !it.violated.is_empty()) else { continue };
        let (seed, property) = measured.violated[0];
        let runs = words::counted(measured.runs, "run");
        let of = format!("{} of {runs}", words::count(measured.violated.len() as u64));
        let values: Vec<String> = comparison
            .fields
            .iter()
            .zip(&row.values)
            .map(|(field, it)| format!("{} {it}", super::short(field)))
            .collect();
        let at =
            if values.is_empty() { String::new() } else { format!(" at {}", values.join(", ")) };
        told.push(format!(
            "{}{at} violates {property} in {of}, first with seed {seed}",
            row.strategy
        ));
    }
    let more = told.len().saturating_sub(MOST);
    told.truncate(MOST);
    if more > 0 {
        told.push(format!("{more} rows more violate something"));
    }
    (!told.is_empty()).then(|| format!("{}.", told.join("; ")))
}

fn as_much(unit: Unit) -> &'static str {
    match unit {
        Unit::Time => "long",
        Unit::Count | Unit::Mean => "many",
        Unit::Bytes | Unit::Part => "much",
    }
}

/// `16 times`, `1.4 times`.
fn ratio_in_words(ratio: f64) -> String {
    if ratio >= 10.0 {
        return format!("{} times", words::count(ratio.round() as u64));
    }
    format!("{ratio:.1} times")
}

/// A number of the axis.
pub(super) fn number(value: f64) -> String {
    if value.fract() == 0.0 { words::count(value as u64) } else { format!("{value}") }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
