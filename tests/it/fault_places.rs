//! Where faults strike: before and after requests, at the last moment, and what a thread does that is interrupted.

use lockstep::explore::Verdict;
use lockstep::model::Model;
use lockstep::sim::Setup;

use super::fault_kinds::{Log, REDIS, ZOOKEEPER, model, run, run_late, search};

/// Kinds that strike in the middle of a conversation, with what the first of them is called in a story.
fn first(fault: &str) -> Setup {
    model(REDIS, "", &format!("[{fault}]")).abstract_setup()
}

#[test]
fn a_pause_before_a_request_keeps_it_back_until_its_process_goes_on() {
    let setup = first(r#"{"pause": {"for": "70ms", "before": "EVAL", "process": "c1"}}"#);
    let log = run(&setup);
    let struck = log.at("! struck", 0);
    assert_eq!((log.at("c1 leaves", 0), log.at("c1 EVAL", 0)), (struck, struck + 70));
    assert_eq!(log.count("c1 EVAL"), 1);
    // After it the request is executed already; anywhere is before it as well.
    let log = run(&first(r#"{"pause": {"for": "70ms", "after": "SET", "process": "c1"}}"#));
    assert_eq!(log.at("c1 SET", 0), log.at("! struck", 0));
    let log = run(&first(r#"{"pause": {"for": "70ms", "process": "c1"}}"#));
    assert_eq!(log.at("c1 SET", 0), log.at("! struck", 0) + 70);
}

#[test]
fn a_crash_before_a_request_leaves_it_unsent_and_after_it_executed() {
    let log = run(&first(r#"{"crash": {"before": "SET", "process": "c1"}}"#));
    assert_eq!((log.count("c1 SET"), log.at("c2 enters", 0)), (0, 0));
    let log = run(&first(r#"{"crash": {"after": "SET", "process": "c1"}}"#));
    assert_eq!((log.count("c1 SET"), log.count("c1 enters")), (1, 0));
    assert!(log.at("c2 enters", 0) >= 100, "the key stays for its time to live: {:#?}", log.0);
}

#[test]
fn an_interrupt_before_a_request_leaves_it_unsent_and_later_replies_in_order() {
    let fault = r#"{"interrupt": {"before": "SET", "process": "c1"}}"#;
    let log = run(&first(fault));
    // c2 gets the lock at once, and c1 as after any refusal.
    assert_eq!((log.at("c2 enters", 0), log.count("c1 enters")), (0, 1));
    assert!(log.at("c1 SET", 0) >= 40, "{:#?}", log.0);
    let fault = r#"[{"interrupt": {"before": "delete", "process": "c1"}}]"#;
    let log = run(&model(ZOOKEEPER, "", fault).abstract_setup());
    assert_eq!(log.count("c1 delete"), 0);
}

#[test]
fn faults_of_servers_strike_before_and_after_requests_too() {
    let log = run(&first(r#"{"restart-server": {"for": "30ms", "after": "SET"}}"#));
    let struck = log.at("! struck", 0);
    assert_eq!((struck, log.count("c1 enters")), (0, 1));
    let fault = r#"{"operator": {"command": ["DEL", "lock"], "before": "EVAL", "process": "c1"}}"#;
    let log = run(&first(fault));
    assert_eq!(log.at("! struck", 0), log.at("c1 EVAL", 0));
}

#[test]
fn before_and_after_at_once_are_a_mistake_of_the_model() {
    let text = r#"{"title": "t", "why": "2026", "store": {"redis": {}}, "lock": {"setnx": {}},
        "clients": {"processes": 2}, "work": {"section": {}},
        "faults": [{"crash": {"before": "SETNX", "after": "DEL"}}], "properties": ["mutual-exclusion"]}"#;
    let bad = Model::parse("m.json", text).unwrap_err().to_string();
    assert!(bad.contains("not both") && bad.contains("list the fault twice"), "{bad}");
}

#[test]
fn a_fault_that_never_meets_its_request_is_reported() {
    let outcome = search(&first(r#"{"crash": {"before": "SETNX"}}"#));
    let times = outcome.faults.iter().next().unwrap().times;
    assert_eq!((outcome.verdict, times), (Verdict::NeverStruck(vec![0]), 0));
}

/// The waiter sleeps until the key is gone: between the beginning of the work and its end nothing happens.
const QUIET: &str = r#""store": {"redis": {"notify": "Exg$"}},
  "lock": {"keyspace-events": {"ttl": "100ms", "trusts_events": true, "retry": {"after": "40ms"}}},
  "clients": {"processes": 2}, "work": {"section": {"work": "80ms", "rounds": 1}},"#;

#[test]
fn a_short_pause_is_found_that_begins_just_before_the_work_is_over() {
    let fault = r#"[{"pause": {"phase": "working", "for": "30ms"}}]"#;
    let setup = model(QUIET, "", fault).abstract_setup();
    assert!(matches!(search(&setup).verdict, Verdict::Violated { deviations: 1, .. }));
    let log = run_late(&setup);
    assert_eq!((log.at("! struck", 0), log.at(" leaves", 0)), (80, 110));
}

#[test]
fn a_crash_at_the_last_moment_leaves_its_session_for_longest() {
    let fault = r#"[{"crash": {"phase": "working", "process": "c1"}}]"#;
    let setup = model(ZOOKEEPER, "", fault).abstract_setup();
    // The work takes 250 ms; the session ends 300 ms after it was last heard of, and at most a tick of 100 ms later.
    for (run, died) in [(run as fn(&Setup) -> Log, 0), (run_late, 250)] {
        let log = run(&setup);
        assert_eq!(log.at("! struck", 0), died);
        let entered = log.at("c2 enters", 0);
        assert!((died + 300..=died + 410).contains(&entered), "{:#?}", log.0);
    }
}

#[test]
fn a_thread_that_ends_releases_nothing_and_its_watchdog_goes_on() {
    let lock = |lock: &str, then: &str| {
        let world = REDIS.replace(r#""set-nx-px": {"ttl": "100ms","#, lock);
        let text = format!(
            r#"{{"title": "ends", "why": "2026", {world}
            "faults": [{{"interrupt": {{"phase": "working", "then": "{then}"}}}}],
            "properties": ["orphaned-lock"]}}"#
        );
        let setup = Model::parse("m.json", text.replace("STORE", "")).unwrap();
        search(&setup.abstract_setup()).verdict
    };
    let (watchdog, lease) = (r#""watchdog": {"ttl": "90ms","#, r#""set-nx-px": {"ttl": "100ms","#);
    assert!(matches!(lock(watchdog, "ends"), Verdict::Violated { deviations: 1, .. }));
    assert_eq!(lock(watchdog, "goes-on"), Verdict::Holds);
    assert_eq!(lock(lease, "ends"), Verdict::Holds);
}
