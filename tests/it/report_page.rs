//! `lockstep report`: the page needs nothing else, the picture is one, and wrong use is told.

use std::fs;

use lockstep::model::Model;
use lockstep::report::{Cast, Picture, picture::BarKind, svg};
use lockstep::run::{Recording, States};
use serde_json::Value;

use super::cli::{directory, lockstep_at};

/// The run as data that a page has inside.
fn data(page: &str) -> Value {
    let from = page.split(r#"<script type="application/json" id="data">"#).nth(1).unwrap();
    serde_json::from_str(from.split("</script>").next().unwrap()).unwrap()
}

#[test]
fn a_page_is_one_file_and_asks_for_nothing() {
    let directory = directory("report_alone");
    for model in ["set-nx-px-pause", "f45-watch-all-herd", "f55-cut-follower"] {
        let ran = lockstep_at(&directory, &["report", model, "-o", "r.html"], b"", None);
        assert_eq!(ran.code, 0, "{model}: {}{}", ran.out, ran.err);
        let page = fs::read_to_string(directory.join("r.html")).unwrap();
        for outside in ["src=", "<link", "@import", "url(", "fetch(", "XMLHttp", "import("] {
            let inside = page.matches(outside).count();
            let allowed = if outside == "url(" { page.matches("url(#").count() } else { 0 };
            assert_eq!(inside, allowed, "{model}: {outside}");
        }
        for hole in ["{{title}}", "{{data}}", "{{css}}", "{{js}}", "{{svg}}", "{{facts}}"] {
            assert!(!page.contains(hole), "{model}: {hole} was left");
        }
        assert!(page.contains("default-src 'none'"));
        assert!(data(&page)["steps"].as_array().unwrap().len() > 3);
    }
}

#[test]
fn equal_runs_make_equal_pages_from_a_model_and_from_its_trace() {
    let directory = directory("report_equal");
    let run = |arguments: &[&str]| lockstep_at(&directory, arguments, b"", None);
    assert_eq!(run(&["check", "sequential-pause", "-o", "t.jsonl"]).code, 0);
    assert_eq!(run(&["report", "sequential-pause", "-o", "a.html"]).code, 0);
    assert_eq!(run(&["report", "sequential-pause", "-o", "b.html"]).code, 0);
    assert_eq!(run(&["report", "t.jsonl", "-o", "c.html"]).code, 0);
    let read = |name: &str| fs::read_to_string(directory.join(name)).unwrap();
    assert_eq!(read("a.html"), read("b.html"));
    assert_eq!(data(&read("a.html")), data(&read("c.html")));
    assert!(read("c.html").contains("lockstep replay t.jsonl"));
}

#[test]
fn a_picture_alone_is_well_formed_and_names_the_steps() {
    let directory = directory("report_svg");
    for model in ["set-nx-px-pause", "f30-failover", "f55-cut-follower", "f01-setnx-crash"] {
        let ran = lockstep_at(&directory, &["report", model, "-o", "p.svg"], b"", None);
        assert_eq!(ran.code, 0, "{model}: {}{}", ran.out, ran.err);
        let text = fs::read_to_string(directory.join("p.svg")).unwrap();
        let drawing = roxmltree::Document::parse(&text).unwrap();
        let root = drawing.root_element();
        assert_eq!(root.tag_name().name(), "svg");
        let words: Vec<&str> = root.descendants().filter_map(|it| it.text()).collect();
        assert!(
            words.contains(&"✗") || words.iter().any(|it| it.contains("orphaned")),
            "{model}: {words:?}"
        );
        assert!(words.iter().any(|it| it.contains("c1")), "{model}: {words:?}");
    }
}

#[test]
fn wrong_use_is_told_and_leaves_no_file() {
    let directory = directory("report_wrong");
    fs::write(directory.join("m.log"), "1339518083.107412 [0 127.0.0.1:60866] \"keys\" \"*\"\n")
        .unwrap();
    for (arguments, said) in [
        (&["report", "no-such-model"][..], "no such file"),
        (&["report", "m.log"], "log of redis-cli MONITOR"),
        (&["report", "set-nx-px-pause", "-o", "nowhere/r.html"], "no such directory"),
        (&["report", "set-nx-px-pause", "-o", "-", "--json"], "name a file"),
    ] {
        let ran = lockstep_at(&directory, arguments, b"", None);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.out);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
    assert!(!directory.join("report.html").exists());
}

/// The run of a model of the program with a seed.
fn run(text: &str, seed: u64) -> (Cast, Recording) {
    let recording = Recording::sampled(&Model::parse("m", text).unwrap(), seed);
    (Cast::of(&recording.setup), recording)
}

#[test]
fn more_threads_than_there_is_room_for_share_a_lane() {
    let text = r#"{"store": {"redis": {}}, "lock": {"set-nx-px": {"ttl": "30s", "retry": {"after": "20ms"}}},
        "clients": {"processes": 300}, "work": {"section": {"work": "1ms", "rounds": 1}}, "properties": ["mutual-exclusion"]}"#;
    let (cast, recording) = run(text, 1);
    let states = States::of(&recording, u64::MAX);
    let picture = Picture::of(&cast, &recording.events, &states);
    assert!(picture.lanes.len() < 60, "{}", picture.lanes.len());
    assert!(picture.lanes.iter().any(|it| it.name == "252 others"), "{:?}", picture.lanes);
    assert!(picture.bars.iter().any(|it| it.kind == BarKind::Inside));
    roxmltree::Document::parse(&svg::drawing(&picture)).unwrap();
}

#[test]
fn requests_are_sent_before_they_are_executed_and_states_end_as_the_stores_do() {
    let text = r#"{"store": {"redis": {}}, "lock": {"set-nx-px": {"ttl": "10s", "retry": {"after": "50ms"}}},
        "clients": {"processes": 3}, "work": {"section": {"work": "20ms", "rounds": 2}}, "properties": ["mutual-exclusion"]}"#;
    for seed in 1..6 {
        let (cast, recording) = run(text, seed);
        let states = States::of(&recording, u64::MAX);
        assert!(states.sent.iter().all(Option::is_some));
        let picture = Picture::of(&cast, &recording.events, &states);
        let late = picture.arrows.iter().filter(|it| it.sent.1 < it.arrived.1).count();
        assert_eq!(late, picture.arrows.len(), "a message takes time: {:?}", picture.arrows);
        // All have released: nothing is kept but the lock's history in the steps before.
        let end = states.after(u64::MAX);
        assert!(end.values().flatten().all(|((_, name), _)| name != "lock"), "{end:?}");
        let placed =
            states.changes.iter().filter(|it| it.name == "lock" && it.now.is_some()).count();
        assert_eq!(placed, 6, "six sections, six keys");
    }
}
