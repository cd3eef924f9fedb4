//! What was found of a margin: in words, and as JSON.

use serde_json::{Value, json};

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::field::Text;
use super::super::output::{BAD, FAINT, GOOD, Output, TITLE};
use super::margin::{Adds, Flip, Margin, Measure};
use super::probe::Kind;
use super::witness::line;
use crate::report::words;
use crate::visible;

/// Tells all margins: one of a field alone, or one for each value of a second field.
pub(super) fn tell(
    text: &Text,
    margins: &[(Option<String>, Margin)],
    second: Option<&String>,
    (exit, searches): (Exit, u64),
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    if output.json {
        let all: Vec<Value> =
            margins.iter().map(|(at, margin)| json(at.as_ref(), margin)).collect();
        return output.write_json(&json!({
            "command": "check", "path": text.path, "second": second, "margins": all,
            "searches": searches, "exit": exit.code(),
        }));
    }
    if let Some(title) = text.get("title").and_then(Value::as_str) {
        output.text(anstyle::Style::new(), &visible::line(title))?;
    }
    output.text(FAINT, &text.path)?;
    writeln!(output.out())?;
    match (margins, second) {
        ([(None, margin)], None) => one(margin, output)?,
        (_, Some(second)) => table(margins, second, output)?,
        _ => {}
    }
    let unknown: usize = margins.iter().map(|it| it.1.unknown).sum();
    if unknown > 0 {
        let values = words::counted(unknown as u64, "value");
        line(
            "note",
            &format!("not known at {values}: a limit was hit; --states N looks at more"),
            output,
        )?;
    } else if exit == Exit::Inconclusive {
        line("note", "Ctrl-C ended it before all was searched", output)?;
    }
    line("searched", &words::counted(searches, "model"), output)
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Holds => "holds",
        Kind::Violated => "violated",
        Kind::Vacuous => "vacuous",
        Kind::Cut => "cut",
        Kind::Refused => "refused",
    }
}

/// `holds up to 6 s, violated from 6.001 s`.
fn sides(margin: &Margin, flip: &Flip) -> String {
    let shown = |value| margin.varied.measure.text(value);
    let (below, above) = (flip.below, flip.above);
    format!("{} up to {}, {} from {}", name(below.1), shown(below.0), name(above.1), shown(above.0))
}

/// What the value adds up to.
fn sum(margin: &Margin, flip: &Flip) -> Option<String> {
    let Adds { value, sum, last } = flip.sum.as_ref()?;
    let last = match last {
        0 => "",
        1.. => " and the millisecond through which Redis keeps a key whose time is over",
        _ => " less the millisecond through which Redis keeps a key whose time is over",
    };
    Some(format!("{} is {}{last}", margin.varied.measure.text(*value), sum.text()))
}

/// Whether the step beyond the sum is the store's.
fn is_a_keys_last(margin: &Margin, flip: &Flip) -> bool {
    let at_sum = flip.sum.as_ref().is_some_and(|it| it.value == flip.below.0 && it.last == 0);
    margin.on_redis && at_sum && margin.varied.measure == Measure::Time(1000)
}

/// What the millisecond is by which both sides differ.
const LAST: &str =
    "the millisecond more is the one through which Redis keeps a key whose time is over";

fn one(margin: &Margin, output: &mut Output<'_>) -> Result<(), Failure> {
    let varied = &margin.varied;
    let shown = |value| varied.measure.text(value);
    let now = varied.now.map_or("any".to_owned(), shown);
    output.text(TITLE, &format!("MARGIN  {}, now {now}", visible::line(&varied.path)))?;
    for flip in &margin.flips {
        let mut text = sides(margin, flip);
        if let Some((property, faults)) = &flip.violated {
            let faults = words::counted(u64::from(*faults), "fault");
            text.push_str(&format!(" ({property}, with {faults})"));
        }
        output.text(GOOD, &text)?;
        if let Some(sum) = sum(margin, flip) {
            let last =
                if is_a_keys_last(margin, flip) { format!("; {LAST}") } else { String::new() };
            line("because", &format!("{sum}{last}"), output)?;
        }
    }
    let (Some(first), Some(last)) = (margin.tried.first(), margin.tried.last()) else {
        return line("verdict", "nothing was searched", output);
    };
    let range = format!("from {} to {}", shown(first.0), shown(last.0));
    match margin.flips.len() {
        0 => {
            output
                .text(GOOD, &format!("{} at every value that was tried, {range}", name(first.1)))?;
        }
        1 => {
            let values = words::counted(margin.tried.len() as u64, "value");
            line("tried", &format!("{values} {range}: the verdict changes nowhere else"), output)?;
        }
        many => {
            let text = format!(
                "not monotone: the verdict changes {many} times {range}; between values that agree others may differ"
            );
            output.text(BAD, &text)?;
        }
    }
    Ok(())
}

fn table(
    margins: &[(Option<String>, Margin)],
    second: &str,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let Some((_, first)) = margins.first() else { return Ok(()) };
    let head = format!("MARGIN  {} at values of {}", first.varied.path, second);
    output.text(TITLE, &visible::line(&head))?;
    let wide = margins.iter().filter_map(|it| it.0.as_ref()).map(|it| it.chars().count());
    let wide = wide.max().unwrap_or(0);
    for (at, margin) in margins {
        let at = at.as_deref().unwrap_or("");
        let told: Vec<String> = match margin.flips.as_slice() {
            [] => {
                let kind = margin.tried.first().map_or("nothing was searched", |it| name(it.1));
                vec![format!("{kind} at every value that was tried")]
            }
            flips => flips
                .iter()
                .map(|flip| {
                    let sum = sum(margin, flip).map(|it| format!(": {it}")).unwrap_or_default();
                    format!("{}{sum}", sides(margin, flip))
                })
                .collect(),
        };
        let width = super::super::surroundings::width().saturating_sub(wide + 4);
        for (row, told) in told.iter().enumerate() {
            let at = if row == 0 { at } else { "" };
            for (part, text) in crate::report::wrapped(told, width).iter().enumerate() {
                let at = if part == 0 { at } else { "" };
                writeln!(output.out(), "  {at:>wide$}  {}", text.trim_start())?;
            }
        }
    }
    if margins.iter().any(|(_, margin)| margin.flips.iter().any(|it| is_a_keys_last(margin, it))) {
        line("note", LAST, output)?;
    }
    Ok(())
}

fn json(at: Option<&String>, margin: &Margin) -> Value {
    let varied = &margin.varied;
    let side = |(value, kind): (i64, Kind)| json!({"value": varied.measure.value(value), "verdict": name(kind)});
    let flips: Vec<Value> = margin
        .flips
        .iter()
        .map(|flip| {
            json!({
                "below": side(flip.below), "above": side(flip.above),
                "exact": flip.above.0 - flip.below.0 <= 1,
                "violated": flip.violated.as_ref().map(|it| json!({"property": it.0, "deviations": it.1})),
                "adds_up": flip.sum.as_ref().map(|Adds { value, sum, last }| json!({
                    "value": varied.measure.value(*value), "last_milliseconds": last,
                    "terms": sum.0.iter().map(|(times, it)| json!({"times": times, "field": it.name, "us": it.span.0})).collect::<Vec<_>>(),
                })),
            })
        })
        .collect();
    json!({
        "at": at, "field": varied.path, "now": varied.now.map(|it| varied.measure.value(it)),
        "flips": flips, "monotone": margin.flips.len() <= 1, "not_known": margin.unknown,
        "tried": margin.tried.iter().map(|it| side(*it)).collect::<Vec<_>>(),
    })
}
