//! Ctrl-C: what is known by then is told.
#![cfg(unix)]

use std::fs;
use std::process::Command;

use super::cli::directory;

/// A model whose search takes very long: a library's random delays against a server that is away.
const LONG: &str = r#"{
    "title": "long", "why": "an example of 2026", "store": {"redis": {}},
    "lock": {"redlock-library": {"library": "node-redlock", "ttl": "30s", "extends": true, "retry": {"after": "5s"}}},
    "clients": {"processes": 3}, "work": {"section": {"work": "120s"}},
    "faults": [{"pause": {"for": "1s"}}], "properties": ["mutual-exclusion"]
}"#;

/// Runs `lockstep` in a shell and presses Ctrl-C after a second; what it wrote, and what it exited with.
fn interrupted(name: &str, command: &str) -> String {
    let directory = directory(name);
    fs::write(directory.join("long.json"), LONG).unwrap();
    fs::copy(directory.join("long.json"), directory.join("other.json")).unwrap();
    let script = format!("\"$0\" {command} & p=$!; sleep 1; kill -INT $p; wait $p; echo exit $?");
    let ran = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_lockstep")])
        .current_dir(&directory)
        .output()
        .expect("a shell");
    let told = String::from_utf8(ran.stdout).expect("output is UTF-8");
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_search_tells_what_is_known() {
    let told = interrupted("interrupted-one", "check long.json");
    assert!(told.ends_with("exit 3"), "{told}");
    assert!(told.contains("stopped by Ctrl-C"), "{told}");
    assert!(told.contains("so far"), "{told}");
}

#[test]
fn a_table_has_the_rows_that_are_known() {
    let told = interrupted("interrupted-several", "check long.json other.json");
    assert!(told.ends_with("exit 3"), "{told}");
    assert!(told.contains("stopped by Ctrl-C: 1 not searched"), "{told}");
    let told = interrupted("interrupted-json", "check long.json other.json --json");
    assert!(told.contains("\"not_searched\": 1") && told.ends_with("exit 3"), "{told}");
}

#[test]
fn runs_stop_after_the_seed_that_is_under_way() {
    let told = interrupted("interrupted-seeds", "run long.json --seeds 1000000");
    assert!(told.contains("stopped by Ctrl-C, after"), "{told}");
    assert!(told.ends_with("exit 3"), "{told}");
}
