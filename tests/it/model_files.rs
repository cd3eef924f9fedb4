//! Every model of the repository: it is read, and it comes to the verdict that it expects.

use std::path::PathBuf;

use lockstep::choice::Seeded;
use lockstep::explore::{Bounds, Search, Verdict};
use lockstep::model::{Expect, Model, Verdict as Expected};
use lockstep::sim::{End, Limits, Live, Nobody, Run};
use lockstep::time::Micros;

use super::tidy::files;

fn models() -> Vec<(String, Model)> {
    let read = |(name, text): (String, String)| {
        let model = Model::parse(PathBuf::from(&name), text).unwrap_or_else(|bad| panic!("{bad}"));
        (name, model)
    };
    files("models", &["json"]).into_iter().map(read).collect()
}

#[test]
fn every_model_is_read_and_expects_something() {
    let models = models();
    assert!(models.len() >= 40, "only {} models", models.len());
    for (name, model) in models {
        assert!(model.expect().is_some() || model.expect_run().is_some(), "{name} expects nothing");
        assert!(
            model.why().contains("http")
                || model.why().contains("19")
                || model.why().contains("20"),
            "{name}"
        );
    }
}

fn searched(model: &Model) -> String {
    let setup = model.abstract_setup();
    let bounds = Bounds {
        deviations: model.bounds().deviations,
        states: model.bounds().states.map_or(3_000_000, |states| states as usize),
        ..Bounds::default()
    };
    let outcome = Search::new(&setup, bounds).run(&mut |_| {});
    let expect = model.expect().unwrap();
    let (states, transitions) = (outcome.states, outcome.transitions);
    let wrong = match (&outcome.verdict, expect.verdict) {
        (Verdict::Violated { violation, deviations, .. }, Expected::Violated) => {
            expect.property.as_deref().is_some_and(|property| property != violation.property)
                || expect.deviations.is_some_and(|expected| expected != *deviations)
        }
        (Verdict::Holds, Expected::Holds) => expect.within.is_some(),
        (Verdict::HoldsWithin(within), Expected::Holds) => expect.within != Some(*within),
        (Verdict::Vacuous(_), Expected::Vacuous) | (Verdict::Cut(_), Expected::Cut) => false,
        _ => true,
    };
    let mark = if wrong { "WRONG" } else { "ok" };
    format!(
        "{mark} {:?} states {states} transitions {transitions} faults {:b}",
        outcome.verdict, outcome.faults
    )
}

#[test]
fn every_model_comes_to_its_verdict() {
    let mut all = String::new();
    for (name, model) in models().iter().filter(|(_, model)| model.expect().is_some()) {
        let line = format!("{name}: {}\n", searched(model));
        eprint!("{line}");
        all.push_str(&line);
    }
    assert!(!all.contains("WRONG"), "{all}");
}

fn ran(model: &Model, expect: &Expect, seed: u64) -> String {
    let setup = model.sampled_setup();
    let mut engine = Live::default();
    let mut choices = Seeded::new(seed);
    let mut run = Run::new(&setup, &mut engine, &mut choices, &mut Nobody);
    let limits =
        Limits { steps: 1_000_000, time: Micros::from_ms(600_000), stop_at_violation: true };
    let end = run.to_end(limits, &mut choices, &mut Nobody);
    let wrong = match expect.verdict {
        Expected::Violated => end != End::Violated,
        _ => end != End::Done,
    };
    let mark = if wrong { "WRONG" } else { "ok" };
    format!("{mark} {end:?} steps {} at {} {:?}", run.steps(), run.world.total(), run.violation())
}

#[test]
fn every_run_comes_to_its_verdict() {
    let mut all = String::new();
    for (name, model) in models() {
        let Some(expect) = model.expect_run() else { continue };
        let line = format!("{name}: {}\n", ran(&model, expect, 1));
        eprint!("{line}");
        all.push_str(&line);
    }
    assert!(!all.contains("WRONG"), "{all}");
}
