//! The catalogue of failures: every broken form is found with no schedule given, its fixed form has the same ingredients
//! and holds, every control holds, and no verdict rests on a coincidence of durations.

use std::collections::BTreeSet;
use std::path::Path;

use lockstep::choice::{Alternative, Choices, Listed, Question, Seeded, Site};
use lockstep::explore::{Bounds, Outcome, Search, Verdict};
use lockstep::json::Duration;
use lockstep::model::{Form, Model};
use lockstep::run::Limits;
use lockstep::run::{Recording, Spec, Timed};
use lockstep::time::Micros;
use serde_json::Value;

use super::tidy::files;

/// How many failures have a broken form and a fixed one: all of them.
const AT_LEAST: usize = 67;

/// Sections that a fixed form shares with its broken form.
const SHARED: [&str; 6] = ["clients", "work", "given", "network", "faults", "properties"];

/// Fixed forms that differ elsewhere, with the section and the reason.
const DIFFERENT: [(&str, &str, &str); 2] = [
    (
        "f16-partition-goes-on-fixed.json",
        "work",
        "the remedy is that the work stops when the lease ends",
    ),
    (
        "f65-unfenced-reads-fixed.json",
        "given",
        "the remedy is in the resource: it fences reads as well",
    ),
];

struct One {
    name: String,
    text: String,
    model: Model,
}

fn models() -> Vec<One> {
    let read = |(name, text): (String, String)| {
        let model =
            Model::parse(Path::new(&name), text.clone()).unwrap_or_else(|bad| panic!("{bad}"));
        One { name, text, model }
    };
    let all = files("models", &["json"]).into_iter().map(read);
    all.filter(|one| one.model.case().is_some()).collect()
}

fn search(model: &Model) -> Outcome {
    let bounds = Bounds {
        deviations: model.bounds().deviations,
        states: model.bounds().states.map_or(1_000_000, |states| states as usize),
        ..Bounds::default()
    };
    Search::new(&model.abstract_setup(), bounds).run(&mut lockstep::explore::to_the_end)
}

/// The property that is violated and with how many deviations, or `holds`; what differs between two of these differs
/// between two verdicts.
fn verdict(outcome: &Outcome) -> String {
    match &outcome.verdict {
        Verdict::Violated { violation, deviations, .. } => {
            format!("violated {} with {deviations}", violation.property)
        }
        other => format!("{other:?}"),
    }
}

/// The sections of the broken form that the fixed form does not share.
fn differences(broken: &One, fixed: &One) -> Vec<&'static str> {
    let [broken_json, fixed_json] = [broken, fixed].map(|one| {
        let mut json: Value = serde_json::from_str(&one.text).unwrap();
        // The lock is where a remedy may be, that of a role as well.
        if let Some(roles) = json.pointer_mut("/clients/roles").and_then(Value::as_object_mut) {
            roles.values_mut().filter_map(Value::as_object_mut).for_each(|role| {
                role.remove("lock");
            });
        }
        json
    });
    let allowed = |section: &str| {
        DIFFERENT.iter().any(|(name, of, _)| *of == section && fixed.name.ends_with(name))
    };
    let kind = |value: &Value| {
        let store = value["store"].as_object().unwrap();
        store.keys().next().cloned()
    };
    let mut differ: Vec<&'static str> = SHARED
        .into_iter()
        .filter(|section| broken_json.get(section) != fixed_json.get(section) && !allowed(section))
        .collect();
    if kind(&broken_json) != kind(&fixed_json) && !allowed("store") {
        differ.push("store");
    }
    differ
}

/// The deviations that a story may have by the faults' budgets.
fn budget(model: &Model) -> u64 {
    let faults = model.abstract_setup().faults;
    faults.iter().map(|fault| fault.budget.map_or(u64::from(u32::MAX), u64::from)).sum()
}

/// What is wrong with a fixed form.
fn wrong_fix(broken: &One, found: &Outcome, fixed: &One) -> Vec<String> {
    let mut wrong: Vec<String> =
        differences(broken, fixed).iter().map(|section| format!("`{section}` differs")).collect();
    let outcome = search(&fixed.model);
    let Verdict::Violated { deviations, .. } = found.verdict else { return wrong };
    let needed = (deviations + 2).max(2);
    let covered = match outcome.verdict {
        Verdict::Holds => budget(&fixed.model),
        Verdict::HoldsWithin(within) => u64::from(within).min(budget(&fixed.model)),
        _ => {
            wrong.push(verdict(&outcome));
            return wrong;
        }
    };
    if covered < u64::from(needed) {
        wrong.push(format!("it holds within {covered} deviations, and {needed} are needed"));
    }
    // What broke the one must have happened to the other: the same faults in the same phases.
    let witness = found.witness.clone().unwrap();
    let limits = Limits { steps: witness.steps, time: Micros::MAX, stop_at_violation: true };
    let story = Recording::make(
        Spec::new(&broken.model, Timed::Abstract, limits),
        Listed::new(witness.answers),
    );
    let both = story.ended.faults.iter().zip(outcome.faults.iter());
    for (number, (in_story, in_fixed)) in both.enumerate() {
        if in_fixed.times == 0 || !in_fixed.covers(in_story) {
            let name = broken.model.abstract_setup().faults[number].name();
            wrong.push(format!("`{name}` takes effect only in {in_fixed:?}"));
        }
    }
    wrong
}

#[test]
fn every_failure_is_found_and_every_remedy_holds() {
    let models = models();
    let of = |form| {
        let some = models.iter().filter(move |one| one.model.case().unwrap().form == form);
        some.map(|one| (one.model.case().unwrap().id.clone(), one)).collect::<Vec<_>>()
    };
    let (broken, fixed, controls) = (of(Form::Broken), of(Form::Fixed), of(Form::Control));
    let mut wrong: Vec<String> = Vec::new();
    for (id, one) in &broken {
        let found = search(&one.model);
        if !matches!(found.verdict, Verdict::Violated { .. }) {
            wrong.push(format!("{}: {}", one.name, verdict(&found)));
            continue;
        }
        for (_, fixed) in fixed.iter().filter(|(of, _)| of == id) {
            let why = wrong_fix(one, &found, fixed);
            wrong.extend(why.iter().map(|why| format!("{}: {why}", fixed.name)));
        }
    }
    for (_, one) in &controls {
        let outcome = search(&one.model);
        if !matches!(outcome.verdict, Verdict::Holds | Verdict::HoldsWithin(_)) {
            wrong.push(format!("{}: {}", one.name, verdict(&outcome)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[expect(clippy::print_stdout, reason = "who runs it with --nocapture sees what is missing")]
fn most_failures_have_a_broken_form_and_a_fixed_one() {
    let models = models();
    let ids = |form| -> BTreeSet<String> {
        let some = models.iter().filter(|one| one.model.case().unwrap().form == form);
        some.map(|one| one.model.case().unwrap().id.clone()).collect()
    };
    let (broken, fixed) = (ids(Form::Broken), ids(Form::Fixed));
    let all: BTreeSet<String> = (1..=67).map(|number| format!("F{number:02}")).collect();
    let missing =
        |known: &BTreeSet<String>| all.difference(known).cloned().collect::<Vec<_>>().join(", ");
    assert!(broken.is_subset(&all) && fixed.is_subset(&broken), "{broken:?} {fixed:?}");
    println!("no broken form: {}", missing(&broken));
    println!("no fixed form: {}", missing(&fixed));
    let with = broken.intersection(&fixed).count();
    assert!(with >= AT_LEAST, "{with} of 67; no fixed form: {}", missing(&fixed));
}

/// Every duration in a model, multiplied and rounded up to whole milliseconds, so that their order stays.
fn scaled(value: &Value, factor: f64) -> Value {
    match value {
        Value::String(text) => {
            // A clock may be set back.
            let (sign, span) = text.strip_prefix('-').map_or(("", &**text), |span| ("-", span));
            match span.parse::<Duration>() {
                Ok(Duration(span)) if text.ends_with('s') => {
                    let ms = (span.0 as f64 / 1000.0 * factor).ceil();
                    Value::String(format!("{sign}{ms}ms"))
                }
                _ => value.clone(),
            }
        }
        Value::Array(all) => {
            // `PX 6000` of a command.
            let after_px = |place: usize| place > 0 && all[place - 1] == "PX";
            let each = all.iter().enumerate().map(|(place, one)| match one.as_str() {
                Some(ms) if after_px(place) => scaled_ms(ms, factor),
                _ => scaled(one, factor),
            });
            each.collect()
        }
        Value::Object(all) => {
            let members = all.iter().map(|(name, one)| match &**name {
                "title" | "why" | "case" => (name.clone(), one.clone()),
                _ => (name.clone(), scaled(one, factor)),
            });
            Value::Object(members.collect())
        }
        _ => value.clone(),
    }
}

/// A number of milliseconds in a command, multiplied.
fn scaled_ms(ms: &str, factor: f64) -> Value {
    Value::String((ms.parse::<f64>().unwrap() * factor).ceil().to_string())
}

/// The model with all durations multiplied. Where commands take only whole seconds, it is by a whole number.
fn scaled_model(one: &One, factor: f64) -> Model {
    let json: Value = serde_json::from_str(&one.text).unwrap();
    let parse = |factor: f64| {
        let text = scaled(&json, factor).to_string();
        Model::parse(Path::new(&one.name), text)
    };
    parse(factor).or_else(|_| parse(factor.ceil())).unwrap_or_else(|bad| panic!("{bad}"))
}

/// The verdicts that change when all durations are multiplied by the number that is drawn for this place.
fn changes(place: usize) -> Vec<String> {
    let mut stream = Seeded::new(67);
    let draw = Question {
        about: lockstep::choice::About::Draw,
        n: 3000,
        site: &|| Site::End,
        alternative: &Alternative::Value,
    };
    // Between 0.7 and 3.7.
    let factors: Vec<f64> = (0..3).map(|_| 0.7 + f64::from(stream.pick(&draw)) / 1000.0).collect();
    let factor = factors[place];
    let change = |one: &One| {
        let [before, after] = [search(&one.model), search(&scaled_model(one, factor))];
        let [before, after] = [verdict(&before), verdict(&after)];
        (before != after).then(|| format!("{}, times {factor}: {before}, then {after}", one.name))
    };
    models().iter().filter_map(change).collect()
}

#[test]
fn no_verdict_rests_on_the_first_scale() {
    let wrong = changes(0);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_verdict_rests_on_the_second_scale() {
    let wrong = changes(1);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_verdict_rests_on_the_third_scale() {
    let wrong = changes(2);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
