//! A search that is stopped says what is known by then.

use std::ops::ControlFlow;
use std::path::Path;

use lockstep::explore::{Cut, Verdict};
use lockstep::model::Model;
use lockstep::run::{Asked, Checked, check};

use super::cli::lockstep;

/// A model that holds, of many worlds, with up to three faults in a run.
const LARGE: &str = "models/catalogue/n8-czxid-both.json";

/// Stopped when it is told that runs with at least so many faults are looked at; with how many they were.
fn stopped_at(faults: u32) -> (Checked, u32) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(LARGE);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{LARGE}: {error}"));
    let model = Model::parse(&path, text).unwrap_or_else(|problem| panic!("{problem}"));
    let mut reached = 0;
    let checked = check(model, Asked::default(), &mut |progress| {
        reached = progress.deviations;
        if reached >= faults { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    (checked, reached)
}

#[test]
fn what_was_looked_at_whole_is_known() {
    for faults in [1, 2, 3] {
        let (checked, reached) = stopped_at(faults);
        assert!(reached >= faults);
        assert_eq!(checked.outcome.verdict, Verdict::Cut(Cut::Stopped));
        assert_eq!(checked.outcome.complete, Some(reached - 1));
        assert!(checked.outcome.deviations >= reached);
    }
}

/// What is known of the model when runs with three faults were not all looked at.
const KNOWN: &str = "It holds within 2 faults so far; with more nothing was violated yet.";

#[test]
fn a_limit_of_states_leaves_out_the_layer_in_which_it_was_hit() {
    let all = lockstep(&["check", LARGE, "--states", "100000"]);
    assert_eq!(all.code, 3, "{}", all.out);
    let told = all.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("The search stopped at 100,000 states"), "{told}");
    assert!(told.contains(KNOWN), "{told}");
}

#[test]
fn a_time_limit_is_inconclusive_and_not_a_pass() {
    let cut = lockstep(&["check", LARGE, "--time-limit", "1ms"]);
    assert_eq!(cut.code, 3, "{}", cut.out);
    let told = cut.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("The search was stopped, before it had seen everything."), "{told}");
    assert!(told.contains("--time-limit 1ms"), "{told}");
    let bad = lockstep(&["check", LARGE, "--time-limit", "60"]);
    assert_eq!(bad.code, 2);
    assert!(bad.err.contains("the unit is missing"), "{}", bad.err);
}
