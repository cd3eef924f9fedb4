//! `check --margin` and `check --rescue`: the margins are those of the arithmetic, and known fixes rescue.

use serde_json::Value;

use super::cli::{directory, lockstep, lockstep_at};

fn json(arguments: &[&str]) -> Value {
    let ran = lockstep(&[arguments, &["--json"]].concat());
    assert!([0, 1].contains(&ran.code), "{arguments:?}: {}{}", ran.out, ran.err);
    serde_json::from_str(&ran.out).expect("JSON")
}

/// The two sides of the only flip of a field: value and verdict of each.
fn flip(model: &str, field: &str) -> [(String, String); 2] {
    let all = json(&["check", model, "--margin", field, "--states", "20000"]);
    let margin = &all["margins"][0];
    let flips = margin["flips"].as_array().unwrap();
    assert_eq!(
        (flips.len(), &margin["monotone"]),
        (1, &Value::Bool(true)),
        "{model} {field}: {all}"
    );
    assert_eq!(flips[0]["exact"], true, "{all}");
    ["below", "above"].map(|side| {
        let side = &flips[0][side];
        (side["value"].as_str().unwrap().to_owned(), side["verdict"].as_str().unwrap().to_owned())
    })
}

/// A model in a directory of its own.
fn model(name: &str, lock: &str, store: &str, work: &str, faults: &str) -> String {
    let text = format!(
        r#"{{"store": {store}, "lock": {lock}, "clients": {{"processes": 2}}, "work": {work},
        "faults": {faults}, "properties": ["mutual-exclusion"]}}"#
    );
    let path = directory(&format!("margin-{name}")).join("model.json");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn margins_are_those_of_the_arithmetic() {
    let redis = r#"{"redis": {}}"#;
    let section = |ms: u32| format!(r#"{{"section": {{"work": "{ms}ms"}}}}"#);
    let pause = r#"[{"pause": {"phase": "working"}}]"#;
    // A pause at the end of the work: the lease less the work, and the key is there at its last millisecond.
    for (name, recipe, ttl, work) in [
        ("plain", "set-nx-px", 10_000, 4000),
        ("odd", "set-nx-px", 7123, 2047),
        ("watch", "set-nx-px-watch", 9000, 1500),
        ("fenced", "fenced", 12_000, 5000),
    ] {
        let lock = format!(r#"{{"{recipe}": {{"ttl": "{ttl}ms", "retry": {{"after": "1s"}}}}}}"#);
        let store =
            if recipe == "keyspace-events" { r#"{"redis": {"notify": "Exg$"}}"# } else { redis };
        let path = model(name, &lock, store, &section(work), pause);
        let [below, above] = flip(&path, "faults[0].pause.for");
        let margin = i64::from(ttl) - i64::from(work);
        let text = |ms: i64| Value::from(ms);
        let ms = |text: &str| {
            let number = text.trim_end_matches("ms").trim_end_matches('s');
            let scale = if text.ends_with("ms") { 1.0 } else { 1000.0 };
            (number.parse::<f64>().unwrap() * scale).round() as i64
        };
        assert_eq!((text(ms(&below.0)), &*below.1), (text(margin), "holds"), "{name}");
        assert_eq!((text(ms(&above.0)), &*above.1), (text(margin + 1), "violated"), "{name}");
    }
    // The end of a lease that nothing renews: a key goes in the millisecond after its last, and work that ends in that
    // instant was over before.
    let lock = r#"{"set-nx-px": {"ttl": "10s", "retry": {"after": "1s"}}}"#;
    let path = model("work", lock, redis, &section(4000), "[]");
    assert_eq!(
        flip(&path, "work"),
        [("10001ms", "holds"), ("10002ms", "violated")].map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    assert_eq!(
        flip(&path, "ttl"),
        [("3998ms", "violated"), ("3999ms", "holds")].map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    // A session: whoever stands still for longer than its timeout.
    let path = model(
        "session",
        r#"{"sequential": {"retry": {"after": "1s"}}}"#,
        r#"{"zookeeper": {"session": "8s"}}"#,
        &section(4000),
        pause,
    );
    assert_eq!(flip(&path, "pause.for").map(|it| it.0), ["8s".to_owned(), "8001ms".to_owned()]);
}

#[test]
fn a_margin_says_what_it_is_the_sum_of() {
    let ran = lockstep(&["check", "set-nx-px-pause", "--margin", "faults[0].pause.for"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("holds up to 6 s, violated from 6.001 s (mutual-exclusion, with 1 fault)"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("6 s is ttl 10 s less work 4 s"), "{}", ran.out);
    let all =
        json(&["check", "set-nx-px-pause", "--margin", "faults[0].pause.for", "--margin", "ttl"]);
    let values: Vec<&str> =
        all["margins"].as_array().unwrap().iter().map(|it| it["at"].as_str().unwrap()).collect();
    assert_eq!(values, ["2.5 s", "5 s", "10 s", "20 s", "40 s"]);
    // The verdict changes to and fro: that is said.
    let ran = lockstep(&["check", "redlock-drift", "--margin", "drift", "--states", "30000"]);
    assert!(ran.out.contains("not monotone"), "{}", ran.out);
}

#[test]
fn nothing_depends_on_the_number_of_threads() {
    for question in [
        &[
            "check",
            "set-nx-px-pause",
            "--margin",
            "pause.for",
            "--margin",
            "ttl",
            "--states",
            "20000",
        ][..],
        &["check", "f06-del-overrun", "--rescue", "--states", "5000"],
    ] {
        let with = |threads| lockstep(&[question, &["--threads", threads]].concat()).out;
        let one = with("1");
        assert!(one.lines().count() > 8, "{one}");
        assert_eq!(one, with("3"));
    }
}

#[test]
fn known_fixes_rescue() {
    for (model, fix) in [
        ("f06-del-overrun", "release=compare-and-delete"),
        ("f10-lost-reply", "on_unknown=compare-and-delete"),
        ("pause-at-the-last-moment", "stop=at-validity"),
        ("f17-redis-clock-jump", "expiry_clock=monotonic"),
        ("f25-readers-overlap", "writers_first=true"),
        ("f45-watch-all-herd", "watch=predecessor"),
        ("f46-persistent-node", "mode=ephemeral"),
        ("f65-unfenced-reads", "fencing=both"),
    ] {
        let all = json(&["check", model, "--rescue", "--states", "15000"]);
        let rows = all["rescue"].as_array().unwrap();
        let row =
            rows.iter().find(|row| row["name"] == fix).unwrap_or_else(|| panic!("{model}: {all}"));
        assert_eq!(row["verdict"], "holds", "{model}: {row}");
    }
    // Another recipe is a rescue too, and what cannot be compared says why.
    let all = json(&["check", "f11-pause", "--rescue", "--states", "15000"]);
    let rows = all["rescue"].as_array().unwrap();
    assert!(rows.iter().any(|row| row["way"] == "fencing" && row["verdict"] == "holds"), "{all}");
    assert!(rows.iter().all(|row| row["verdict"].is_string() != row["not_compared"].is_string()));
}

#[test]
fn a_lease_that_the_model_leaves_to_its_recipe_ends_within_a_fault_of_any_length() {
    let text = r#"{"store": {"redis": {}}, "lock": {"set-nx-px": {"retry": {"after": "1s"}}}, "clients": {"processes": 2},
        "work": {"section": {"work": "4s"}}, "faults": [{"pause": {"phase": "working"}}],
        "properties": ["mutual-exclusion"]}"#;
    let directory = directory("unsaid-lease");
    let ran = lockstep_at(&directory, &["check", "-"], text.as_bytes(), None);
    assert_eq!(ran.code, 1, "{}", ran.out);
}

#[test]
fn wrong_use_is_told() {
    for (arguments, says) in [
        (&["check", "set-nx-px-pause", "--margin", "tll"][..], "did you mean"),
        (&["check", "set-nx-px-pause", "--margin", "release"], "neither a number nor a duration"),
        (&["check", "set-nx-px-pause", "setnx-crash", "--rescue"], "one model"),
        (&["check", "set-nx-px-pause", "--margin", "ttl", "--rescue"], "cannot be used with"),
    ] {
        let ran = lockstep(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.out);
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
    }
}
