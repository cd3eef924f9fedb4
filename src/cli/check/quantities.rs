//! The times of a model, by name: what a margin may be the sum of.

use serde_json::Value;

use super::super::field::Text;
use super::super::instead;
use crate::json::Duration;
use crate::report::margin::Quantity;
use crate::time::Micros;

/// Names that say too little without what stands before them.
const BARE: [&str; 6] = ["after", "for", "jitter", "latency", "within", "bound"];

/// All times of the model but the one at `varied`, those of the lock first, each value once.
pub(super) fn quantities(text: &Text, varied: &str) -> Vec<Quantity> {
    let mut found: Vec<(Vec<String>, Micros)> = Vec::new();
    let root = text.value.as_object();
    let sections = root.into_iter().flatten();
    let mut sections: Vec<(&String, &Value)> = sections.collect();
    sections.sort_by_key(|(name, _)| name.as_str() != "lock");
    for (name, value) in sections {
        walk(value, &mut vec![name.clone()], &mut found);
    }
    // A model that leaves them out has them all the same.
    if instead::store(text) == "zookeeper"
        && let Ok(model) = text.parsed()
    {
        let timeout =
            model.abstract_setup().processes.first().map_or(0, |it| it.session_timeout_ms);
        found.push((vec!["session".to_owned()], Micros::from_ms(timeout.into())));
    }
    let varied: Vec<&str> = varied.split(['.', '[', ']']).filter(|it| !it.is_empty()).collect();
    let mut all: Vec<Quantity> = Vec::new();
    for (path, span) in &found {
        let is_varied = path.iter().map(String::as_str).eq(varied.iter().copied());
        let is_known = all.iter().any(|it| it.span == *span);
        if !is_varied && !is_known && *span > Micros::ZERO {
            all.push(Quantity { name: short(path), span: *span, weight: weight(path) });
        }
    }
    all
}

fn walk(value: &Value, path: &mut Vec<String>, found: &mut Vec<(Vec<String>, Micros)>) {
    let mut below = |step: String, value: &Value| {
        path.push(step);
        walk(value, path, found);
        path.pop();
    };
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| below(name.clone(), value));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| below(at.to_string(), value));
        }
        Value::String(text) => {
            if let Ok(Duration(span)) = text.parse() {
                found.push((path.clone(), span));
            }
        }
        _ => {}
    }
}

/// How far-fetched it is that a margin is made of it: waits between tries and the network decide little.
fn weight(path: &[String]) -> i64 {
    let has = |name: &str| path.iter().any(|step| step == name);
    if has("retry") || has("network") || has("bounds") { 3 } else { 1 }
}

/// The last name of a path, and what stands before it where that says too little.
fn short(path: &[String]) -> String {
    let names = || path.iter().filter(|it| it.parse::<usize>().is_err());
    let last = names().next_back().map_or("", String::as_str);
    let before = names().rev().nth(1).map_or("", String::as_str);
    if BARE.contains(&last) && !before.is_empty() {
        return format!("{before}.{last}");
    }
    last.to_owned()
}
