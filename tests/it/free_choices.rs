//! What costs nothing and is always tried: who comes when, the phase of tries, messages that are late, and how long a fault
//! lasts where the model does not say.
//!
//! Each case is judged twice: with these choices it is violated with as many faults as a reader would count, and without
//! them nothing is found, so that it is they that find it.

use lockstep::model::{Model, Verdict};
use lockstep::run::{Asked, Found, Recording, check};
use serde_json::{Value, json};

fn found(model: &Value) -> Found {
    let model = Model::parse("free.json", model.to_string()).unwrap();
    check(model, Asked::default(), &mut lockstep::explore::to_the_end).found()
}

/// Violated with so many faults, and not at all if nothing is chosen freely.
#[track_caller]
fn is_found_freely(model: &Value, property: &str, faults: u32) {
    let with = found(model);
    assert_eq!(with.verdict, Verdict::Violated, "{model}");
    assert_eq!((&*with.properties, with.deviations), (&[property.to_owned()][..], Some(faults)));
    let mut without = model.clone();
    without["bounds"]["choices"] = json!(0);
    assert_ne!(found(&without).verdict, Verdict::Violated, "{without}");
}

/// SET NX PX with this lease, tries, work and faults.
fn lease(ttl: &str, clients: &Value, work: &str, faults: &Value) -> Value {
    json!({
        "title": "t", "why": "-", "store": {"redis": {}},
        "lock": {"set-nx-px": {"ttl": ttl, "retry": {"after": "200ms"}}},
        "clients": clients, "work": {"section": {"work": work}}, "faults": faults,
        "properties": ["mutual-exclusion"],
    })
}

#[test]
fn who_comes_after_all_others_have_given_up_gets_in() {
    let clients = json!({"processes": 2, "tries": 5});
    is_found_freely(&lease("30s", &clients, "31s", &json!([])), "mutual-exclusion", 0);
    is_found_freely(&lease("30s", &clients, "2s", &json!(["pause"])), "mutual-exclusion", 1);
    let three = json!({"processes": 3, "tries": 2});
    is_found_freely(&lease("7s", &three, "8s", &json!([])), "mutual-exclusion", 0);
}

#[test]
fn tries_have_any_phase() {
    let faults = json!([{"pause": {"for": "28050ms"}}]);
    let model = lease("30s", &json!({"processes": 2}), "2s", &faults);
    is_found_freely(&model, "mutual-exclusion", 1);
}

#[test]
fn who_comes_together_or_when_the_model_says_does_not_come_later() {
    for clients in [
        json!({"processes": 2, "tries": 5, "arrive": "together"}),
        json!({"processes": 2, "tries": 5, "starts": "0s"}),
    ] {
        assert_ne!(found(&lease("30s", &clients, "31s", &json!([]))).verdict, Verdict::Violated);
    }
    let wrong = lease(
        "30s",
        &json!({"processes": 2, "starts": "1s", "arrive": "freely"}),
        "31s",
        &json!([]),
    );
    let problem = Model::parse("free.json", wrong.to_string()).unwrap_err().to_string();
    assert!(problem.contains("`starts` says when they come"), "{problem}");
}

#[test]
fn a_try_that_falls_on_the_end_of_the_lease_may_come_after_it() {
    let model = json!({
        "title": "t", "why": "-", "store": {"redis": {}},
        "lock": {"set-nx-px": {"ttl": "10s", "retry": {"after": "10s"}}},
        "clients": {"processes": 2, "tries": 2, "arrive": "together"},
        "work": {"section": {"work": "30s"}}, "properties": ["mutual-exclusion"],
    });
    is_found_freely(&model, "mutual-exclusion", 0);
}

#[test]
fn no_order_of_messages_is_the_right_one() {
    let fifo = json!({
        "title": "t", "why": "-", "store": {"zookeeper": {}},
        "lock": {"znode": {"mode": "ephemeral"}}, "clients": {"processes": 2, "arrive": "together"},
        "work": {"section": {"rounds": 2}}, "properties": ["fifo"],
    });
    assert_eq!((found(&fifo).verdict, found(&fifo).deviations), (Verdict::Violated, Some(0)));
    let names = json!({
        "title": "t", "why": "-", "store": {"zookeeper": {}},
        "lock": {"guid": {"order": "names", "retry": {"after": "1s"}}},
        "clients": {"processes": 2, "arrive": "together"},
        "work": {"section": {}}, "properties": ["mutual-exclusion"],
    });
    is_found_freely(&names, "mutual-exclusion", 0);
}

#[test]
fn a_fault_without_a_duration_lasts_for_any_time() {
    // Neither a tenth below nor a tenth above the lease is enough: the pause has to last until the second lease is over.
    let model = json!({
        "title": "t", "why": "-", "store": {"redis": {}},
        "lock": {"setnx": {"retry": {"after": "1s"}}},
        "clients": {"processes": 2}, "work": {"section": {"work": "2s"}}, "faults": ["pause"],
        "properties": [{"bounded-wait": {"bound": "5s"}}],
    });
    let with = found(&model);
    assert_eq!((with.verdict, with.deviations), (Verdict::Violated, Some(1)));
}

/// A story in which something was chosen freely is a run like any other: the same choices make the same again.
#[test]
fn a_story_with_free_choices_is_made_again() {
    let model = lease("30s", &json!({"processes": 2, "tries": 5}), "31s", &json!([]));
    let model = Model::parse("free.json", model.to_string()).unwrap();
    let story = |model: Model| -> Recording {
        check(model, Asked::default(), &mut lockstep::explore::to_the_end).recording().unwrap()
    };
    let (one, other) = (story(model.clone()), story(model));
    assert!(!one.spec.deviations.is_empty(), "a client comes later");
    assert_eq!(one.events, other.events);
    assert_eq!(one.spec.deviations, other.spec.deviations);
    assert!(one.ended.violation.is_some());
}
