//! Stories are complete and true: what the verdict needs is a step, and nothing is told that is not so.

use std::path::Path;

use super::cli::lockstep_at;

fn told(arguments: &[&str], input: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ran = lockstep_at(root, arguments, input.as_bytes(), Some(240));
    assert!(ran.out.contains("VIOLATED"), "{}{}", ran.out, ran.err);
    ran.out
}

/// The numbered step that says this.
fn step<'a>(out: &'a str, part: &str) -> &'a str {
    let is_step = |line: &str| {
        line.trim_start().split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok())
    };
    let found = out.lines().find(|line| is_step(line) && line.contains(part));
    found.unwrap_or_else(|| panic!("no step says {part:?}:\n{out}"))
}

#[test]
fn a_refused_release_is_a_step() {
    let model = r#"{
        "store": {"redis": {"replicas": 1, "min_replicas_to_write": 1, "min_replicas_max_lag": "3s"}},
        "lock": {"set-nx-px": {"ttl": "20s", "retry": {"after": "2s"}}},
        "clients": {"processes": 2},
        "work": {"section": {"work": "5s"}},
        "faults": [{"lag": {"for": "9s"}}],
        "properties": [{"bounded-wait": {"bound": "9s"}}]
    }"#;
    let out = told(&["check", "-"], model);
    assert!(step(&out, "release fails").contains("NOREPLICAS"), "{out}");
}

#[test]
fn what_an_operator_does_is_named_as_what_it_is() {
    let model = |command: &str| {
        format!(
            r#"{{
                "store": {{"redis": {{}}}},
                "lock": {{"set-nx-px": {{"ttl": "10s"}}}},
                "clients": {{"processes": 2}},
                "work": {{"section": {{"work": "4s"}}}},
                "faults": [{{"operator": {{"command": {command}}}}}, {{"crash": {{}}}}],
                "properties": ["orphaned-lock"]
            }}"#
        )
    };
    let out = told(&["check", "-"], &model(r#"["PERSIST", "lock"]"#));
    assert!(step(&out, "takes the end of").contains("key lock in redis away: it stays"), "{out}");
    let out = told(&["check", "-"], &model(r#"["SET", "lock", "mine"], "after": "SET""#));
    let put = "puts another value in the place of c1's key lock in redis";
    assert!(step(&out, "puts another value").contains(put), "{out}");
}

#[test]
fn permits_within_the_limit_are_no_violation() {
    let out = told(&["check", "models/redis/redis-semaphore-outlived.json"], "");
    let marked = out.lines().filter(|line| line.contains('✗') && line.contains("┃ enters"));
    assert_eq!(marked.count(), 1, "{out}");
}
