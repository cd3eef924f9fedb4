//! A comparison as JSON and as CSV.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::output::Output;
use super::Arguments;
use crate::report::compare::{Comparison, FIGURES, Growth, sentences, slope};

#[derive(Serialize)]
struct Compare<'c> {
    command: &'static str,
    title: &'c str,
    /// The first seed, and how many.
    seed: u64,
    seeds: u64,
    /// The varied fields.
    fields: &'c [String],
    /// Which of them is a number that growth is measured along.
    #[serde(skip_serializing_if = "Option::is_none")]
    axis: Option<&'c str>,
    rows: Vec<Value>,
    growth: Vec<Value>,
    sentences: Vec<String>,
    exit: u8,
}

pub(super) fn write(
    comparison: &Comparison,
    arguments: &Arguments,
    exit: Exit,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    output.write_json(&Compare {
        command: "compare",
        title: &comparison.title,
        seed: arguments.seed,
        seeds: arguments.seeds,
        fields: &comparison.fields,
        axis: comparison.axis.and_then(|axis| comparison.fields.get(axis)).map(String::as_str),
        rows: comparison.rows.iter().map(|row| self::row(comparison, row)).collect(),
        growth: growth(comparison),
        sentences: sentences(comparison),
        exit: exit.code(),
    })
}

fn row(comparison: &Comparison, row: &crate::report::compare::Row) -> Value {
    let mut fields = Map::new();
    fields.insert("strategy".to_owned(), json!(row.strategy));
    let values = comparison.fields.iter().cloned().zip(row.values.iter().map(|it| json!(it)));
    fields.insert("values".to_owned(), Value::Object(values.collect()));
    match &row.came {
        Err(why) => drop(fields.insert("not_compared".to_owned(), json!(why))),
        Ok(measured) => {
            for figure in FIGURES {
                let value = (figure.of)(measured).map_or(Value::Null, rounded);
                fields.insert(figure.key.to_owned(), value);
            }
            fields.insert("runs".to_owned(), json!(measured.runs));
            fields.insert("sections".to_owned(), json!(measured.entries));
            fields.insert("requests".to_owned(), json!(measured.requests));
            fields.insert("notifications".to_owned(), json!(measured.notifications));
            if let Some(worst) = &measured.worst {
                let change = json!({
                    "woken": worst.woken, "by": worst.by, "at_us": worst.at.0, "seed": worst.seed,
                });
                fields.insert("worst_change".to_owned(), change);
            }
            let violated = measured.violated.iter();
            let violated: Vec<Value> = violated
                .map(|(seed, property)| json!({"seed": seed, "property": property}))
                .collect();
            fields.insert("violated".to_owned(), json!(violated));
            fields.insert("cut_runs".to_owned(), json!(measured.cut));
        }
    }
    Value::Object(fields)
}

/// Whole numbers as such, others to six digits after the point: enough, and the same on every machine.
fn rounded(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        return json!(value as i64);
    }
    json!((value * 1e6).round() / 1e6)
}

fn growth(comparison: &Comparison) -> Vec<Value> {
    let mut all = Vec::new();
    for figure in FIGURES {
        for (strategy, points) in comparison.lines(&figure) {
            if let Some(growth) = Growth::of(&points) {
                let exponent = slope(&points).map(|it| (it * 1000.0).round() / 1000.0);
                all.push(json!({
                    "strategy": strategy, "figure": figure.key, "growth": growth.name(), "exponent": exponent,
                }));
            }
        }
    }
    all
}

/// One line a row; what is not known is empty.
pub(super) fn csv(comparison: &Comparison, output: &mut Output<'_>) -> Result<(), Failure> {
    let quoted = |text: &str| {
        if text.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let mut head = vec!["strategy".to_owned()];
    head.extend(comparison.fields.iter().map(|it| quoted(it)));
    head.extend(FIGURES.iter().map(|it| it.key.to_owned()));
    head.extend(["runs", "sections", "not_compared"].map(str::to_owned));
    writeln!(output.out(), "{}", head.join(","))?;
    for row in &comparison.rows {
        let mut cells = vec![quoted(&row.strategy)];
        cells.extend(row.values.iter().map(|it| quoted(it)));
        let of = |value: Option<f64>| value.map(rounded).map_or(String::new(), |it| it.to_string());
        cells.extend(
            FIGURES.iter().map(|it| of(row.measured().and_then(|measured| (it.of)(measured)))),
        );
        let counts = row.measured().map_or([String::new(), String::new()], |it| {
            [it.runs.to_string(), it.entries.to_string()]
        });
        cells.extend(counts);
        cells.push(row.came.as_ref().err().map_or(String::new(), |why| quoted(why)));
        writeln!(output.out(), "{}", cells.join(","))?;
    }
    Ok(())
}
