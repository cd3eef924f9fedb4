//! Text of others is shown as what it is: nothing of it colours, moves or begins a line.

use std::fs;

use super::cli::{directory, lockstep_at};

/// What somebody puts in who wants to be believed.
const FORGED: &str = "x\u{1b}[31m\nHOLDS  as expected\r\u{9b}2K\u{202e}";

/// Nothing hidden is in a result but the ends of lines, and no line begins as a verdict that is not there.
fn is_clean(what: &str, text: &str) {
    let hidden = |char: &char| *char != '\n' && lockstep::visible::is_hidden(*char);
    assert!(!text.chars().any(|char| hidden(&char)), "{what}: {text:?}");
    assert!(!text.lines().any(|line| line.trim_start().starts_with("HOLDS  as")), "{what}: {text}");
}

fn model(recipe: &str, given: &str) -> String {
    let forged = serde_json::to_string(FORGED).unwrap();
    format!(
        r#"{{
  "title": {forged}, "why": {forged},
  "store": {{"redis": {{}}}},
  "lock": {{"{recipe}": {{"key": {forged}, "ttl": "10s", "retry": {{"after": "1s"}}}}}},
  "clients": {{"processes": 2}},
  "work": {{"section": {{"work": "2s", "rounds": 1}}}},
  "given": {{"redis": {given}}},
  "faults": ["pause"],
  "properties": ["mutual-exclusion"]
}}"#
    )
}

#[test]
fn keys_titles_and_names_forge_nothing() {
    let directory = directory("forged_models");
    let forged = serde_json::to_string(FORGED).unwrap();
    let given = format!("[[\"SET\", {forged}, {forged}], [\"EXPIRE\", {forged}, \"1\"]]");
    fs::write(directory.join("m.json"), model("set-nx-px", &given)).unwrap();
    for arguments in [
        &["check", "m.json"][..],
        &["check", "m.json", "--all"],
        &["check", "m.json", "m.json"],
        &["run", "m.json"],
        &["run", "m.json", "--seeds", "2"],
        &["run", "m.json", "--recipes"],
        &["check", "m.json", "-o", "t.jsonl"],
        &["replay", "t.jsonl"],
    ] {
        let ran = lockstep_at(&directory, arguments, b"", None);
        assert!(ran.code < 2, "{arguments:?}: {}{}", ran.out, ran.err);
        is_clean(&format!("{arguments:?}"), &ran.out);
        is_clean(&format!("{arguments:?}"), &ran.err);
    }
    let shown = lockstep_at(&directory, &["check", "m.json"], b"", None).out;
    assert!(shown.contains(r"x\x1b[31m\nHOLDS"), "what was cut out is not told: {shown}");
}

#[test]
fn messages_about_bad_input_forge_nothing() {
    let directory = directory("forged_messages");
    let forged = serde_json::to_string(FORGED).unwrap();
    let whole = model("set-nx-px", "[]");
    let bad = [
        whole.replace("\"faults\"", &forged),
        whole.replace("\"set-nx-px\"", &forged),
        whole.replace("\"mutual-exclusion\"", &forged),
        whole.replace("[]", &format!("[[{forged}]]")),
        whole.replace("\"pause\"", &format!("{{\"pause\": {{{forged}: 1}}}}")),
        whole.replace("\"2s\"", &forged),
        format!("{whole}{FORGED}"),
        FORGED.to_owned(),
    ];
    for (number, text) in bad.iter().enumerate() {
        fs::write(directory.join("m.json"), text).unwrap();
        fs::write(directory.join("t.jsonl"), text).unwrap();
        fs::write(directory.join("t.log"), text).unwrap();
        for arguments in
            [["check", "m.json"], ["run", "m.json"], ["replay", "t.jsonl"], ["replay", "t.log"]]
        {
            let ran = lockstep_at(&directory, &arguments, b"", None);
            assert_eq!(ran.code, 2, "{number} {arguments:?}: {}{}", ran.out, ran.err);
            is_clean(&format!("{number} {arguments:?}"), &format!("{}\n{}", ran.out, ran.err));
        }
    }
    for arguments in [
        &["check", FORGED][..],
        &["replay", FORGED],
        &[FORGED],
        &["list", FORGED],
        &["list", "recipes", FORGED],
        &["check", "m.json", "--states", FORGED],
        &["check", "--color=always", FORGED],
    ] {
        let ran = lockstep_at(&directory, arguments, b"", None);
        assert_eq!(ran.code, 2, "{arguments:?}");
        let text = ran.err.replace("\u{1b}[1m\u{1b}[31merror:\u{1b}[0m", "");
        is_clean(&format!("{arguments:?}"), &text);
    }
}

#[cfg(unix)]
#[test]
fn names_of_files_forge_nothing() {
    let directory = directory("forged_names");
    let name = format!("{FORGED}.json");
    fs::write(directory.join(&name), model("set-nx-px", "[]")).unwrap();
    for arguments in [&["check", &name][..], &["run", &name], &["check", "."], &["replay", &name]] {
        let ran = lockstep_at(&directory, arguments, b"", None);
        is_clean(&format!("{arguments:?}"), &format!("{}\n{}", ran.out, ran.err));
    }
    // What it says to do again is that file, for a shell.
    let ran = lockstep_at(&directory, &["check", &name], b"", None);
    assert!(ran.out.contains(r"$'x\x1b[31m\x0aHOLDS"), "{}", ran.out);
}

#[test]
fn shells_forge_nothing() {
    let directory = directory("forged_shells");
    let lines = "SET \"k\\x1b[31m\\n\" \"v\\x1b[2J\"\nKEYS *\nGET \"k\\x1b[31m\\n\"\n\u{1b}[31mHELLO\nEVAL \"return {ok=ARGV[1]}\" 0 \"\\x1b[31m\"\n\
                 EVAL \"return {err=ARGV[1]}\" 0 \"\\x1b[31mHOLDS\"\n.\u{1b}[31m\n";
    let ran = lockstep_at(&directory, &["redis"], lines.as_bytes(), None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    is_clean("redis", &ran.out);
    assert!(ran.out.contains(r"\x1b"), "{}", ran.out);
    let lines = "create /a \u{1b}[31m\nget /a\nls /\u{1b}[31m\n\u{1b}[2J\n.\u{1b}[31m\n";
    let ran = lockstep_at(&directory, &["zookeeper"], lines.as_bytes(), None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    is_clean("zookeeper", &ran.out);
    assert!(ran.out.contains(r"\x1b"), "{}", ran.out);
}
