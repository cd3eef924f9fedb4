//! What a Redis library leaves behind: requests on connections that it has dropped, scripts that it takes for known.

use lockstep::explore::{Bounds, Search, Verdict};
use lockstep::model::Model;

fn verdict(client: &str, lock: &str, faults: &str, bound: &str) -> Verdict {
    let text = format!(
        r#"{{"title": "library", "why": "2026", "store": {{"redis": {{"client": {client}}}}},
        "lock": {lock}, "clients": {{"processes": 2}},
        "work": {{"section": {{"work": "1s", "rounds": 2}}}}, "faults": [{faults}],
        "properties": [{{"bounded-wait": {{"bound": "{bound}"}}}}]}}"#
    );
    let model = Model::parse("library.json", text).unwrap_or_else(|bad| panic!("{bad}"));
    Search::new(&model.abstract_setup(), Bounds::default())
        .run(&mut lockstep::explore::to_the_end)
        .verdict
}

/// Whoever does not know what became of SET deletes its key.
const CLEANS_UP: &str = r#"{"set-nx-px": {"ttl": "10s", "on_unknown": "compare-and-delete", "retry": {"after": "500ms"}}}"#;

#[test]
fn a_request_on_a_dropped_connection_may_be_executed_after_those_on_the_next() {
    let slow = r#"{"slow": {"request": "SET", "for": "2s"}}"#;
    let late = verdict(r#"{"timeout": "1s"}"#, CLEANS_UP, slow, "6s");
    assert!(matches!(late, Verdict::Violated { deviations: 1, .. }), "{late:?}");
    // Who waits for the answer is not overtaken by itself.
    assert_eq!(verdict("{}", CLEANS_UP, slow, "6s"), Verdict::Holds);
}

const COMPARES: &str = r#"{"set-nx-px": {"ttl": "10s", "retry": {"after": "500ms"}}}"#;

#[test]
fn a_library_that_sends_the_hash_alone_fails_when_the_server_has_forgotten_the_script() {
    let flush = r#"{"operator": {"command": ["SCRIPT", "FLUSH"]}}"#;
    let by_hash = r#"{"scripts": "hash-after-first"}"#;
    assert!(matches!(
        verdict(by_hash, COMPARES, flush, "6s"),
        Verdict::Violated { deviations: 1, .. }
    ));
    assert_eq!(verdict(by_hash, COMPARES, "", "6s"), Verdict::Holds);
    assert_eq!(verdict(r#"{"scripts": "as-written"}"#, COMPARES, flush, "6s"), Verdict::Holds);
}

#[test]
fn an_unknown_way_to_send_scripts_is_a_mistake_of_the_model() {
    let text = r#"{"title": "t", "why": "2026", "store": {"redis": {"client": {"scripts": "hash"}}},
        "lock": {"setnx": {}}, "clients": {"processes": 2}, "work": {"section": {}},
        "properties": ["mutual-exclusion"]}"#;
    let bad = Model::parse("m.json", text).unwrap_err().to_string();
    assert!(bad.contains("m.json:1:") && bad.contains("hash-after-first"), "{bad}");
}

#[test]
fn the_library_gives_up_a_call_with_a_limit_of_its_own_sooner_if_it_is_set_up_so() {
    let gives_up =
        r#"{"watchdog": {"ttl": "3s", "defect": "gives-up", "retry": {"after": "500ms"}}}"#;
    let stalls = |client: &str| {
        let text = format!(
            r#"{{"title": "t", "why": "2026", "store": {{"redis": {{"client": {client}}}}},
            "lock": {gives_up}, "clients": {{"processes": 2}}, "work": {{"section": {{"work": "6s"}}}},
            "faults": [{{"stall-server": {{"for": "800ms"}}}}], "properties": ["mutual-exclusion"]}}"#
        );
        let model = Model::parse("m.json", text).unwrap_or_else(|bad| panic!("{bad}"));
        Search::new(&model.abstract_setup(), Bounds::default())
            .run(&mut lockstep::explore::to_the_end)
            .verdict
    };
    assert_eq!(stalls("{}"), Verdict::Holds);
    let given_up = stalls(r#"{"timeout": "500ms"}"#);
    assert!(matches!(given_up, Verdict::Violated { deviations: 1, .. }), "{given_up:?}");
}
