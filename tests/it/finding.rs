//! Models, recipes and commands are found by what people call them, wherever the program is.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::cli::{directory, lockstep_at};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn told(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn models_are_found_by_name_anywhere() {
    let directory = directory("finding_models");
    let run = |arguments: &[&str]| lockstep_at(&directory, arguments, b"", None);
    for name in [
        "set-nx-px-pause",
        "redis/set-nx-px-pause",
        "models/redis/set-nx-px-pause",
        "models/redis/set-nx-px-pause.json",
        "./models/redis/set-nx-px-pause.json",
    ] {
        let ran = run(&["check", name]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        assert!(ran.out.contains("VIOLATED  mutual-exclusion"), "{name}: {}", ran.out);
    }
    let ran = run(&["run", "set-nx-px-pause"]);
    assert!(ran.code < 2 && ran.err.contains("ms"), "{}", ran.err);
    // A directory of the program is a table.
    let ran = run(&["check", "models/red-packets", "--states", "1"]);
    let inside = fs::read_dir(Path::new(ROOT).join("models/red-packets")).unwrap().count();
    assert!(
        ran.out.contains(&format!("{inside} for `lockstep run` only"))
            || ran.out.lines().count() >= inside,
        "{}",
        ran.out
    );
    let listed = run(&["list", "models", "--json"]);
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    assert!(listed["models"].as_array().unwrap().len() > 300);
    // A name of several.
    let ran = run(&["check", "sequential-watch-all"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("several models have this name"), "{}", ran.err);
    // A file of that name comes first.
    fs::write(directory.join("set-nx-px-pause"), "{}").unwrap();
    assert_eq!(run(&["check", "set-nx-px-pause"]).code, 2);
}

#[test]
fn what_was_meant_by_a_path_is_said() {
    let directory = directory("finding_paths");
    fs::write(directory.join("kept.jsonl"), "").unwrap();
    fs::write(directory.join("own-model.json"), "").unwrap();
    for (arguments, meant) in [
        (["check", "own-modle.json"], "did you mean `own-model.json`?"),
        (["replay", "kpet.jsonl"], "did you mean `kept.jsonl`?"),
        (["check", "set-nx-px-puase"], "did you mean `set-nx-px-pause`"),
        (["run", "models/redis/set-nx-px-puase.json"], "did you mean `set-nx-px-pause`"),
        (["check", "curator"], "models of this program with that word"),
        (["check", "zzzzzz"], "`lockstep list models`"),
    ] {
        let ran = lockstep_at(&directory, &arguments, b"", None);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(told(&ran.err).contains(meant), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn the_wrong_kind_of_file_is_told_the_right_command() {
    let directory = directory("finding_kinds");
    let model = Path::new(ROOT).join("models/redis/set-nx-px-pause.json");
    fs::copy(model, directory.join("m.json")).unwrap();
    let run = |arguments: &[&str], input: &[u8]| lockstep_at(&directory, arguments, input, None);
    assert_eq!(run(&["check", "m.json", "-o", "t.jsonl"], b"").code, 0);
    let trace = fs::read(directory.join("t.jsonl")).unwrap();
    let log = "1339518083.107412 [0 127.0.0.1:60866] \"keys\" \"*\"\n";
    fs::write(directory.join("m.log"), format!("OK\n{log}")).unwrap();
    for (arguments, command) in [
        (["replay", "m.json"], "`lockstep check m.json`"),
        (["check", "t.jsonl"], "`lockstep replay t.jsonl`"),
        (["run", "t.jsonl"], "`lockstep replay t.jsonl`"),
        (["check", "m.log"], "`lockstep replay m.log`"),
    ] {
        let ran = run(&arguments, b"");
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(told(&ran.err).contains(command), "{arguments:?}: {}", ran.err);
    }
    // The same from standard input, and what is right there.
    assert!(run(&["check", "-"], &trace).err.contains("lockstep replay -"));
    assert_eq!(run(&["check", "-"], &fs::read(directory.join("m.json")).unwrap()).code, 0);
    let replayed = run(&["replay", "-"], &trace);
    assert!(
        replayed.code == 0 && replayed.out.starts_with("the same run"),
        "{}{}",
        replayed.out,
        replayed.err
    );
    assert_eq!(run(&["replay", "-"], log.as_bytes()).code, 0);
    assert!(run(&["check", "-"], b"").err.contains("the file is empty"));
    // An editor of another system made its line ends of a trace's.
    let text = String::from_utf8(trace).unwrap().replace('\n', "\r\n");
    let ran = run(&["replay", "-"], text.as_bytes());
    assert!(!ran.out.contains("equal to the byte") && ran.out.contains("CR LF"), "{}", ran.out);
}

#[test]
fn lists_take_names_and_words() {
    let directory = directory("finding_lists");
    let list = |arguments: &[&str]| {
        let ran =
            lockstep_at(&directory, &[&["list"][..], arguments, &["--json"]].concat(), b"", None);
        let result: Value = serde_json::from_str(&ran.out).unwrap_or_default();
        let names = |kind: &str| -> Vec<String> {
            let all = result[kind].as_array().cloned().unwrap_or_default();
            all.iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
        };
        (ran.code, names(arguments[0]), ran.err)
    };
    assert_eq!(list(&["recipes", "setnx"]).1, ["setnx"]);
    assert_eq!(list(&["recipes", "redsync"]).1, ["redlock-library"]);
    let mutexes = list(&["recipes", "mutex"]).1;
    assert!(mutexes.len() > 2 && mutexes.contains(&"curator".to_owned()), "{mutexes:?}");
    assert!(list(&["recipes", "setnxpx"]).1.contains(&"set-nx-px".to_owned()));
    assert_eq!(list(&["models", "redis/set-nx-px-pause"]).1, ["models/redis/set-nx-px-pause.json"]);
    assert!(list(&["models", "redlock"]).1.len() > 3);
    assert_eq!(list(&["models", "kazoo", "reply"]).1, ["models/zookeeper/kazoo-lose-reply.json"]);
    assert_eq!(list(&["faults", "pause"]).1, ["pause"]);
    let (code, names, err) = list(&["recipes", "setnxq"]);
    assert_eq!((code, names.len()), (2, 0));
    assert!(err.contains("did you mean `setnx`?"), "{err}");
    let help = lockstep_at(&directory, &["help"], b"", None);
    assert!(help.code == 0 && help.out.contains("lockstep demo"), "{}", help.err);
    let help = lockstep_at(&directory, &["help", "check"], b"", None);
    assert!(help.code == 0 && help.out.contains("--deviations"), "{}", help.err);
}

#[test]
fn libraries_lead_to_their_recipes() {
    let directory = directory("finding_libraries");
    let with = |recipe: &str| {
        let model = format!(
            r#"{{"store": {{"redis": {{}}}}, "lock": {{"{recipe}": {{}}}}, "clients": {{"processes": 2}}, "work": {{"section": {{}}}}, "properties": []}}"#
        );
        let ran = lockstep_at(&directory, &["check", "-"], model.as_bytes(), None);
        assert_eq!(ran.code, 2, "{recipe}");
        told(&ran.err)
    };
    assert!(with("redsync").contains("did you mean `redlock-library`?"), "{}", with("redsync"));
    assert!(with("setnxpx").contains("did you mean `set-nx-px`?"), "{}", with("setnxpx"));
    assert!(with("SET_NX_PX").contains("did you mean `set-nx-px`?"));
    let mutex = with("mutex");
    assert!(mutex.contains("did you mean one of") && mutex.contains("`curator`"), "{mutex}");
    assert!(with("zzzzz").contains("known are"));
}

#[test]
fn recipes_that_do_not_fit_are_rows_with_their_reason() {
    let directory = directory("finding_recipes");
    let model = r#"{
  "title": "by role",
  "store": {"redis": {}},
  "lock": {"set-nx-px": {}},
  "clients": {"processes": 2},
  "work": {"counter": {"rounds": 1}},
  "given": {"ledger": 0, "fencing": "writes"},
  "properties": ["mutual-exclusion", {"bounded-wait": {"bound": "1h"}}]
}"#;
    let run = |arguments: &[&str]| lockstep_at(&directory, arguments, model.as_bytes(), None);
    let ran = run(&["run", "-", "--recipes", "--json"]);
    let result: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err));
    assert_eq!((&result["exit"], &result["title"]), (&0.into(), &"by role".into()));
    let rows = result["recipes"].as_array().unwrap();
    let out = run(&["run", "-", "--recipes"]).out;
    for row in rows {
        assert!(out.contains(row["recipe"].as_str().unwrap()), "{row}: {out}");
        assert!(row["does_not_fit"].is_string() || row["sections"].is_u64(), "{row}");
    }
    assert!(rows.iter().any(|row| row["sections"].is_u64()), "{result}");
}
