//! What puts a property to the test, and faults that can strike nobody: a `holds` means something.

use lockstep::explore::Verdict;
use lockstep::model::Model;
use lockstep::report::cover;
use lockstep::run::{Asked, Checked, check};

pub(crate) fn checked(text: &str) -> Checked {
    checked_within(text, None)
}

fn checked_within(text: &str, deviations: Option<u32>) -> Checked {
    let model = Model::parse("m.json", text).unwrap_or_else(|bad| panic!("{bad}\n{text}"));
    let asked = Asked { deviations, ..Asked::default() };
    check(model, asked, &mut lockstep::explore::to_the_end)
}

/// What the verdict covers, in words.
fn covers(checked: &Checked) -> String {
    cover::covers(&checked.model.abstract_setup(), &checked.outcome)
}

/// One is at work from 0 s on, for ten seconds; another begins to ask later, and tries so often.
fn late(starts: &str, tries: u32, property: &str) -> Checked {
    checked(&format!(
        r#"{{
        "title": "late", "why": "an example of 2026", "store": {{"redis": {{}}}},
        "lock": {{"set-nx-px": {{"ttl": "60s", "retry": {{"after": "1s"}}}}}},
        "clients": {{"roles": {{
            "worker": {{"processes": 1, "arrive": "together"}},
            "second": {{"processes": 1, "starts": "{starts}", "tries": {tries}}}
        }}}},
        "work": {{"section": {{"work": "10s"}}}},
        "properties": [{property}]
    }}"#
    ))
}

#[test]
fn who_asks_while_another_is_inside_puts_exclusion_to_the_test() {
    for property in
        ["\"mutual-exclusion\"", r#"{"permits": {"of": 1}}"#, r#"{"spacing": {"least": "5s"}}"#]
    {
        // Whether it gets the lock in the end, or gives up before.
        for tries in [1, 3, 30] {
            let found = late("3s", tries, property);
            assert_eq!(found.outcome.verdict, Verdict::Holds, "{property}, {tries} tries");
        }
        let found = late("12s", 30, property);
        assert!(matches!(found.outcome.verdict, Verdict::Vacuous(_)), "{property}");
    }
    // One permit is free: nobody is kept out.
    let found = late("3s", 30, r#"{"permits": {"of": 2}}"#);
    assert!(!matches!(found.outcome.verdict, Verdict::Holds), "{:?}", found.outcome.verdict);
}

#[test]
fn a_wait_is_judged_whoever_else_is_there() {
    for property in [
        r#"{"bounded-wait": {"bound": "20s"}}"#,
        r#"{"bounded-wait": {"bound": "20s", "of": "each"}}"#,
        "\"deadlock\"",
        "\"livelock\"",
        "\"orphaned-lock\"",
    ] {
        assert_eq!(late("3s", 30, property).outcome.verdict, Verdict::Holds, "{property}");
        let alone = late("12s", 30, property);
        assert!(matches!(alone.outcome.verdict, Verdict::Vacuous(_)), "{property}");
        // It waits for its own lost lock.
        let lone = checked(&format!(
            r#"{{
            "title": "lone", "why": "an example of 2026", "store": {{"redis": {{}}}},
            "lock": {{"set-nx-px": {{"ttl": "10s", "retry": {{"after": "1s"}}}}}},
            "clients": {{"processes": 1}}, "work": {{"section": {{"work": "1s"}}}},
            "faults": [{{"lose-reply": {{"request": "SET"}}}}], "properties": [{property}]
        }}"#
        ));
        assert_eq!(lone.outcome.verdict, Verdict::Holds, "{property}");
    }
}

#[test]
fn a_vacuous_verdict_says_what_never_happened() {
    let found = late("12s", 30, "\"mutual-exclusion\"");
    let told = covers(&found);
    assert!(told.contains("nobody wanted the lock while another was in its section"), "{told}");
}

#[test]
fn what_servers_refuse_from_the_beginning_is_named() {
    let text = r#"{
        "title": "refused", "why": "an example of 2026", "store": {"redis": {}},
        "lock": {"script": {"source": [
            "function acquire(lock)",
            "  if redis.pcall('SET', 'lock', me.process, 'NX', 'PX', 0) then return busy() end",
            "end",
            "function release(lock) end"
        ], "retry": {"after": "1s"}}},
        "clients": {"processes": 2, "tries": 2}, "work": {"section": {"work": "1s"}},
        "properties": ["mutual-exclusion"]
    }"#;
    let model = Model::parse("m.json", text).unwrap_or_else(|bad| panic!("{bad}"));
    let refused = lockstep::run::refused(&model).expect("a time to live of 0 is refused");
    assert_eq!(refused.request, "SET");
    assert!(refused.said.contains("invalid expire time"), "{refused:?}");
    assert!(matches!(checked(text).outcome.verdict, Verdict::Vacuous(_)));
}

/// Two clients with this fault.
fn with_fault(lock: &str, fault: &str) -> String {
    let (store, given) = if lock.contains("sequential") {
        (r#"{"zookeeper": {}}"#, r#""given": {"nodes": {"/lock": ""}},"#)
    } else {
        (r#"{"redis": {}}"#, "")
    };
    format!(
        r#"{{
        "title": "fault", "why": "an example of 2026", "store": {store}, "lock": {lock},
        "clients": {{"processes": 2}}, "work": {{"section": {{"work": "1s"}}}}, {given}
        "faults": [{fault}], "properties": ["mutual-exclusion"]
    }}"#
    )
}

const SET: &str = r#"{"set-nx-px": {"ttl": "10s", "retry": {"after": "1s"}}}"#;

#[test]
fn a_fault_that_strikes_nobody_is_no_pass() {
    let pauses = r#"{"pause": {"phase": "waiting", "for": "2s"}}"#;
    let cases = [
        // It waits inside its call.
        (r#"{"sequential": {}}"#, pauses, "no thread is ever waiting, only acquiring, at work"),
        (
            SET,
            r#"{"lose-reply": {"request": "INCR"}}"#,
            "nobody ever sends `INCR`; sent are `EVAL` and `SET`",
        ),
        (SET, r#"{"crash": {"before": "INCR"}}"#, "nobody ever sends `INCR`"),
    ];
    for (lock, fault, why) in cases {
        let found = checked(&with_fault(lock, fault));
        assert_eq!(found.outcome.verdict, Verdict::NeverStruck(vec![0]), "{fault}");
        let told = covers(&found);
        assert!(told.contains("never took effect") && told.contains(why), "{told}\nlacks: {why}");
        assert_eq!(found.found().verdict, lockstep::model::Verdict::Vacuous);
    }
    // Where it can be refused it waits outside.
    let found = checked(&with_fault(SET, pauses));
    assert_eq!(found.outcome.verdict, Verdict::Holds, "{:?}", found.outcome.faults);
}

#[test]
fn who_asks_for_runs_without_faults_gets_them() {
    let text = with_fault(SET, r#"{"lose-reply": {"request": "INCR"}}, "crash""#);
    let found = checked_within(&text, Some(0));
    assert_eq!(found.outcome.verdict, Verdict::HoldsWithin(0));
    let found = checked_within(&text, Some(1));
    assert_eq!(found.outcome.verdict, Verdict::NeverStruck(vec![0]));
}
