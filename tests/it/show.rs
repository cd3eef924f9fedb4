//! `lockstep show`: a run that somebody has, whole or in part, and what the stores keep at a step.

use std::fs;

use serde_json::Value;

use super::cli::{directory, lockstep_at};

fn show(arguments: &[&str]) -> (i32, String, String) {
    let all = [&["show"][..], arguments].concat();
    let ran = lockstep_at(&directory("show_here"), &all, b"", Some(100));
    (ran.code, ran.out, ran.err)
}

#[test]
fn a_model_and_its_trace_show_the_same() {
    let directory = directory("show_trace");
    let run = |arguments: &[&str]| lockstep_at(&directory, arguments, b"", Some(100));
    assert_eq!(run(&["check", "sequential-pause", "-o", "t.jsonl"]).code, 0);
    let (model, trace) = (run(&["show", "sequential-pause"]), run(&["show", "t.jsonl"]));
    assert_eq!((model.code, trace.code), (0, 0), "{}{}", model.err, trace.err);
    let timeline = |text: &str| text.split("\nVIOLATED").next().unwrap().to_owned();
    assert_eq!(timeline(&model.out), timeline(&trace.out));
    assert!(trace.out.contains("c2 enters") || trace.out.contains("enters while"), "{}", trace.out);
    assert!(trace.out.contains("lockstep replay t.jsonl"), "{}", trace.out);
}

#[test]
fn a_part_of_a_run_is_shown_without_the_rest() {
    let (code, late, _) = show(&["f55-cut-follower", "--from", "9s", "--to", "9500ms"]);
    assert_eq!(code, 0);
    assert!(
        late.contains("9000") && !late.contains("10000") && !late.contains("6000.001"),
        "{late}"
    );
    let (_, of_db, _) = show(&["f55-cut-follower", "--who", "db"]);
    assert!(
        of_db.contains("READ") && of_db.contains("WRITE") && !of_db.contains("getChildren"),
        "{of_db}"
    );
    let (_, key, _) = show(&["f55-cut-follower", "--key", "/lock"]);
    assert!(key.contains("create -e -s") && !key.contains("READ"), "{key}");
    let (_, near, _) = show(&["f55-cut-follower", "--around", "violation"]);
    assert!(near.contains('✗'), "{near}");
    let (_, none, _) = show(&["set-nx-px-pause", "--from", "1h"]);
    assert!(none.contains("nothing of the run is in this selection"), "{none}");
}

#[test]
fn the_state_says_who_has_what_until_when_and_what_changed() {
    let (_, first, _) = show(&["set-nx-px-pause", "--state", "1"]);
    assert!(first.contains("c1 wants the lock"), "{first}");
    assert!(first.contains("+ lock  c1-0000, until 10.001 s (10.001 s left)"), "{first}");
    let (_, end, _) = show(&["set-nx-px-pause", "--state", "violation"]);
    assert!(end.contains("in its critical section, paused") && end.contains("c2-0000"), "{end}");
    let (_, last, _) = show(&["sequential-pause", "--state"]);
    assert!(last.contains("ephemeral, of c2 (s2)"), "{last}");
    let (_, gone, _) = show(&["sequential-pause", "--state", "9"]);
    assert!(gone.contains("- session s1"), "{gone}");
    let (code, _, err) = show(&["set-nx-px-pause", "--state", "99"]);
    assert!(code == 2 && err.contains("the run has 7 steps"), "{err}");
    let (code, _, err) = show(&["set-nx-px-pause", "--state", "soon"]);
    assert!(code == 2 && err.contains("is no step"), "{err}");
}

#[test]
fn who_is_not_there_is_told_with_who_is() {
    let (code, _, err) = show(&["set-nx-px-pause", "--who", "c3"]);
    assert!(code == 2 && err.contains("did you mean") && err.contains("c1, c2, redis"), "{err}");
}

#[test]
fn a_crowd_is_folded_and_not_left_out() {
    let directory = directory("show_crowd");
    let text = r#"{"store": {"redis": {}}, "lock": {"set-nx-px": {"ttl": "30s", "retry": {"after": "20ms"}}},
        "clients": {"processes": 120}, "work": {"section": {"work": "1ms", "rounds": 1}}, "properties": ["mutual-exclusion"]}"#;
    fs::write(directory.join("crowd.json"), text).unwrap();
    let ran = lockstep_at(&directory, &["show", "crowd.json", "--seed", "1"], b"", Some(100));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("enters") && ran.out.contains("without a column"), "{}", ran.out);
    assert!(ran.out.lines().all(|line| line.chars().count() <= 100), "{}", ran.out);
    let state =
        lockstep_at(&directory, &["show", "crowd.json", "--seed", "1", "--state", "40"], b"", None);
    assert!(state.out.contains("clients want the lock"), "{}", state.out);
}

#[test]
fn recordings_and_logs_are_shown_line_by_line() {
    let directory = directory("show_log");
    let log = "1339518083.107412 [0 127.0.0.1:60866] \"SET\" \"lock\" \"a\" \"NX\" \"PX\" \"1000\"\n\
               1339518083.207412 [0 127.0.0.1:60867] \"SET\" \"lock\" \"b\" \"NX\" \"PX\" \"1000\"\n\
               1339518085.207412 [0 127.0.0.1:60867] \"GET\" \"other\"\n";
    fs::write(directory.join("m.log"), log).unwrap();
    let run = |rest: &[&str]| {
        lockstep_at(&directory, &[&["show", "m.log"][..], rest].concat(), b"", Some(100))
    };
    let all = run(&[]);
    assert_eq!(all.code, 0, "{}", all.err);
    assert!(
        all.out.contains("→ OK")
            && all.out.contains("→ (nil)")
            && all.out.contains("key lock expires"),
        "{}",
        all.out
    );
    let one = run(&["--who", "127.0.0.1:60867", "--key", "lock"]);
    assert!(one.out.contains("1 line of") && !one.out.contains("other"), "{}", one.out);
    let wrong = run(&["--around", "violation"]);
    assert!(wrong.code == 2 && wrong.err.contains("lockstep audit m.log"), "{}", wrong.err);
    let json: Value = serde_json::from_str(&run(&["--json"]).out).unwrap();
    assert_eq!(json["lines"][0]["who"], "127.0.0.1:60866");
}

#[test]
fn the_json_has_the_run_and_its_picture() {
    let (code, out, _) = show(&["set-nx-px-pause", "--json", "--state", "violation"]);
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &json["command"], &json["step"]), (0, &"show".into(), &7.into()));
    assert_eq!(json["picture"]["lanes"].as_array().unwrap().len(), 3);
    assert!(json["events"].as_array().unwrap().len() > 5);
}
