//! Recordings of real servers and logs of MONITOR as lines that people read: when, who, what, and what came of it.

use serde_json::Value;

use super::words;
use crate::store::redis::Reply;
use crate::time::Micros;
use crate::trace::Line;
use crate::trace::recorded::monitor::{Driven, From, What};
use crate::trace::recorded::redis::{write_command, write_reply};
use crate::visible;

/// A line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heard {
    /// When (µs since the recording began).
    pub at: Micros,
    /// The line of the file, from 1; 0 of what the model adds.
    pub line: usize,
    /// Who: a client, or nobody.
    pub who: String,
    /// What happens.
    pub text: String,
    /// The words of the request: keys and paths are among them.
    pub about: Vec<String>,
}

/// The lines of a log, with what the model answers and what expires in it.
pub fn of_monitor(driven: &Driven) -> Vec<Heard> {
    let mut all: Vec<Heard> = Vec::new();
    for shown in &driven.shown {
        let mut add = |line: usize, who: &str, text: String, about: Vec<String>| {
            all.push(Heard { at: shown.at, line, who: seen(who), text: seen(&text), about });
        };
        match &shown.what {
            What::Line(entry) => {
                let about = entry.words.iter().skip(1).map(crate::store::redis::Bytes::to_text);
                add(entry.line, name(&entry.from), write_command(&entry.words), about.collect());
            }
            What::Reply(_, reply) => {
                let text = answer(reply);
                if let Some(last) = all.last_mut() {
                    last.text += &seen(&format!(" → {text}"));
                }
            }
            What::Push(to, reply) => {
                add(0, name(to), format!("hears {}", answer(reply)), Vec::new());
            }
            What::Blocks(who) => add(0, name(who), "waits".to_owned(), Vec::new()),
            What::Expired(_, key) => {
                let key = key.to_text();
                add(0, "", format!("key {key} expires"), vec![key]);
            }
            What::NotDriven(why) => add(0, "", format!("not executed: {why}"), Vec::new()),
            What::NotModelled => add(0, "", "not modelled".to_owned(), Vec::new()),
            What::Applied | What::Differs { .. } => {}
        }
    }
    all
}

fn seen(text: &str) -> String {
    visible::line(text).into_owned()
}

fn name(from: &From) -> &str {
    match from {
        From::Client(address) => address,
        From::Script => "lua",
    }
}

fn answer(reply: &Reply) -> String {
    words::reply(&write_reply(reply))
}

/// The lines of a recording.
pub fn of_recording(lines: &[Line]) -> Vec<Heard> {
    let heard = |line: &Line| {
        let value: Value = serde_json::from_str(&line.text).ok()?;
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let at = Micros(value.get("at").and_then(Value::as_i64).unwrap_or(0));
        let who = text("client").or_else(|| text("from")).or_else(|| text("session"));
        let call = value.get("call");
        let mut told = call.map(words::call).unwrap_or_default();
        for (name, joint) in [("reply", " → "), ("error", " → "), ("push", "hears "), ("event", "")]
        {
            let Some(said) = value.get(name) else { continue };
            if said.get("blocked") == Some(&Value::Bool(true)) {
                told += ", waits";
            } else {
                told += joint;
                told += &words::reply(said);
            }
        }
        if told.is_empty() {
            // Other members say themselves what they are.
            let members = value.as_object()?.iter();
            let members = members.filter(|(name, _)| !matches!(&***name, "at" | "client" | "from"));
            let members: Vec<String> = members.map(|(name, it)| format!("{name} {it}")).collect();
            told = members.join(", ");
        }
        let mut about = Vec::new();
        if let Some(call) = call {
            strings(call, &mut about);
        }
        let (who, text) = (seen(who.unwrap_or_default()), seen(&told));
        Some(Heard { at, line: line.number, who, text, about })
    };
    lines.iter().filter_map(heard).collect()
}

/// All texts in a value.
fn strings(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => all.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|it| strings(it, all)),
        Value::Object(members) => members.values().for_each(|it| strings(it, all)),
        _ => {}
    }
}
