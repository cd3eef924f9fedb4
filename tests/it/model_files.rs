//! Every model of the repository: it is read, and it comes to the verdict that it expects.

use std::path::Path;

use lockstep::choice::Seeded;
use lockstep::event::Nobody;
use lockstep::explore::{Bounds, Search, Verdict};
use lockstep::model::{Expect, Model, Verdict as Expected};
use lockstep::run::{End, Limits, Run};
use lockstep::sim::{Effect, Fault, Live};
use lockstep::time::Micros;

use super::tidy::files;

fn models() -> Vec<(String, Model)> {
    let read = |(name, text): (String, String)| {
        let model = Model::parse(Path::new(&name), text).unwrap_or_else(|bad| panic!("{bad}"));
        (name, model)
    };
    files("models", &["json"]).into_iter().map(read).collect()
}

#[test]
fn every_model_is_read_and_expects_something_for_a_reason() {
    let models = models();
    assert!(models.len() >= 50, "only {} models", models.len());
    for (name, model) in models {
        assert!(model.expect().is_some() || model.expect_run().is_some(), "{name} expects nothing");
        // A source is an address or a year.
        let why = model.why();
        assert!(why.contains("https://") || why.contains(" 19") || why.contains(" 20"), "{name}");
    }
}

/// The verdict of the search, if it is not the one expected.
fn wrong_search(model: &Model, expect: &Expect) -> Option<String> {
    let setup = model.abstract_setup();
    let bounds = Bounds {
        deviations: model.bounds().deviations,
        states: model.bounds().states.map_or(600_000, |states| states as usize),
        ..Bounds::default()
    };
    let outcome = Search::new(&setup, bounds).run(&mut lockstep::explore::to_the_end);
    let as_expected = match (&outcome.verdict, expect.verdict) {
        (Verdict::Violated { violation, deviations, .. }, Expected::Violated) => {
            expect.property.as_deref().is_none_or(|property| property == violation.property)
                && expect.deviations.is_none_or(|expected| expected == *deviations)
        }
        // A fault that never took effect would make it hold for nothing.
        (Verdict::Holds, Expected::Holds) => {
            let struck =
                |(effect, fault): (&Effect, &Fault)| effect.times > 0 || fault.is_always_tried();
            expect.within.is_none() && outcome.faults.iter().zip(&setup.faults).all(struck)
        }
        (Verdict::HoldsWithin(within), Expected::Holds) => expect.within == Some(*within),
        (Verdict::Vacuous(_), Expected::Vacuous) | (Verdict::Cut(_), Expected::Cut) => true,
        _ => false,
    };
    (!as_expected).then(|| {
        format!("{:?} after {} states, {:?}", outcome.verdict, outcome.states, outcome.faults)
    })
}

#[test]
fn every_search_comes_to_the_expected_verdict() {
    let models = models();
    let wrong = models.iter().filter_map(|(name, model)| {
        let wrong = wrong_search(model, model.expect()?)?;
        Some(format!("{name}: {wrong}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How a run ended, if it should not have ended so.
fn wrong_run(model: &Model, expect: &Expect, seed: u64) -> Option<String> {
    let setup = model.sampled_setup();
    let mut engine = Live::default();
    let mut choices = Seeded::new(seed);
    let mut run = Run::new(&setup, &mut engine, &mut choices, &mut Nobody);
    let limits = Limits { steps: 100_000, time: Micros::from_ms(60_000), stop_at_violation: true };
    let end = run.to_end(limits, &mut choices, &mut Nobody);
    let as_expected = match expect.verdict {
        Expected::Violated => end == End::Violated,
        _ => end == End::Done,
    };
    (!as_expected).then(|| format!("{end:?} after {} steps: {:?}", run.steps(), run.violation()))
}

#[test]
fn every_run_comes_to_the_expected_verdict() {
    let models = models();
    let wrong = models.iter().flat_map(|(name, model)| {
        (1..=5).filter_map(move |seed| {
            let wrong = wrong_run(model, model.expect_run()?, seed)?;
            Some(format!("{name}, seed {seed}: {wrong}"))
        })
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
