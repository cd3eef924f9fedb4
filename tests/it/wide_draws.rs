//! A search tries all values of a narrow draw, and of a wide one each client's usual value, and as a free
//! choice the ends and the middle: then it says so.

use lockstep::explore::{Bounds, Outcome, Search, Verdict};
use lockstep::model::Model;

fn search(jitter: &str) -> Outcome {
    let text = format!(
        r#"{{"title": "draws", "why": "test 2026", "store": {{"redis": {{}}}},
        "lock": {{"set-nx-px": {{"ttl": "10s", "retry": {{"after": "1s", "jitter": "{jitter}"}}}}}},
        "clients": {{"processes": 2}}, "work": {{"section": {{"work": "2s"}}}},
        "properties": ["mutual-exclusion"]}}"#
    );
    let model = Model::parse("draws.json", text).unwrap_or_else(|bad| panic!("{bad}"));
    Search::new(&model.abstract_setup(), Bounds::default()).run(&mut lockstep::explore::to_the_end)
}

#[test]
fn a_search_that_thins_draws_says_so() {
    for (jitter, thinned) in [("0ms", false), ("3ms", false), ("4ms", true), ("900ms", true)] {
        let outcome = search(jitter);
        assert_eq!(
            (outcome.verdict, outcome.seen.drawn.delays),
            (Verdict::Holds, thinned),
            "{jitter}"
        );
    }
}
