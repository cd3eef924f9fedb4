//! What clients are called changes nothing.

use lockstep::model::Verdict;
use serde_json::{Map, Value};

use super::{ALL, Judged, Sample, bare, found, models};

const SOME: Sample = Sample { first: 0, step: 3 };

/// The names of the roles.
fn roles(document: &Value) -> Vec<String> {
    let roles = document.pointer("/clients/roles").and_then(Value::as_object);
    roles.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// The other name of a role, or of one of its processes.
fn renamed(text: &str, roles: &[String]) -> Option<String> {
    let role = roles.iter().position(|role| {
        let number = text.strip_prefix(role.as_str());
        number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    })?;
    // In the other order of the alphabet, and of other lengths.
    let name = format!("{}{}", (b'z' - role as u8) as char, "x".repeat(role + 1));
    Some(name + &text[roles[role].len()..])
}

fn rename(value: &Value, roles: &[String]) -> Value {
    match value {
        Value::String(text) => Value::String(renamed(text, roles).unwrap_or_else(|| text.clone())),
        Value::Array(values) => values.iter().map(|value| rename(value, roles)).collect(),
        Value::Object(members) => {
            let rename = |(name, value): (&String, &Value)| {
                (renamed(name, roles).unwrap_or_else(|| name.clone()), rename(value, roles))
            };
            Value::Object(members.iter().map(rename).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

fn judge(sample: Sample) -> Judged {
    let mut judged = Judged::default();
    for (name, document) in models(sample) {
        let roles = roles(&document);
        if roles.is_empty() {
            continue;
        }
        let mut other = bare(&document);
        for part in ["clients", "faults", "clocks", "network", "properties", "work"] {
            if let Some(value) = document.get(part) {
                other[part] = rename(value, &roles);
            }
        }
        let (before, after) = (found(&name, &bare(&document)), found(&name, &other));
        if before.verdict == Verdict::Cut || after.verdict == Verdict::Cut {
            judged.cut += 1;
        } else if before == after {
            judged.answered += 1;
        } else {
            judged.wrong.push(format!("{name}: {before:?}, and with other names {after:?}"));
        }
    }
    judged
}

#[test]
fn what_clients_are_called_changes_nothing() {
    judge(SOME).is_true(5);
}

#[test]
#[ignore = "takes a minute: all models, and not a sample"]
fn what_clients_of_any_model_are_called_changes_nothing() {
    judge(ALL).is_true(15);
}
