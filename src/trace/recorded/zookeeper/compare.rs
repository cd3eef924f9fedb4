//! Replies compared, with what a real server leaves open.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::time::Micros;
use crate::trace::recorded::Tally;

/// Lists of names have no order.
const UNORDERED: &str = "lists of children and of ephemerals are sets";
/// A transaction has the server's clock.
const NEAR: &str = "ctime and mtime are within 5 ms of the recorded instant";
/// A reply that travelled for long: its transaction was made after the request before it was answered.
const SINCE: &str = "ctime and mtime lie between the preceding reply and this one";

/// How far the server's clock and the recorder's may be apart.
const CLOCKS: Micros = Micros::from_ms(5);

/// When the transactions of the recording were made, as far as it tells.
#[derive(Default)]
pub(super) struct Clock {
    /// Since when and until when each transaction can have been made.
    spans: BTreeMap<i64, (Micros, Micros)>,
    /// What the server's clock said, once it was seen.
    known: BTreeMap<i64, i64>,
}

impl Clock {
    /// The transactions after `last` up to `zxid` were made between two instants.
    pub(super) fn span(&mut self, last: i64, zxid: i64, from: Micros, to: Micros) {
        for zxid in last + 1..=zxid {
            self.spans.insert(zxid, (from, to));
        }
    }

    /// The last transaction of which it knows.
    pub(super) fn last(&self) -> i64 {
        self.spans.last_key_value().map_or(0, |(zxid, _)| *zxid)
    }

    /// Whether the transaction can have been made at `time`; what was seen once has to stay.
    fn accepts(&mut self, zxid: i64, time: i64, tally: &mut Tally) -> bool {
        if zxid == 0 {
            return time == 0;
        }
        if let Some(known) = self.known.get(&zxid) {
            return *known == time;
        }
        let Some((from, to)) = self.spans.get(&zxid).copied() else { return false };
        let time_us = Micros(time);
        let near = time_us <= to + CLOCKS && to - CLOCKS <= time_us + Micros::from_ms(1);
        let since = time_us <= to + CLOCKS && from - CLOCKS <= time_us + Micros::from_ms(1);
        tally.rule(NEAR, near);
        if !near {
            tally.rule(SINCE, since);
        }
        if near || since {
            self.known.insert(zxid, time);
        }
        near || since
    }
}

/// Whether the model's reply is the recorded one.
pub(super) fn same(recorded: &Value, model: &Value, clock: &mut Clock, tally: &mut Tally) -> bool {
    match (recorded, model) {
        (Value::Object(recorded), Value::Object(model)) => {
            recorded.len() == model.len()
                && recorded.iter().all(|(name, recorded_value)| {
                    model.get(name).is_some_and(|model_value| {
                        member(name, (recorded_value, recorded), model_value, clock, tally)
                    })
                })
        }
        (Value::Array(recorded), Value::Array(model)) => {
            recorded.len() == model.len()
                && recorded
                    .iter()
                    .zip(model)
                    .all(|(recorded, model)| same(recorded, model, clock, tally))
        }
        (recorded, model) => recorded == model,
    }
}

fn member(
    name: &str,
    (recorded, all): (&Value, &Map<String, Value>),
    model: &Value,
    clock: &mut Clock,
    tally: &mut Tally,
) -> bool {
    let zxid_of = match name {
        "children" | "ephemerals" => return same_set(recorded, model, tally),
        "ctime" => "czxid",
        "mtime" => "mzxid",
        _ => return same(recorded, model, clock, tally),
    };
    let zxid = all.get(zxid_of).and_then(Value::as_i64);
    let time = recorded.as_i64();
    zxid.zip(time).is_some_and(|(zxid, time)| clock.accepts(zxid, time, tally))
}

fn same_set(recorded: &Value, model: &Value, tally: &mut Tally) -> bool {
    let (Some(in_order), Some(model)) = (texts(recorded), texts(model)) else { return false };
    let used = in_order != model;
    let sorted = |mut texts: Vec<String>| {
        texts.sort_unstable();
        texts
    };
    tally.rule(UNORDERED, used);
    !used || sorted(in_order) == sorted(model)
}

fn texts(list: &Value) -> Option<Vec<String>> {
    list.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}
