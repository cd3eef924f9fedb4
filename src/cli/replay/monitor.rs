//! A MONITOR log, with what the model says to it.

use serde_json::{Value, json};

use super::super::failure::Failure;
use super::super::output::{BAD, FAINT, Output};
use crate::shell::redis::pretty;
use crate::store::redis::{Bytes, Reply};
use crate::trace::recorded::monitor::{Driven, From, Shown, What};
use crate::trace::recorded::redis::{write_command, write_reply};
use crate::visible;

/// The longest word that is shown in full.
const LONGEST: usize = 60;

/// Shows every line, and under it what the model says.
pub(super) fn show(driven: &Driven, output: &mut Output<'_>) -> Result<(), Failure> {
    for Shown { at, what } in &driven.shown {
        let (seconds, micros) = (at.0 / 1_000_000, at.0 % 1_000_000);
        let time = format!("{seconds:>5}.{micros:06}");
        match what {
            What::Line(entry) => {
                let words: Vec<Bytes> = entry.words.iter().map(shortened).collect();
                let command = write_command(&words);
                let (db, from) = (entry.db, visible::line(name(&entry.from)));
                writeln!(output.out(), "{time} [{db} {from}] {command}")?;
            }
            What::Reply(_, reply) => below(&pretty(reply), "", output)?,
            What::Push(to, reply) => below(&pretty(reply), &format!("to {}: ", name(to)), output)?,
            What::Blocks(_) => below("(waits)", "", output)?,
            What::Expired(db, key) => {
                writeln!(
                    output.out(),
                    "{FAINT}{time} [{}] expired: {}{FAINT:#}",
                    visible::line(&db.to_text()),
                    write_command(std::slice::from_ref(key))
                )?;
            }
            What::NotDriven(why) => below(&format!("(not driven: {why})"), "", output)?,
            What::Differs { recorded, model } => {
                let nothing = || "nothing".to_owned();
                let recorded = recorded.clone().unwrap_or_else(nothing);
                let model = model.clone().unwrap_or_else(nothing);
                let (recorded, model) = (visible::line(&recorded), visible::line(&model));
                writeln!(output.out(), "{BAD}             the log has {recorded}{BAD:#}")?;
                writeln!(output.out(), "{BAD}             the model runs {model}{BAD:#}")?;
            }
        }
    }
    Ok(())
}

fn below(text: &str, before: &str, output: &mut Output<'_>) -> Result<(), Failure> {
    for (number, line) in text.trim_end().lines().enumerate() {
        let before = if number == 0 { before } else { "" };
        let (before, line) = (visible::line(before), visible::line(line));
        writeln!(output.out(), "             {FAINT}{before}{line}{FAINT:#}")?;
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
        What::Differs { recorded, model } => {
            json!({"at": at, "differs": {"recorded": recorded, "model": model}})
        }
    }
}
