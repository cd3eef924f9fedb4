//! The fault `operator`: a command of somebody outside, at any moment.

use lockstep::explore::{Bounds, Search, Verdict};
use lockstep::model::Model;

fn model(command: &str, release: &str, property: &str) -> String {
    format!(
        r#"{{"title": "operator", "why": "test 2026", "store": {{"redis": {{}}}},
        "lock": {{"set-nx-px": {{"ttl": "10s", "release": "{release}", "retry": {{"after": "1s"}}}}}},
        "clients": {{"processes": 2}}, "work": {{"section": {{"work": "4s"}}}},
        "faults": [{{"operator": {{"command": {command}, "phase": "working"}}}}],
        "properties": ["{property}"], "expect": {{"verdict": "holds"}}}}"#
    )
}

fn verdict(command: &str) -> Verdict {
    let text = model(command, "compare-and-delete", "mutual-exclusion");
    let model = Model::parse("operator.json", text).unwrap_or_else(|bad| panic!("{bad}"));
    Search::new(&model.abstract_setup(), Bounds::default())
        .run(&mut lockstep::explore::to_the_end)
        .verdict
}

#[test]
fn what_takes_the_key_away_lets_two_clients_in() {
    for command in [
        r#"["DEL", "lock"]"#,
        r#"["flushall"]"#,
        r#"["PEXPIRE", "lock", "1"]"#,
        // A server without the key refuses it; one that has it does not.
        r#"["RENAME", "lock", "other"]"#,
    ] {
        let verdict = verdict(command);
        assert!(
            matches!(verdict, Verdict::Violated { deviations: 1, .. }),
            "{command} {verdict:?}"
        );
    }
}

#[test]
fn what_leaves_the_key_alone_does_not() {
    for command in [r#"["DEL", "other"]"#, r#"["SCRIPT", "FLUSH"]"#, r#"["PERSIST", "lock"]"#] {
        assert_eq!(verdict(command), Verdict::Holds, "{command}");
    }
}

#[test]
fn a_command_that_redis_refuses_is_a_mistake_of_the_model() {
    for (command, why) in [
        (r#"["DELL", "lock"]"#, "unknown command 'DELL'"),
        (r#"["DEL"]"#, "wrong number of arguments"),
        (r#"["SET", "lock", "x", "PX", "0"]"#, "invalid expire time"),
        ("[]", "an empty command"),
    ] {
        let text = model(command, "del", "mutual-exclusion");
        let bad = Model::parse("operator.json", text).unwrap_err().to_string();
        assert!(bad.contains(why) && bad.contains("operator.json:4:"), "{bad}");
    }
    let text = model("1", "del", "mutual-exclusion").replace(r#""command": 1, "#, "");
    let bad = Model::parse("operator.json", text).unwrap_err().to_string();
    assert!(bad.contains("needs a `command`"), "{bad}");
}
