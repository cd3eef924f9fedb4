//! The question that needs no file: what does it cost that everybody watches everybody?

use serde_json::{Value, json};

use super::super::field::Text;

/// The sizes that are compared if nobody says which.
pub(super) const SIZES: [u64; 3] = [10, 100, 1000];

/// The title of the comparison.
pub(super) const TITLE: &str = "Herds: everybody watches everybody, or only the one before";

/// A lock of numbered nodes, in which those who wait watch `watch`: one section each, and the first begins when all others
/// are in line. Messages travel as on one machine, as where it was recorded.
fn model(watch: &str) -> Value {
    json!({
        "title": TITLE,
        "store": {"zookeeper": {"tick": "2s", "session": "40s"}},
        "lock": {"sequential": {"watch": watch}},
        "clients": {"processes": 100},
        "work": {"section": {"work": "1s", "rounds": 1}},
        "given": {"nodes": {"/lock": ""}},
        "network": {"latency": ["50us", "60us"]},
        "costs": {"client": "250us"},
        "bounds": {"time": "30d", "steps": 1_000_000_000_000_u64},
        "properties": ["mutual-exclusion"]
    })
}

/// Both strategies, by name.
pub(super) fn strategies() -> Vec<(String, Text)> {
    let one = |watch: &str| {
        let name = format!("watch-{watch}");
        (name, Text { path: "herd".to_owned(), value: model(watch) })
    };
    vec![one("all"), one("predecessor")]
}
