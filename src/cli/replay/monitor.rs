//! A MONITOR log, with what the model says to it.

use serde::Serialize;
use serde_json::{Value, json};

use super::super::failure::Failure;
use super::super::output::{BAD, FAINT, GOOD, Output};
use super::report::JsonBad;
use crate::shell::redis::pretty;
use crate::store::redis::{Bytes, Reply};
use crate::trace::BadRecording;
use crate::trace::recorded::RuleUse;
use crate::trace::recorded::monitor::{Counts, Driven, From, Shown, Skipped, What};
use crate::trace::recorded::redis::{write_command, write_reply};
use crate::visible;

/// Stands before what belongs to the line above.
const LEFT: &str = "             ";
/// The longest word that is shown in full.
const LONGEST: usize = 60;

/// Shows every line, and under it what the model says.
pub(super) fn show(driven: &Driven, output: &mut Output<'_>) -> Result<(), Failure> {
    let last = driven.shown.iter().rev().find_map(|shown| match &shown.what {
        What::Line(entry) => Some(entry.line),
        _ => None,
    });
    let width = last.unwrap_or(0).to_string().len();
    let blank = " ".repeat(width);
    for Shown { clock, what, .. } in &driven.shown {
        let (seconds, micros) = (clock.0.div_euclid(1_000_000), clock.0.rem_euclid(1_000_000));
        let time = format!("{seconds}.{micros:06}");
        match what {
            What::Line(entry) => {
                let words: Vec<Bytes> = entry.words.iter().map(shortened).collect();
                let command = write_command(&words);
                let (db, from) = (entry.db, visible::line(name(&entry.from)));
                let line = entry.line;
                writeln!(
                    output.out(),
                    "{FAINT}{line:>width$}{FAINT:#}  {time} [{db} {from}] {command}"
                )?;
            }
            What::Reply(_, reply) => below(&pretty(reply), "", output)?,
            What::Push(to, reply) => below(&pretty(reply), &format!("to {}: ", name(to)), output)?,
            What::Blocks(_) => below("(waits)", "", output)?,
            What::Expired(db, key) => {
                writeln!(
                    output.out(),
                    "{FAINT}{blank}  {time} [{}] expired: {}{FAINT:#}",
                    visible::line(&db.to_text()),
                    write_command(std::slice::from_ref(key))
                )?;
            }
            What::NotDriven(why) => below(&format!("(not executed: {why})"), "", output)?,
            What::NotModelled => below("(not modelled: nothing is done)", "", output)?,
            What::Applied => {
                below("(this script is not in the log: what its lines did is done)", "", output)?;
            }
            What::Differs { recorded, model } => {
                let nothing = || "nothing".to_owned();
                let recorded = recorded.clone().unwrap_or_else(nothing);
                let model = model.clone().unwrap_or_else(nothing);
                let (recorded, model) = (visible::line(&recorded), visible::line(&model));
                writeln!(output.out(), "{BAD}{LEFT}the log has {recorded}{BAD:#}")?;
                writeln!(output.out(), "{BAD}{LEFT}the model runs {model}{BAD:#}")?;
            }
        }
    }
    Ok(())
}

fn below(text: &str, before: &str, output: &mut Output<'_>) -> Result<(), Failure> {
    for (number, line) in text.trim_end().lines().enumerate() {
        let before = if number == 0 { before } else { "" };
        let (before, line) = (visible::line(before), visible::line(line));
        writeln!(output.out(), "{LEFT}{FAINT}{before}{line}{FAINT:#}")?;
    }
    Ok(())
}

fn shortened(word: &Bytes) -> Bytes {
    let text = word.to_text();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]).into(),
        None => word.clone(),
    }
}

fn name(from: &From) -> &str {
    match from {
        From::Client(address) => address,
        From::Script => "lua",
    }
}

/// The same as JSON, one value for each line and for each thing that happened.
pub(super) fn json(driven: &Driven) -> Vec<Value> {
    driven.shown.iter().map(one).collect()
}

fn one(shown: &Shown) -> Value {
    let at = shown.at.0;
    let mut value = told(shown, at);
    value["clock_us"] = json!(shown.clock.0);
    value
}

fn told(shown: &Shown, at: i64) -> Value {
    let words = |words: &[Bytes]| {
        words.iter().map(|word| write_reply(&Reply::Bulk(word.clone()))).collect::<Value>()
    };
    match &shown.what {
        What::Line(entry) => json!({
            "at": at, "line": entry.line, "db": entry.db, "client": name(&entry.from),
            "call": words(&entry.words),
        }),
        What::Reply(to, reply) => {
            json!({"at": at, "client": name(to), "reply": write_reply(reply)})
        }
        What::Push(to, reply) => json!({"at": at, "client": name(to), "push": write_reply(reply)}),
        What::Blocks(client) => json!({"at": at, "client": name(client), "blocked": true}),
        What::Expired(db, key) => {
            json!({"at": at, "db": db.to_text(), "expired": write_reply(&Reply::Bulk(key.clone()))})
        }
        What::NotDriven(why) => json!({"at": at, "not_driven": why}),
        What::NotModelled => json!({"at": at, "not_modelled": true}),
        What::Applied => json!({"at": at, "lua_lines_applied": true}),
        What::Differs { recorded, model } => {
            json!({"at": at, "differs": {"recorded": recorded, "model": model}})
        }
    }
}

/// Says what became of the commands of a log.
pub(super) fn counts(driven: &Driven, name: &str, output: &mut Output<'_>) -> Result<(), Failure> {
    row(&driven.counts, name, output)?;
    let Skipped { count, first } = &driven.skipped;
    if *count > 0 {
        let lines = if *count == 1 { "1 line" } else { &format!("{count} lines") };
        writeln!(output.out(), "        {lines} could not be read and are passed over:")?;
        for bad in first {
            writeln!(output.out(), "          line {bad}")?;
        }
        if *count > first.len() as u64 {
            writeln!(output.out(), "          and {} more", count - first.len() as u64)?;
        }
    }
    Ok(())
}

/// Says what became of the commands of several logs.
pub(super) fn total(counts: &Counts, logs: usize, output: &mut Output<'_>) -> Result<(), Failure> {
    row(counts, &format!("total of {logs} logs"), output)
}

fn row(counts: &Counts, name: &str, output: &mut Output<'_>) -> Result<(), Failure> {
    let Counts { executed, not_modelled, not_shown, lua_equal, lua_applied, different, .. } =
        counts;
    let style = if *different > 0 { BAD } else { GOOD };
    write!(output.out(), "{executed:>7} executed {lua_equal:>7} Lua lines equal ")?;
    write!(output.out(), "{style}{different:>5} different{style:#}")?;
    for (count, what) in [
        (lua_applied, "Lua lines applied"),
        (not_modelled, "not modelled"),
        (not_shown, "not shown in the log"),
        (&counts.went_back, "times the clock goes back"),
    ] {
        if *count > 0 {
            write!(output.out(), "  {count} {what}")?;
        }
    }
    write!(output.out(), "  {name}")?;
    let rules: Vec<String> = counts
        .rules
        .iter()
        .map(|(rule, RuleUse { used, eligible })| format!("{rule} {used}/{eligible}"))
        .collect();
    if !rules.is_empty() {
        write!(output.out(), "  {FAINT}{}{FAINT:#}", rules.join(", "))?;
    }
    writeln!(output.out())?;
    Ok(())
}

/// What became of the commands, as JSON.
#[derive(Serialize)]
pub(super) struct JsonCounts {
    executed: u64,
    not_modelled: u64,
    not_shown: u64,
    lua_equal: u64,
    lua_applied: u64,
    different: u64,
    clock_went_back: u64,
}

impl JsonCounts {
    pub(super) fn of(counts: &Counts) -> Self {
        let Counts {
            executed,
            not_modelled,
            not_shown,
            lua_equal,
            lua_applied,
            different,
            went_back,
            ..
        } = *counts;
        let clock_went_back = went_back;
        Self {
            executed,
            not_modelled,
            not_shown,
            lua_equal,
            lua_applied,
            different,
            clock_went_back,
        }
    }
}

/// The lines that could not be read, as JSON.
#[derive(Serialize)]
pub(super) struct JsonSkipped<'r> {
    lines: u64,
    first: Vec<JsonBad<'r>>,
}

impl<'r> JsonSkipped<'r> {
    pub(super) fn of(skipped: &'r Skipped) -> Self {
        let first = skipped.first.iter();
        let bad = |bad: &'r BadRecording| JsonBad {
            line: bad.line,
            column: bad.column,
            message: &bad.message,
        };
        Self { lines: skipped.count, first: first.map(bad).collect() }
    }
}
