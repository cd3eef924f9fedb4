//! A fault with a place finds what the same fault without one does, and nothing else.

use std::collections::BTreeSet;

use lockstep::event::Event;
use lockstep::model::{Model, Verdict};
use lockstep::run::Recording;
use serde_json::{Value, json};

use super::{faults, found, parse};
use crate::tidy::files;

/// Faults that stop whom they hit.
const STOPS: [&str; 4] = ["pause", "crash", "restart", "interrupt"];

/// The names of the requests that its processes send in one run.
fn requests(model: &Model) -> BTreeSet<String> {
    let run = Recording::sampled(model, 1);
    let names = run.events.iter().filter_map(|record| match &record.event {
        Event::Executed { thread: Some(_), request, .. } => Some(request.name()),
        _ => None,
    });
    names.collect()
}

/// A model that holds of faults without a place holds of the same faults before or after any request.
#[test]
fn a_place_finds_nothing_that_the_same_fault_without_a_place_does_not() {
    let (mut cases, mut wrong) = (0, Vec::new());
    for (name, text) in files("models", &["json"]) {
        let document: Value = serde_json::from_str(&text).unwrap();
        let model = parse(&name, text);
        if model.expect().is_none_or(|it| it.verdict != Verdict::Holds) {
            continue;
        }
        let requests = requests(&model);
        for (place, (kind, parameters)) in faults(&document).into_iter().enumerate() {
            let placed = ["before", "after"].iter().any(|side| parameters.get(side).is_some());
            if placed || !STOPS.contains(&kind.as_str()) {
                continue;
            }
            for (side, request) in ["before", "after"]
                .iter()
                .flat_map(|side| requests.iter().map(move |it| (side, it)))
            {
                let mut changed = document.clone();
                let mut parameters = parameters.clone();
                parameters[*side] = json!(request);
                changed["faults"][place] = json!({ kind.clone(): parameters });
                let found = found(&name, &changed);
                cases += u32::from(found.verdict != Verdict::Cut);
                if found.verdict == Verdict::Violated {
                    wrong.push(format!("{name}: {kind} {side} {request}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases > 300, "only {cases} cases have an answer");
}

/// A model that is violated by faults at some place is violated by as many faults of these kinds at any place.
#[test]
fn a_fault_without_a_place_finds_what_the_same_with_a_place_does() {
    let (mut cases, mut wrong) = (0, Vec::new());
    for (name, text) in files("models", &["json"]) {
        let mut document: Value = serde_json::from_str(&text).unwrap();
        let model = parse(&name, text);
        let Some(expect) = model.expect().filter(|it| it.verdict == Verdict::Violated) else {
            continue;
        };
        let mut changed = false;
        for (place, (kind, mut parameters)) in faults(&document).into_iter().enumerate() {
            let Some(members) = parameters.as_object_mut() else { continue };
            for part in ["before", "after", "phase", "process"] {
                changed |= members.remove(part).is_some();
            }
            document["faults"][place] = json!({ kind: parameters });
        }
        if !changed {
            continue;
        }
        let found = found(&name, &document);
        cases += u32::from(found.verdict != Verdict::Cut);
        let missed = match found.verdict {
            Verdict::Violated => found.deviations > expect.deviations.or(found.deviations),
            Verdict::Cut => false,
            _ => true,
        };
        if missed {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases > 60, "only {cases} cases have an answer");
}
