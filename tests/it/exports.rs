//! Exports: each is read back by a real library, or as the format's own documents say.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use regex_lite::Regex;
use serde_json::Value;

use super::cli::{directory, lockstep_at};

const MODELS: [&str; 4] =
    ["set-nx-px-pause", "sequential-pause", "f30-failover", "f55-cut-follower"];

fn export(directory: &Path, model: &str, format: &str, rest: &[&str]) -> String {
    let arguments = [&["export", model, "--as", format, "-o", "x"][..], rest].concat();
    let ran = lockstep_at(directory, &arguments, b"", None);
    assert!(ran.code < 2, "{model} {format}: {}{}", ran.out, ran.err);
    fs::read_to_string(directory.join("x")).unwrap()
}

#[test]
fn a_table_has_a_row_for_each_step_whatever_stands_in_it() {
    let directory = directory("export_csv");
    for model in MODELS {
        let text = export(&directory, model, "csv", &[]);
        let mut table = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(&table.headers().unwrap()[0], "step");
        let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
        assert!(rows.len() > 3 && rows.iter().any(|it| &it[2] == "bad"), "{model}: {text}");
        let times: Vec<i64> = rows.iter().map(|it| it[1].parse().unwrap()).collect();
        assert!(times.is_sorted(), "{model}: {times:?}");
    }
}

#[test]
fn a_log_for_shiviz_has_clocks_that_only_grow() {
    let directory = directory("export_shiviz");
    let expression = Regex::new(r"(?<event>.*)\n(?<host>\S*) (?<clock>\{.*\})\n").unwrap();
    for model in MODELS {
        let text = export(&directory, model, "shiviz", &[]);
        let mut own: BTreeMap<String, u64> = BTreeMap::new();
        let mut length = 0;
        for found in expression.captures_iter(&text) {
            length += found[0].len();
            let host = found["host"].to_owned();
            let clock: BTreeMap<String, u64> = serde_json::from_str(&found["clock"]).unwrap();
            let before = own.entry(host.clone()).or_default();
            assert_eq!(clock[&host], *before + 1, "{model}: each event of a host is one tick");
            *before += 1;
            for (other, count) in &clock {
                let known = own.get(other).copied().unwrap_or(0);
                assert!(*count <= known, "{model}: {host} knows of {other}'s future: {found:?}");
            }
        }
        assert_eq!(length, text.len(), "{model}: something is in no event");
    }
}

#[test]
fn states_are_as_the_informal_trace_format_has_them() {
    let directory = directory("export_itf");
    for model in MODELS {
        let trace: Value = serde_json::from_str(&export(&directory, model, "itf", &[])).unwrap();
        let vars: Vec<&str> =
            trace["vars"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        for (number, state) in trace["states"].as_array().unwrap().iter().enumerate() {
            assert_eq!(state["#meta"]["index"], number);
            for var in &vars {
                assert!(!state[var].is_null(), "{model}: {var} has no value in state {number}");
            }
            state["step"]["#bigint"].as_str().unwrap().parse::<i64>().unwrap();
            for pair in state["store"]["#map"].as_array().unwrap() {
                assert_eq!(pair.as_array().unwrap().len(), 2);
            }
        }
    }
    let text = export(&directory, "set-nx-px-pause", "itf", &[]);
    let trace: Value = serde_json::from_str(&text).unwrap();
    let last = trace["states"].as_array().unwrap().last().unwrap();
    assert_eq!(last["inside"]["#set"], serde_json::json!(["c1", "c2"]));
    assert_eq!(last["paused"]["#set"], serde_json::json!(["c1"]));
}

#[test]
fn perfetto_gets_tracks_bars_and_flows_that_end() {
    let directory = directory("export_perfetto");
    for model in MODELS {
        let trace: Value =
            serde_json::from_str(&export(&directory, model, "perfetto", &[])).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        let of = |ph: &str| events.iter().filter(|it| it["ph"] == ph).collect::<Vec<_>>();
        assert_eq!(of("s").len(), of("f").len(), "{model}");
        assert_eq!(of("b").len(), of("e").len(), "{model}");
        for (start, end) in of("s").iter().zip(of("f")) {
            assert_eq!(start["id"], end["id"]);
            assert!(start["ts"].as_i64() <= end["ts"].as_i64(), "{model}: {start} {end}");
        }
        for event in events.iter().filter(|it| it["ph"] != "M") {
            assert!(
                event["ts"].is_i64() && event["pid"].is_u64() && event["tid"].is_u64(),
                "{event}"
            );
        }
        assert!(
            of("i").iter().any(|it| it["s"] == "g"),
            "{model}: what is wrong is marked for all"
        );
    }
}

#[test]
fn a_diagram_has_known_lines_only_and_says_what_is_left_out() {
    let directory = directory("export_mermaid");
    let line = Regex::new(
        r"^(sequenceDiagram|    (participant p\d+ as [^;#]+(#\d+;[^;#]*)*|accTitle: .*|p\d+(->>|-->>|--\))p\d+: .+|Note over p\d+(,p\d+)?: .+|%% .+))$",
    )
    .unwrap();
    for model in MODELS {
        let text = export(&directory, model, "mermaid", &[]);
        for it in text.lines() {
            assert!(line.is_match(it), "{model}: {it}");
            let bare = Regex::new(r"#\d+;").unwrap().replace_all(it, "").into_owned();
            assert!(!bare.contains([';', '#']), "{model}: this ends a statement: {it}");
        }
        assert!(text.contains("✗"), "{model}: {text}");
    }
    let ran = lockstep_at(
        &directory,
        &["export", "f55-cut-follower", "--as", "mermaid", "--most", "5"],
        b"",
        None,
    );
    assert!(
        ran.out.contains("%% 5 of ") && ran.err.contains("--most raises the limit"),
        "{}{}",
        ran.out,
        ran.err
    );
}

#[test]
fn wrong_formats_and_places_are_told() {
    let directory = directory("export_wrong");
    let ran = lockstep_at(&directory, &["export", "set-nx-px-pause", "--as", "mermiad"], b"", None);
    assert!(ran.code == 2 && ran.err.contains("mermaid"), "{}", ran.err);
    let ran =
        lockstep_at(&directory, &["export", "set-nx-px-pause", "--as", "csv", "--json"], b"", None);
    assert!(ran.code == 2 && ran.err.contains("name a file"), "{}", ran.err);
}
