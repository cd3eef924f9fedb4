//! Locks one inside the other, and what they guard.

use lockstep::explore::{Bounds, Search, Verdict};
use lockstep::json::Document;
use lockstep::locks;
use lockstep::model::Model;

/// The verdict on two clients with this lock: the property, if one is violated.
#[track_caller]
fn violated(store: &str, lock: &str, work_ms: u32, properties: &str) -> Option<&'static str> {
    let text = format!(
        r#"{{"title": "a model", "why": "an example of 2026", "store": {store}, "lock": {lock},
        "clients": {{"processes": 2}}, "work": {{"section": {{"work": "{work_ms}ms", "rounds": 2}}}},
        "faults": [{{"reorder": {{"budget": 1}}}}], "properties": {properties}}}"#
    );
    let model = Model::parse("m.json", text).unwrap_or_else(|bad| panic!("{bad}"));
    let setup = model.abstract_setup();
    let bounds = Bounds { states: 200_000, ..Bounds::default() };
    match Search::new(&setup, bounds).run(&mut lockstep::explore::to_the_end).verdict {
        Verdict::Violated { violation, .. } => Some(violation.property),
        Verdict::Holds => None,
        other => panic!("{other:?}"),
    }
}

const REDIS: &str = r#"{"redis": {}}"#;

/// A lock of two keys with long leases.
fn two_keys(more: &str) -> String {
    let key = |name| format!(r#"{{"setnx": {{"key": "{name}", "retry": {{"after": "100ms"}}}}}}"#);
    format!(r#"{{"nested": {{"locks": [{}, {}]{more}}}}}"#, key("a"), key("b"))
}

#[test]
fn who_waits_with_one_lock_in_hand_needs_an_order() {
    let in_order = two_keys("");
    let opposite = two_keys(r#", "order": "opposite""#);
    let lets_go = two_keys(r#", "order": "opposite", "refused": "lets-go""#);
    let properties = r#"["mutual-exclusion", "livelock"]"#;
    assert_eq!(violated(REDIS, &in_order, 30, properties), None);
    // Each asks for the other's key again and again.
    assert_eq!(violated(REDIS, &opposite, 30, properties), Some("livelock"));
    // Each lets go of its own, waits equally long, and takes it again.
    assert_eq!(violated(REDIS, &lets_go, 30, properties), Some("livelock"));
}

#[test]
fn each_lock_has_its_own_watchdog() {
    // The work is longer than the leases: if one watchdog took the place of the other, a lock would be lost.
    let lock = |key| format!(r#"{{"watchdog": {{"key": "{key}", "ttl": "60ms"}}}}"#);
    let nested = format!(r#"{{"nested": {{"locks": [{}, {}]}}}}"#, lock("a"), lock("b"));
    assert_eq!(violated(REDIS, &nested, 200, r#"["mutual-exclusion", "release-safety"]"#), None);
}

#[test]
fn a_lock_that_counts_can_be_taken_again_and_one_that_does_not_waits_for_itself() {
    let again = |lock: &str| format!(r#"{{"nested": {{"locks": [{lock}, "again"]}}}}"#);
    let properties = r#"["mutual-exclusion", "deadlock", "livelock"]"#;
    let counts = again(r#"{"redisson-spin": {}}"#);
    assert_eq!(violated(REDIS, &counts, 30, properties), None);
    let plain = again(r#"{"setnx": {}}"#);
    assert_eq!(violated(REDIS, &plain, 30, properties), Some("livelock"));
    // Two objects for one path.
    let line = r#"{"nested": {"locks": [{"guid": {}}, {"guid": {}}]}}"#;
    assert_eq!(violated(r#"{"zookeeper": {}}"#, line, 30, properties), Some("deadlock"));
}

#[test]
fn what_is_wrong_with_the_parts_is_said_where_it_stands() {
    let wrong = |json: &str, said: &str| {
        let document = Document::parse("lock.json", json).unwrap();
        let problem = locks::build("nested", &document.root()).expect_err("an error").to_string();
        assert!(problem.contains(said), "{problem}\nlacks: {said}");
    };
    wrong(r#"{"locks": []}"#, "0 locks: it must be from 1 to 5");
    wrong(r#"{"locks": ["again"]}"#, "there is none before");
    wrong(r#"{"locks": [{"setnxx": {}}]}"#, "did you mean `setnx`?");
    wrong(r#"{"locks": [{"setnx": {"kee": "a"}}]}"#, "unknown field `kee`");
    wrong(r#"{"order": "backwards"}"#, "backwards");
    let text = format!(
        r#"{{"title": "m", "why": "2026", "store": {{"zookeeper": {{}}}}, "lock": {}, "clients": {{"processes": 1}},
        "work": {{"section": {{}}}}, "properties": ["deadlock"]}}"#,
        two_keys("")
    );
    let problem = Model::parse("m.json", text).expect_err("an error").to_string();
    assert!(problem.contains("`setnx` runs on `redis`"), "{problem}");
}
