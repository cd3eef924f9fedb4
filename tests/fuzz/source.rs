//! Where chance comes from, and what is done to texts and values with it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Map, Value};

/// Chance that follows from a number.
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    pub(crate) fn of(number: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(number))
    }

    /// A number below `n`; 0 if there is none.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.0.next_u64() % n as u64) as usize }
    }

    /// One of `all`, of which there is at least one.
    pub(crate) fn one<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }

    /// Once in `n` times.
    pub(crate) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// Values that are at the edge of something.
const EDGES: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "3",
    "1.5",
    "1e400",
    "255",
    "256",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "18446744073709551615",
    "-9223372036854775808",
    "null",
    "true",
    "[]",
    "{}",
    "\"\"",
    "\"0s\"",
    "\"1us\"",
    "\"30 s\"",
    "\"1d\"",
    "\"100y\"",
    "\"876000h\"",
    "\"-5s\"",
    "\"\\u0000\"",
    "\"\\u001b[31m\"",
    "\"\\n\"",
    "\"lock\"",
    "\"/lock\"",
    "\"c1\"",
    "\"redis\"",
    "\"unlimited\"",
    "[[]]",
    "[1,2,3]",
    "{\"a\":1}",
    "\"\u{202e}\"",
];

/// Every value in `value`, itself included.
pub(crate) fn parts(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(parts).sum::<usize>(),
        Value::Object(members) => members.values().map(parts).sum(),
        _ => 0,
    }
}

/// The value with this number among [`parts`].
pub(crate) fn part(value: &mut Value, number: usize) -> Option<&mut Value> {
    if number == 0 {
        return Some(value);
    }
    let mut left = number - 1;
    let inner: Vec<&mut Value> = match value {
        Value::Array(items) => items.iter_mut().collect(),
        Value::Object(members) => members.values_mut().collect(),
        _ => Vec::new(),
    };
    for item in inner {
        let size = parts(item);
        if left < size {
            return part(item, left);
        }
        left -= size;
    }
    None
}

/// Changes one thing in `value`; what is put in may come from `other`.
pub(crate) fn mutate(value: &mut Value, other: &mut Value, chance: &mut Chance) {
    let number = chance.below(parts(value));
    let given = chance.below(parts(other));
    let given = part(other, given).cloned().unwrap_or_default();
    let Some(part) = part(value, number) else { return };
    match (chance.below(8), &mut *part) {
        (0, Value::Object(members)) if !members.is_empty() => {
            let name = members.keys().nth(chance.below(members.len())).cloned();
            members.shift_remove(&name.unwrap_or_default());
        }
        (1, Value::Object(members)) => {
            let name = match &given {
                Value::Object(given) if !given.is_empty() => {
                    given.keys().nth(chance.below(given.len())).cloned().unwrap_or_default()
                }
                _ => "what".to_owned(),
            };
            let value = edge(chance);
            members.insert(name, value);
        }
        (2, Value::Object(members)) if !members.is_empty() => {
            // The same members, one of them under another's name.
            let at = chance.below(members.len());
            let renamed: Map<String, Value> = members
                .iter()
                .enumerate()
                .map(|(place, (name, value))| {
                    let name = if place == at { format!("{name}s") } else { name.clone() };
                    (name, value.clone())
                })
                .collect();
            *members = renamed;
        }
        (3, Value::Array(items)) if !items.is_empty() => {
            let at = chance.below(items.len());
            if chance.once_in(2) {
                items.remove(at);
            } else {
                items.push(items[at].clone());
            }
        }
        (0..=3, _) => *part = edge(chance),
        (4, _) => {
            let inner = part.take();
            *part = Value::Array(vec![inner]);
        }
        _ => *part = given,
    }
}

/// A value at the edge of something.
pub(crate) fn edge(chance: &mut Chance) -> Value {
    serde_json::from_str(chance.one::<&str>(EDGES)).unwrap_or(Value::Null)
}

/// Changes some bytes or lines of a text, which stays a text.
pub(crate) fn spoil(text: &str, chance: &mut Chance) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=chance.below(3) {
        let at = chance.below(lines.len());
        if lines.is_empty() {
            break;
        }
        match chance.below(6) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[at].clone()),
            2 => {
                let other = chance.below(lines.len());
                lines.swap(at, other);
            }
            3 => {
                let chars: Vec<char> = lines[at].chars().collect();
                lines[at] = chars[..chance.below(chars.len() + 1)].iter().collect();
            }
            _ => {
                let mut chars: Vec<char> = lines[at].chars().collect();
                let place = chance.below(chars.len() + 1);
                let odd = [
                    '"', '\\', '{', '}', '[', ']', ',', ':', '0', '9', '-', ' ', '\u{1b}', 'é',
                    '\0', 'x',
                ];
                let odd = *chance.one(&odd);
                if chance.once_in(2) || place == chars.len() {
                    chars.insert(place, odd);
                } else {
                    chars[place] = odd;
                }
                lines[at] = chars.into_iter().collect();
            }
        }
    }
    let end = if chance.once_in(8) { "\r\n" } else { "\n" };
    let text = lines.join(end);
    if chance.once_in(8) { text } else { text + end }
}
