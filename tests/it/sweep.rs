//! `lockstep sweep` and `lockstep merge`: the same bytes for any number of threads and shards, and after Ctrl-C.

use serde_json::Value;

use super::cli::{directory, lockstep, lockstep_at};

const MODEL: &str = "models/redis/set-nx-px-pause.json";

fn sweep(arguments: &[&str]) -> String {
    let ran = lockstep(&[&["sweep", MODEL], arguments].concat());
    assert!([0, 1].contains(&ran.code), "{arguments:?}: {}", ran.err);
    ran.out
}

#[test]
fn threads_change_nothing() {
    for kind in ["--json", "--color=never"] {
        let with = |threads| sweep(&["--seeds", "500", "--threads", threads, kind]);
        let one = with("1");
        assert_eq!(one, with("2"));
        assert_eq!(one, with("7"));
    }
}

#[test]
fn shards_put_together_are_the_whole_to_the_byte() {
    let directory = directory("sweep-shards");
    let part = |name: &str| directory.join(name).to_str().unwrap().to_owned();
    for kind in ["--json", "--color=never"] {
        let whole = sweep(&["--seeds", "301", "--from", "5", kind]);
        let mut parts = Vec::new();
        for shard in 1..=3 {
            let path = part(&format!("{shard}.json"));
            sweep(&[
                "--seeds",
                "301",
                "--from",
                "5",
                "--shard",
                &format!("{shard}/3"),
                "-o",
                &path,
            ]);
            parts.push(path);
        }
        let all: Vec<&str> = parts.iter().map(String::as_str).collect();
        for order in [[0, 1, 2], [2, 0, 1]] {
            let merged = lockstep(&[&["merge", kind], &order.map(|it| all[it])[..]].concat());
            assert_eq!(merged.out, whole, "{}", merged.err);
            assert_eq!(merged.code, 1);
        }
        // In steps too.
        let two = part("two.json");
        lockstep(&["merge", all[2], all[1], "-o", &two]);
        assert_eq!(lockstep(&["merge", kind, &two, all[0]]).out, whole);
        // A part is missing: that is said.
        let ran = lockstep(&["merge", all[0], all[2]]);
        assert!(ran.code == 1 || ran.code == 3, "{}", ran.out);
        assert!(ran.out.contains("seeds 5 to 104 and 205 to 305"), "{}", ran.out);
    }
    // What does not belong together is refused.
    let other = part("other.json");
    let ran = lockstep(&[
        "sweep",
        "set-nx-px-contention",
        "--seeds",
        "3",
        "--from",
        "9000",
        "-o",
        &other,
    ]);
    assert!(ran.code < 2, "{}", ran.err);
    for (parts, says) in [
        ([part("1.json"), part("1.json")], "seed 5 was run in another part"),
        ([part("1.json"), other], "another model"),
        ([part("1.json"), MODEL.to_owned()], "no part of a sweep"),
    ] {
        let ran = lockstep(&["merge", &parts[0], &parts[1]]);
        assert_eq!(ran.code, 2, "{}", ran.out);
        assert!(ran.err.contains(says), "{}", ran.err);
    }
}

#[test]
fn failures_are_grouped_by_cause_with_their_smallest_run() {
    let all: Value = serde_json::from_str(&sweep(&["--seeds", "400", "--json"])).unwrap();
    let failures = all["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 1, "{all}");
    let one = &failures[0];
    assert_eq!(one["property"], "mutual-exclusion");
    assert_eq!((&one["runs"], &all["violated"]), (&all["violated"], &one["runs"]));
    assert_eq!(one["smallest"]["deviations"], 1);
    assert!(one["because"].as_str().unwrap().contains("never renewed it"), "{one}");
    // The seed shows it.
    let seed = one["smallest"]["seed"].to_string();
    let ran = lockstep(&["run", MODEL, "--seed", &seed]);
    assert!(ran.out.contains("VIOLATED  mutual-exclusion"), "{}", ran.out);
    // As many as `run` counts.
    let ran = lockstep(&["run", MODEL, "--seeds", "400", "--json"]);
    let run: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(run["violated"].as_array().unwrap().len() as u64, all["violated"].as_u64().unwrap());
    assert_eq!((&run["requests"], &run["entries"]), (&all["requests"], &all["sections"]));
}

#[test]
fn what_matters_is_counted() {
    let text = r#"{"store": {"redis": {}}, "lock": {"set-nx-px": {"ttl": "10s", "retry": {"after": "1s"}}},
        "clients": {"processes": 3, "tries": 2}, "work": {"section": {"work": "4s"}},
        "faults": [{"crash": {"phase": "working"}}, {"restart-server": {"for": "1s", "before": "APPEND"}}],
        "properties": ["mutual-exclusion"]}"#;
    let directory = directory("sweep-counts");
    let ran =
        lockstep_at(&directory, &["sweep", "-", "--seeds", "60", "--json"], text.as_bytes(), None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let all: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(all["violated"], 0);
    // Of no failure in 60 runs at most 6 % is known.
    assert!((all["rate"]["high"].as_f64().unwrap() - 0.0602).abs() < 0.001, "{}", all["rate"]);
    let of = |what: &str| {
        all["happened"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["what"] == what)
            .map(|it| it["times"].as_u64().unwrap())
    };
    assert!(of("threads gave up") > Some(0) && of("acquisitions refused") > Some(0), "{all}");
    assert_eq!(
        all["gave_up"].as_object().unwrap().values().map(|it| it.as_u64().unwrap()).sum::<u64>(),
        of("threads gave up").unwrap()
    );
    let faults = all["faults"].as_array().unwrap();
    assert!(faults[0]["times"].as_u64() > Some(0) && faults[1]["times"] == 0, "{all}");
}

#[test]
fn an_interrupted_sweep_goes_on_where_it_stopped() {
    // What Ctrl-C leaves is a part of the first seeds, and the rest begins after it: as here.
    let directory = directory("sweep-resumed");
    let part = |name: &str| directory.join(name).to_str().unwrap().to_owned();
    let (first, rest) = (part("first.json"), part("rest.json"));
    sweep(&["--seeds", "130", "-o", &first]);
    sweep(&["--from", "131", "--seeds", "70", "-o", &rest]);
    assert_eq!(lockstep(&["merge", &first, &rest]).out, sweep(&["--seeds", "200"]));
}

#[test]
fn wrong_use_is_told() {
    for (arguments, says) in [
        (&["--shard", "0/3"][..], "I/N"),
        (&["--shard", "4/3"], "I/N"),
        (&["--seeds", "2", "--shard", "1/3"], "only 2 seeds"),
        (&["--from", "18446744073709551615", "--seeds", "2"], "only 1 seeds"),
        (&["--seeds", "0"], "--seeds"),
    ] {
        let ran = lockstep(&[&["sweep", MODEL], arguments].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.out);
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_what_is_known() {
    let directory = directory("sweep-interrupted");
    let model = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(MODEL);
    let script = "\"$0\" sweep \"$1\" --seeds 900000000 -o part.json & p=$!; sleep 1; kill -INT $p; wait $p; echo exit $?";
    let ran = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_lockstep")])
        .arg(&model)
        .current_dir(&directory)
        .output()
        .expect("a shell");
    let told = String::from_utf8(ran.stdout).expect("output is UTF-8");
    assert!(told.contains("go on") && told.contains("-o part.rest.json"), "{told}");
    let part = directory.join("part.json");
    let merged = lockstep(&["merge", "--json", part.to_str().unwrap()]);
    let known: Value = serde_json::from_str(&merged.out).unwrap();
    let runs = known["runs"].as_u64().unwrap();
    assert!(runs > 0, "{told}");
    let words = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains(&format!("--from {} --seeds {}", runs + 1, 900_000_000 - runs)),
        "{words}"
    );
    let model = model.to_str().unwrap();
    let whole = lockstep(&["sweep", model, "--seeds", &runs.to_string(), "--json"]);
    let whole: Value = serde_json::from_str(&whole.out).unwrap();
    for field in ["runs", "violated", "failures", "waits", "happened", "faults", "seeds"] {
        assert_eq!(known[field], whole[field], "{field}");
    }
}
