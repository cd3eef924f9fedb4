//! States in the Informal Trace Format (<https://apalache-mc.org/docs/adr/015adr-trace.html>).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::picture::{BarKind, Picture, Spot};

pub(super) fn write(picture: &Picture, title: &str) -> String {
    let mut kept: BTreeMap<String, String> = BTreeMap::new();
    let mut changes = picture.changes.iter().peekable();
    let mut states: Vec<Value> = Vec::new();
    for (place, step) in picture.steps.iter().enumerate() {
        while let Some(change) = changes.next_if(|it| it.step <= step.last) {
            let server = picture.lanes.get(change.lane).map_or("?", |it| &it.name);
            let name = format!("{server}: {} {}", change.kind, change.name);
            match &change.now {
                Some(entry) => drop(kept.insert(name, entry.value.clone())),
                None => drop(kept.remove(&name)),
            }
        }
        let here = Spot(place, step.at);
        let who = |kind: BarKind| -> Value {
            let bars = picture
                .bars
                .iter()
                .filter(|it| it.kind == kind && it.from <= here && (it.open || here < it.to));
            let mut names: Vec<&str> = bars.map(|it| &*picture.lanes[it.lane].name).collect();
            names.sort_unstable();
            names.dedup();
            json!({ "#set": names })
        };
        let store: Vec<Value> = kept.iter().map(|(name, value)| json!([name, value])).collect();
        states.push(json!({
            "#meta": { "index": place },
            "step": integer(step.step as i64),
            "at_us": integer(step.at.0),
            "action": step.words(&picture.lanes),
            "inside": who(BarKind::Inside),
            "waiting": who(BarKind::Wants),
            "paused": who(BarKind::Paused),
            "gone": who(BarKind::Gone),
            "store": { "#map": store },
        }));
    }
    let trace = json!({
        "#meta": { "format": "ITF", "description": title, "source": concat!("lockstep ", env!("CARGO_PKG_VERSION")) },
        "vars": ["step", "at_us", "action", "inside", "waiting", "paused", "gone", "store"],
        "states": states,
    });
    format!("{trace:#}\n")
}

/// An integer as the format has it: plain numbers are for those only that are exact in every language.
fn integer(number: i64) -> Value {
    json!({ "#bigint": number.to_string() })
}
