//! More never hides what less shows: a larger budget, one more fault, one more duration, one more client.

use lockstep::model::Verdict;
use serde_json::{Value, json};

use super::{ALL, Judged, Sample, bare, expected, faults, found, models};

const SOME: Sample = Sample { first: 2, step: 5 };

/// The model, and how many faults its shortest story has.
fn violated(sample: Sample) -> impl Iterator<Item = (String, Value, u32)> {
    models(sample).filter_map(|(name, document)| {
        let violated = expected(&document, "verdict")? == "violated";
        let faults = expected(&document, "deviations")?.as_u64()?;
        violated.then(|| (name, bare(&document), faults as u32))
    })
}

/// With the change the model is still violated, with no more faults than before.
fn judge(judged: &mut Judged, name: &str, what: &str, changed: &Value, before: u32) {
    let found = found(name, changed);
    match found.verdict {
        Verdict::Cut => judged.cut += 1,
        Verdict::Violated if found.deviations <= Some(before) => judged.answered += 1,
        _ => {
            judged.wrong.push(format!("{name} with {what}: {found:?}, and {before} faults before"));
        }
    }
}

fn budgets(sample: Sample) -> Judged {
    let mut judged = Judged::default();
    for (name, document, before) in violated(sample) {
        for (place, (kind, mut parameters)) in faults(&document).into_iter().enumerate() {
            let budget = parameters.get("budget").map_or(Some(1), Value::as_u64);
            let Some(budget) = budget else { continue };
            parameters["budget"] = json!(budget + 1);
            let mut changed = document.clone();
            changed["faults"][place] = json!({ kind.clone(): parameters });
            judge(&mut judged, &name, &format!("one more {kind}"), &changed, before);
        }
    }
    judged
}

fn kinds(sample: Sample) -> Judged {
    let mut judged = Judged::default();
    for (name, document, before) in violated(sample) {
        let listed = faults(&document);
        for kind in ["pause", "crash", "lose-reply"] {
            if listed.iter().any(|(it, _)| it == kind) {
                continue;
            }
            let mut changed = document.clone();
            if listed.is_empty() {
                changed["faults"] = json!([]);
            }
            changed["faults"].as_array_mut().unwrap().push(json!(kind));
            judge(&mut judged, &name, &format!("{kind} as well"), &changed, before);
        }
    }
    judged
}

fn durations(sample: Sample) -> Judged {
    let mut judged = Judged::default();
    for (name, document, before) in violated(sample) {
        for (place, (kind, mut parameters)) in faults(&document).into_iter().enumerate() {
            let spans = match parameters.get("for") {
                Some(Value::String(span)) => vec![json!(span)],
                Some(Value::Array(spans)) => spans.clone(),
                _ => continue,
            };
            for more in ["50ms", "777ms", "41s"] {
                let mut changed = document.clone();
                let mut spans = spans.clone();
                spans.push(json!(more));
                parameters["for"] = json!(spans);
                changed["faults"][place] = json!({ kind.clone(): parameters.clone() });
                judge(&mut judged, &name, &format!("{kind} also for {more}"), &changed, before);
            }
        }
    }
    judged
}

fn clients(sample: Sample) -> Judged {
    let mut judged = Judged::default();
    for (name, document, before) in violated(sample) {
        let alike = document["clients"].as_object();
        let alike = alike.filter(|it| it.len() == 1).and_then(|it| it.get("processes")?.as_u64());
        let named = faults(&document).iter().any(|(_, it)| it.get("process").is_some());
        let Some(processes) = alike.filter(|_| !named) else { continue };
        let mut changed = document.clone();
        changed["clients"]["processes"] = json!(processes + 1);
        judge(&mut judged, &name, "one more client", &changed, before);
    }
    judged
}

#[test]
fn a_larger_budget_hides_nothing() {
    budgets(SOME).is_true(30);
}

#[test]
fn one_more_kind_of_fault_hides_nothing() {
    kinds(SOME).is_true(80);
}

#[test]
fn one_more_duration_hides_nothing() {
    durations(SOME).is_true(20);
}

#[test]
fn one_more_client_hides_nothing() {
    clients(SOME).is_true(20);
}

#[test]
#[ignore = "takes minutes: all models, and not a sample"]
fn more_hides_nothing_in_any_model() {
    budgets(ALL).is_true(150);
    kinds(ALL).is_true(400);
    durations(ALL).is_true(100);
    clients(ALL).is_true(100);
}
