//! What a verdict can be believed by: how often that was reached which locks break at, and zeros in words.

use lockstep::explore::Outcome;
use lockstep::model::Model;
use lockstep::report::evidence::evidence;
use lockstep::run::{Asked, check};
use lockstep::sim::Reach;
use serde_json::{Value, json};

fn searched(model: &Value) -> (Model, Outcome) {
    let model = Model::parse("evidence.json", model.to_string()).unwrap();
    let checked = check(model, Asked::default(), &mut lockstep::explore::to_the_end);
    (checked.model, checked.outcome)
}

fn set_nx_px(work: &str, faults: &Value) -> Value {
    json!({
        "title": "t", "store": {"redis": {}},
        "lock": {"set-nx-px": {"ttl": "10s", "retry": {"after": "1s"}}},
        "clients": {"processes": 2, "tries": 3}, "work": {"section": {"work": work, "stop": "at-validity"}},
        "faults": faults, "properties": ["release-safety"],
    })
}

#[test]
fn what_never_happened_is_said_in_words() {
    let (model, outcome) = searched(&set_nx_px("2s", &json!(["crash"])));
    let times = |reach| outcome.seen.reached.times(reach);
    assert!(times(Reach::Entered) > 0 && times(Reach::KeptOut) > 0 && times(Reach::Died) > 0);
    assert_eq!((times(Reach::LeaseOver), times(Reach::StoodStill)), (0, 0));
    let lines = evidence(&model.abstract_setup(), &outcome);
    assert!(lines[0].starts_with("somebody entered a section in "), "{}", lines[0]);
    // Nobody listed a pause: it is not missed.
    let never = "never in any run: a time to live ran out while somebody was inside. Nothing is said about that";
    assert_eq!(lines[1..], [never]);
}

#[test]
fn what_happened_is_counted() {
    let faults = json!([{"pause": {"phase": "working"}}]);
    let (model, outcome) = searched(&set_nx_px("2s", &faults));
    for reach in [Reach::LeaseOver, Reach::StoodStill, Reach::GaveUp] {
        assert!(outcome.seen.reached.times(reach) > 0, "{reach:?}");
    }
    assert_eq!(evidence(&model.abstract_setup(), &outcome).len(), 1);
}

#[test]
fn a_session_that_ends_inside_is_counted_as_one() {
    let model = |faults: &Value| {
        json!({
            "title": "t", "store": {"zookeeper": {}}, "lock": {"sequential": {}},
            "clients": {"processes": 2, "tries": 3}, "work": {"section": {"work": "2s"}}, "faults": faults,
            "properties": ["fifo"],
        })
    };
    let (_, outcome) = searched(&model(&json!([{"pause": {"phase": "working"}}])));
    assert!(outcome.seen.reached.times(Reach::SessionOver) > 0);
    let (setup, outcome) = searched(&model(&json!([])));
    let lines = evidence(&setup.abstract_setup(), &outcome);
    assert!(lines.last().unwrap().contains("never in any run: a session ended"), "{lines:?}");
}
