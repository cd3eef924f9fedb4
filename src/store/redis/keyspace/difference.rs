//! What became of a key: the difference between what it held and what it holds.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::reply::Bytes;
use super::super::value::{Score, Value};
use super::Entry;
use crate::store::effect::{Change, Part};
use crate::time::Micros;

/// A part of a collection: its name, and what it holds besides.
type Held = (Bytes, Content);

#[derive(Clone, PartialEq, Debug)]
enum Content {
    Nothing,
    Text(Bytes),
    Score(Score),
}

/// Tells the changes from `before` to `now`, in order: of the key itself, and of its parts.
///
/// `until` gives the first instant at which an entry is gone by itself.
pub(super) fn compare(
    before: Option<&Entry>,
    now: Option<&Entry>,
    until: impl Fn(&Entry) -> Option<Micros>,
    tell: &mut impl FnMut(Option<Part>, Change),
) {
    if let (Some(before), Some(now)) = (before, now)
        && goes_on(&before.value, &now.value)
    {
        if before.deadline != now.deadline {
            tell(None, Change::Renewed { until: until(now), before: until(before) });
        }
        compare_parts(&before.value, &now.value, tell);
        return;
    }
    if let Some(before) = before {
        for (name, _) in parts(&before.value) {
            tell(Some(part(&before.value, &name)), Change::Removed { until: None });
        }
        tell(None, Change::Removed { until: until(before) });
    }
    if let Some(now) = now {
        tell(None, Change::Placed { until: until(now), session: None });
        for (name, _) in parts(&now.value) {
            tell(Some(part(&now.value, &name)), PLACED);
        }
    }
}

/// A part lives as long as its key.
const PLACED: Change = Change::Placed { until: None, session: None };

/// Whether a key with this value is still the same thing when it has the other one.
fn goes_on(before: &Value, now: &Value) -> bool {
    match (before, now) {
        (Value::String(before), Value::String(now)) => before.bytes() == now.bytes(),
        _ => before.kind() == now.kind(),
    }
}

fn compare_parts(before: &Value, now: &Value, tell: &mut impl FnMut(Option<Part>, Change)) {
    let (olds, news) = (parts(before), parts(now));
    // Most changes are at one place, however long the collection is.
    let same = |(one, other): &(&Held, &Held)| one == other;
    let head = olds.iter().zip(&news).take_while(same).count();
    let (olds, news) = (&olds[head..], &news[head..]);
    let tail = olds.iter().rev().zip(news.iter().rev()).take_while(same).count();
    let (olds, news) = (&olds[..olds.len() - tail], &news[..news.len() - tail]);
    // Elements of a list may be equal, so they are counted.
    let mut left: BTreeMap<&Bytes, usize> = BTreeMap::new();
    for (name, _) in news {
        *left.entry(name).or_default() += 1;
    }
    let mut stays: BTreeMap<&Bytes, Vec<&Content>> = BTreeMap::new();
    for (name, content) in olds {
        match left.get_mut(name) {
            Some(count) if *count > 0 => {
                *count -= 1;
                stays.entry(name).or_default().push(content);
            }
            _ => tell(Some(part(now, name)), Change::Removed { until: None }),
        }
    }
    for (name, content) in news {
        match stays.get_mut(name).and_then(Vec::pop) {
            None => tell(Some(part(now, name)), PLACED),
            Some(old) if old != content => {
                let value = content.text();
                tell(Some(part(now, name)), Change::Rewritten { value });
            }
            Some(_) => {}
        }
    }
}

impl Content {
    fn text(&self) -> Rc<str> {
        match self {
            Self::Nothing => "".into(),
            Self::Text(text) => text.to_text().into(),
            Self::Score(score) => score.to_bytes().to_text().into(),
        }
    }
}

/// The parts of a collection, in its order; a string has none.
fn parts(value: &Value) -> Vec<Held> {
    match value {
        Value::String(_) => Vec::new(),
        Value::List(list) => list.iter().map(|it| (it.clone(), Content::Nothing)).collect(),
        Value::Hash(hash) => hash
            .iter()
            .map(|(field, value)| (field.clone(), Content::Text(value.clone())))
            .collect(),
        Value::Set(set) => set.iter().map(|member| (member, Content::Nothing)).collect(),
        Value::ZSet(zset) => {
            let entries = zset.entries().iter();
            entries.map(|entry| (entry.member.clone(), Content::Score(entry.score))).collect()
        }
    }
}

/// The part of that name, as a collection of this kind has it.
fn part(of: &Value, name: &Bytes) -> Part {
    let name = name.to_text().into();
    match of {
        Value::Hash(_) => Part::Field(name),
        Value::List(_) => Part::Element(name),
        Value::String(_) | Value::Set(_) | Value::ZSet(_) => Part::Member(name),
    }
}
