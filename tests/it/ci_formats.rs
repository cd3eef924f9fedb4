//! The verdicts for CI services, and the schema of model files for editors.

use std::path::PathBuf;

use serde_json::Value;

use super::cli::lockstep;
use super::tidy::files;

/// Models of every exit: as expected, violated, a wrong file, a limit.
fn some(test: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    std::fs::create_dir_all(&directory).unwrap();
    let model = |expect: &str, more: &str| {
        format!(
            r#"{{"title": "a \"<&>\" % title, of two\nlines", "store": {{"redis": {{}}}},
            "lock": {{"set-nx-px": {{"ttl": "10s", "retry": {{"after": "1s"}}}}}}, "clients": {{"processes": 2}},
            "work": {{"section": {{"work": "4s"}}}}, "faults": ["pause"], "properties": ["mutual-exclusion"]{more},
            "expect": {{"verdict": "{expect}"}}}}"#
        )
    };
    let write = |name: &str, text: String| std::fs::write(directory.join(name), text).unwrap();
    write("a-good.json", model("violated", ""));
    write("b-bad.json", model("holds", ""));
    write("c-wrong.json", model("holds", r#", "propertys": []"#));
    write("d-cut.json", model("holds", r#", "bounds": {"states": 3}"#));
    directory
}

#[test]
fn a_junit_report_has_a_case_a_model() {
    let directory = some("junit");
    let ended = lockstep(&["check", directory.to_str().unwrap(), "--format", "junit"]);
    assert_eq!(ended.code, 2);
    let document = roxmltree::Document::parse(&ended.out).unwrap();
    let suite = document.descendants().find(|it| it.has_tag_name("testsuite")).unwrap();
    let counts = ["tests", "failures", "errors"].map(|name| suite.attribute(name).unwrap());
    assert_eq!(counts, ["4", "2", "1"]);
    let cases: Vec<_> = suite.children().filter(|it| it.has_tag_name("testcase")).collect();
    let kinds = cases.iter().map(|case| case.first_element_child().unwrap().tag_name().name());
    assert_eq!(kinds.collect::<Vec<_>>(), ["system-out", "failure", "error", "failure"]);
    assert_eq!(cases[0].attribute("name"), Some(r#"a "<&>" % title, of two\nlines"#));
    let violated = cases[1].first_element_child().unwrap();
    assert_eq!(violated.attribute("type"), Some("violated"));
    let text = violated.text().unwrap();
    assert!(
        text.contains("because: c2 got the lock") && text.contains("again: lockstep check"),
        "{text}"
    );
    let wrong = cases[2].first_element_child().unwrap();
    assert!(wrong.text().unwrap().contains("did you mean `properties`"), "{:?}", wrong.text());
    assert_eq!(cases[3].first_element_child().unwrap().attribute("type"), Some("inconclusive"));
}

#[test]
fn annotations_are_of_what_is_not_as_expected() {
    let directory = some("github");
    let ended = lockstep(&["check", directory.to_str().unwrap(), "--format", "github"]);
    assert_eq!(ended.code, 2);
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(lines.len(), 4, "{}", ended.out);
    let begins = |line: &str, level: &str, file: &str| {
        line.starts_with(&format!("::{level} file="))
            && line.contains(&format!("{file},line=1,title="))
    };
    assert!(begins(lines[0], "error", "b-bad.json"), "{}", lines[0]);
    assert!(lines[0].contains("VIOLATED  mutual-exclusion%2C with 1 fault"), "{}", lines[0]);
    assert!(lines[0].contains("::a \"<&>\" %25 title, of two\\nlines%0A"), "{}", lines[0]);
    assert!(begins(lines[1], "error", "c-wrong.json"), "{}", lines[1]);
    assert!(begins(lines[2], "warning", "d-cut.json"), "{}", lines[2]);
    assert_eq!(lines[3], "4 models: 1 as expected");
}

fn validator() -> (boon::Schemas, boon::SchemaIndex) {
    let schema: Value = serde_json::from_str(&lockstep(&["schema"]).out).unwrap();
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("schema.json", schema).unwrap();
    let index = compiler.compile("schema.json", &mut schemas).unwrap();
    (schemas, index)
}

/// Whatever models say is in the schema: it is made of the same lists as the messages about unknown fields.
#[test]
fn the_schema_knows_all_that_models_say() {
    let (schemas, index) = validator();
    let mut wrong = Vec::new();
    for (name, text) in files("models", &["json"]) {
        let model: Value = serde_json::from_str(&text).unwrap();
        if let Err(problem) = schemas.validate(&model, index) {
            wrong.push(format!("{name}: {problem:#}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_schema_refuses_what_models_cannot_say() {
    let (schemas, index) = validator();
    for (wrong, part) in [
        (r#"{"propertys": []}"#, "propertys"),
        (r#"{"lock": {"set-nx-px": {"tll": "10s"}}}"#, "tll"),
        (r#"{"lock": {"set-nx-px": {}, "setnx": {}}}"#, "lock"),
        (r#"{"faults": ["puase"]}"#, "faults"),
        (r#"{"clients": {"roles": {"a": {"lock": {"setnxx": {}}}}}}"#, "setnxx"),
        (r#"{"store": {"redis": {"client": {"retires": 1}}}}"#, "retires"),
    ] {
        let model: Value = serde_json::from_str(wrong).unwrap();
        let problem = schemas.validate(&model, index).unwrap_err();
        assert!(format!("{problem:#}").contains(part), "{problem:#}");
    }
}
