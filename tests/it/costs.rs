//! The cost model: handovers of the simulated herd stay near those of the real one, and costs can be set.

use lockstep::model::Model;
use lockstep::run::{Measured, Percentiles};
use lockstep::sim::Costs;
use serde_json::Value;

use super::cli::lockstep;

/// From the delete of the holder to the successor's look, with so many waiting, on ZooKeeper 3.8.0 (µs): p10 and p50 of
/// watch-predecessor and of watch-all (docs/costs.md).
const RECORDED: [(u64, [i64; 2], [i64; 2]); 4] = [
    (10, [836, 982], [1202, 1874]),
    (50, [902, 1084], [2230, 2851]),
    (100, [919, 2762], [5187, 9129]),
    (200, [1027, 1224], [14_629, 20_825]),
];

fn model(lock: &str, clients: u64, rounds: u32) -> Model {
    let text = format!(
        r#"{{"store": {{"zookeeper": {{"tick": "2s", "session": "40s"}}}}, "lock": {lock},
        "given": {{"nodes": {{"/lock": ""}}}}, "clients": {{"processes": {clients}}},
        "work": {{"section": {{"work": "200ms", "rounds": {rounds}}}}},
        "network": {{"latency": ["50us", "60us"]}}, "costs": {{"client": "250us"}},
        "properties": ["mutual-exclusion"]}}"#
    );
    Model::parse("costs.json", text).unwrap()
}

/// The median handover while `waiting` others stand in line all the time.
fn handover(watch: &str, waiting: u64) -> i64 {
    let lock = format!(r#"{{"sequential": {{"watch": "{watch}"}}}}"#);
    // Whoever leaves comes back at once, for a second time: as long as nobody has left for good the line is full.
    let measured = Measured::of(&model(&lock, waiting + 1, 2), 1);
    let full = &measured.handovers[..waiting as usize];
    Percentiles::of(full).unwrap().p50
}

#[test]
fn handovers_stay_near_the_recorded_ones() {
    for (waiting, predecessor, all) in RECORDED {
        for (watch, [p10, p50]) in [("predecessor", predecessor), ("all", all)] {
            let us = handover(watch, waiting);
            let near = (p10 * 2 / 3)..=(p50 * 3 / 2);
            assert!(near.contains(&us), "{watch}, {waiting} waiting: {us} µs is not in {near:?}");
        }
    }
}

#[test]
fn notifications_are_as_many_as_the_formulas_say_in_runs_too() {
    for n in [5, 10, 50, 100] {
        for (lock, expected) in [
            (r#"{"znode": {"path": "/held"}}"#, n * (n - 1) / 2),
            (r#"{"sequential": {"watch": "all"}}"#, n * (n + 1) / 2),
            (r#"{"sequential": {"watch": "predecessor"}}"#, n - 1),
        ] {
            let measured = Measured::of(&model(lock, n, 1), 7);
            assert_eq!(
                (measured.notifications, measured.entries),
                (expected, n),
                "{lock}, {n} clients"
            );
        }
    }
}

#[test]
fn costs_are_shown_and_can_be_set() {
    let ran = lockstep(&["compare", "herd", "--costs", "--json"]);
    let all: Value = serde_json::from_str(&ran.out).unwrap();
    let us = &all["costs"][0]["us"];
    for (name, span, _) in Costs::default().all() {
        let expected = if name == "client" { 250 } else { span.0 };
        assert_eq!(us[name], expected, "{name}");
    }
    assert_eq!(all["costs"].as_array().unwrap().len(), 1);
    let documented =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/costs.md")).unwrap();
    for (name, ..) in Costs::default().all() {
        assert!(documented.contains(&format!("`{name}`")), "{name} is not in docs/costs.md");
    }
    // A dearer server takes longer.
    let ran = lockstep(&[
        "compare",
        "herd",
        "--clients",
        "50",
        "--vary",
        "costs.zookeeper_request=50us,500us",
        "--json",
    ]);
    let all: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
    let p50 = |row: usize| all["rows"][row]["handover_p50_us"].as_i64().unwrap();
    assert!(p50(1) > 3 * p50(0), "{} and {}", p50(0), p50(1));
    let ran = lockstep(&["compare", "herd", "--vary", "costs.zookeper_request=50us"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("did you mean `zookeeper_request`?"), "{}", ran.err);
}
