//! Recordings that were tampered with: the comparison has to notice.

use std::path::Path;

use lockstep::trace::recorded;
use lockstep::trace::{Line, Trace};
use serde_json::{Value, json};

/// Short recordings of every kind: watches, expiry, reaping, a restart, an ensemble.
const FILES: [&str; 7] = [
    "hand-race-correct-exists-1",
    "hand-crash-holder-1",
    "restart-1",
    "conf-watch-1",
    "conf-reap-1",
    "herd1by1-pred-5",
    "ensemble-move-1",
];

fn open(name: &str) -> Trace {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("traces/recorded/zookeeper");
    Trace::open(&directory.join(format!("{name}.jsonl"))).unwrap()
}

fn is_noticed(trace: &Trace, events: &[Line]) -> bool {
    recorded::replay(&trace.header, events).map_or(true, |tally| tally.different > 0)
}

/// The tampered recordings that pass.
fn unnoticed(tampered: impl Fn(&Trace, usize) -> Option<Vec<Line>>) -> Vec<String> {
    let mut unnoticed = Vec::new();
    for name in FILES {
        let trace = open(name);
        assert!(!is_noticed(&trace, &trace.events), "{name} as it is");
        for at in 0..trace.events.len() {
            if let Some(events) = tampered(&trace, at)
                && !is_noticed(&trace, &events)
            {
                unnoticed.push(format!("{name}:{}", trace.events[at].number));
            }
        }
    }
    unnoticed
}

fn event(trace: &Trace, at: usize) -> Value {
    trace.events[at].parse().unwrap()
}

/// Whether the line leaves a trace in what comes after it: a number used, an event due.
fn matters(trace: &Trace, at: usize) -> bool {
    let event = event(trace, at);
    let op = event.pointer("/call/op").and_then(Value::as_str).unwrap_or_default();
    let is_write = matches!(
        op,
        "create" | "create2" | "createContainer" | "createTTL" | "delete" | "setData" | "multi"
    );
    is_write || ["watch", "expired", "server"].iter().any(|member| event.get(member).is_some())
}

#[test]
fn a_line_that_is_missing_is_noticed() {
    let passes = unnoticed(|trace, at| {
        let mut events = trace.events.clone();
        events.remove(at);
        matters(trace, at).then_some(events)
    });
    assert_eq!(passes, Vec::<String>::new());
}

#[test]
fn a_line_that_is_there_twice_is_noticed() {
    let passes = unnoticed(|trace, at| {
        let mut events = trace.events.clone();
        events.insert(at, events[at].clone());
        // To die twice in a row, or not to be answered twice, is possible.
        let event = event(trace, at);
        let repeatable = event.get("server") == Some(&json!("restart"))
            || event.get("reply") == Some(&Value::Null);
        (matters(trace, at) && !repeatable).then_some(events)
    });
    assert_eq!(passes, Vec::<String>::new());
}

#[test]
fn a_reply_with_another_number_is_noticed() {
    let passes = unnoticed(|trace, at| {
        let mut changed = event(trace, at);
        let zxid = changed.pointer_mut("/reply/zxid")?;
        *zxid = json!(zxid.as_i64()? + 1);
        let mut events = trace.events.clone();
        events[at].text = changed.to_string();
        Some(events)
    });
    assert_eq!(passes, Vec::<String>::new());
}

#[test]
fn writes_in_another_order_are_noticed() {
    let passes = unnoticed(|trace, at| {
        let is_call = |at: usize| at < trace.events.len() && event(trace, at).get("call").is_some();
        let swaps = is_call(at) && is_call(at + 1) && matters(trace, at) && matters(trace, at + 1);
        swaps.then(|| {
            let mut events = trace.events.clone();
            events.swap(at, at + 1);
            events
        })
    });
    assert_eq!(passes, Vec::<String>::new());
}

#[test]
fn an_event_of_an_unknown_session_is_noticed() {
    let passes = unnoticed(|trace, at| {
        let mut changed = event(trace, at);
        *changed.get_mut("session")? = json!("s999");
        let mut events = trace.events.clone();
        events[at].text = changed.to_string();
        Some(events)
    });
    assert_eq!(passes, Vec::<String>::new());
}

#[test]
fn an_unknown_operation_is_a_difference_and_a_malformed_line_is_an_error() {
    let trace = open("hand-race-correct-exists-1");
    let with = |text: &str| {
        let mut events = trace.events.clone();
        events[6].text = text.to_owned();
        recorded::replay(&trace.header, &events)
    };
    let unknown = r#"{"at":70000,"session":"s1","call":{"op":"whoAmI"},"reply":{"zxid":6}}"#;
    assert!(with(unknown).unwrap().different > 0);
    for malformed in [
        r#"{"at":70000,"session":"s1","call":{"op":"exists","path":"/lock"},"reply":{"zxid":6}}"#,
        r#"{"at":70000,"session":"s1","call":{"op":"exists","path":"/a","watch":true,"x":1},"reply":{"zxid":6}}"#,
        r#"{"at":70000,"session":"s1","call":{"op":"ping"}}"#,
        r#"{"at":70000,"session":"s1"}"#,
        r#"{"at":70000,"session":"s1","watch":{"type":"NodeMoved","path":"/","state":"SyncConnected"}}"#,
        r#"{"at":70000,"session":"s1","on":0,"call":{"op":"ping"},"reply":{"zxid":6}}"#,
        r#"{"at":70000,"session":"s1","on":7,"call":{"op":"ping"},"reply":{"zxid":6}}"#,
    ] {
        let bad = with(malformed).unwrap_err();
        assert_eq!(bad.line, 8, "{malformed}: {bad}");
    }
}

#[test]
fn an_event_without_a_cause_is_noticed_when_its_connection_ends_at_once() {
    let trace = open("hand-race-correct-exists-1");
    let ends = |line: &Line| line.text.contains("\"disconnect\":true");
    let at = trace.events.iter().position(ends).unwrap();
    let Value::Object(end) = event(&trace, at) else { unreachable!("a line is an object") };
    let watch = json!({"type": "NodeDeleted", "path": "/none", "state": "SyncConnected"});
    let heard = json!({"at": end["at"], "session": end["session"], "watch": watch});
    let mut events = trace.events.clone();
    events.insert(at, Line { text: heard.to_string(), ..events[at].clone() });
    assert!(is_noticed(&trace, &events));
}
