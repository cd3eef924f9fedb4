//! The tour of famous failures: each is found, and what would have saved them holds.

use serde_json::Value;

use super::cli::{directory, lockstep, lockstep_at};

fn stops() -> Vec<Value> {
    let json: Value = serde_json::from_str(&lockstep(&["demo", "--list", "--json"]).out).unwrap();
    json["tour"].as_array().unwrap().clone()
}

#[test]
fn every_stop_breaks_and_its_fixed_form_holds() {
    let stops = stops();
    assert!(stops.len() >= 8, "{}", stops.len());
    for stop in &stops {
        let text = |name: &str| stop[name].as_str().unwrap();
        let ran = lockstep(&["demo", text("name"), "--json"]);
        assert_eq!(ran.code, 0, "{}: {}", text("name"), ran.err);
        let shown: Value = serde_json::from_str(&ran.out).unwrap();
        assert!(shown["verdict"].as_str().unwrap().starts_with("VIOLATED"), "{}", shown["verdict"]);
        let fixed = lockstep(&["check", text("fixed"), "--json"]);
        let verdict: Value = serde_json::from_str(&fixed.out).unwrap();
        let verdict = &verdict["models"][0]["verdict"];
        assert!(verdict == "holds" || verdict == "holds-within", "{}: {verdict}", text("fixed"));
    }
}

#[test]
fn a_stop_tells_what_people_do_and_what_to_do_next_at_any_width() {
    let directory = directory("tour_widths");
    for columns in [40, 80, 120] {
        for arguments in [&["demo", "--list"][..], &["demo", "pause"], &["demo", "herd"]] {
            let ran = lockstep_at(&directory, arguments, b"", Some(columns));
            assert_eq!(ran.code, 0, "{}", ran.err);
            let wide = ran.out.lines().find(|it| it.chars().count() > columns as usize);
            // A command is not broken: it is there to be copied.
            assert!(wide.is_none_or(|it| it.starts_with("  lockstep")), "{columns}: {wide:?}");
        }
    }
    let ran = lockstep(&["demo", "failover"]);
    for said in [
        "They run Redis with a replica",
        "What would have saved them",
        "f30-failover-fixed",
        "lockstep demo split-brain",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    let wrong = lockstep(&["demo", "failovr"]);
    assert!(wrong.code == 2 && wrong.err.contains("did you mean `failover`?"), "{}", wrong.err);
}

#[test]
fn red_packets_are_explained() {
    assert!(lockstep(&["demo"]).out.contains("gifts of money at Chinese New Year"));
}
