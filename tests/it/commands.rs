//! `check`, `run`, `demo`, `list` and the replay of own traces, as a person runs them.

use std::fs;

use serde_json::Value;

use super::cli::{directory, lockstep};

const PAUSE: &str = "models/redis/set-nx-px-pause.json";
const HOLDS: &str = "models/zookeeper/kazoo-lose-reply.json";

fn json(arguments: &[&str]) -> (i32, Value) {
    let ran = lockstep(arguments);
    (ran.code, serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}{}", ran.out, ran.err)))
}

#[test]
fn the_demo_shows_a_lock_that_breaks() {
    let ran = lockstep(&["demo"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for text in [
        "no lock",
        "too much",
        "right",
        "stands still",
        "expires",
        " 1. At 0 ms c1 gets",
        "lockstep check",
    ] {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
    assert!(ran.out.lines().all(|line| line.chars().count() <= 110), "{}", ran.out);
    assert!(!ran.out.contains('\u{1b}'));
    assert_eq!(ran.out, lockstep(&["demo"]).out);
    let (code, demo) = json(&["demo", "--json"]);
    let packets = demo["red_packets"].as_array().unwrap();
    assert_eq!((code, packets.len()), (0, 3));
    let wrong = |packets: &Value| packets["handed_out"] != packets["total"];
    assert!(wrong(&packets[0]) && wrong(&packets[1]) && !wrong(&packets[2]), "{demo}");
    assert_eq!(demo["story"]["deviations"], 1);
}

#[test]
fn a_model_that_is_violated_as_expected_is_exit_code_0() {
    let ran = lockstep(&["check", PAUSE]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for text in [
        "VIOLATED  mutual-exclusion, with 1 fault",
        "as expected",
        "enters while c1 is inside",
        PAUSE,
    ] {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
    // How long it took is not a result.
    assert!(ran.err.contains("ms") || ran.err.contains(" s"), "{}", ran.err);
    assert_eq!(ran.out, lockstep(&["check", PAUSE]).out);
}

#[test]
fn exit_codes_tell_verdicts_apart() {
    let directory = directory("commands_exit");
    let text = fs::read_to_string(PAUSE).unwrap();
    let write = |name: &str, text: String| {
        let path = directory.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let expect = text.find(",\n  \"expect\"").unwrap();
    let silent = write("silent.json", format!("{}\n}}\n", &text[..expect]));
    let other = write(
        "other.json",
        text.replace(
            "\"violated\", \"property\": \"mutual-exclusion\", \"deviations\": 1",
            "\"holds\"",
        ),
    );
    let bad = write("bad.json", text.replace("\"clients\"", "\"clinets\""));
    assert_eq!(lockstep(&["check", HOLDS]).code, 0);
    assert_eq!(lockstep(&["check", &silent]).code, 1);
    let ran = lockstep(&["check", &other]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("but the model expects: holds"), "{}", ran.out);
    let ran = lockstep(&["check", &bad]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("did you mean `clients`"), "{}", ran.err);
    assert_eq!(lockstep(&["check", HOLDS, "--states", "20"]).code, 3);
    assert_eq!(lockstep(&["check", PAUSE, "--deviations", "0"]).code, 1);
    assert_eq!(lockstep(&["check", HOLDS, "--deviations", "0"]).code, 0);
}

#[test]
fn several_models_are_a_row_each() {
    let ran = lockstep(&["check", PAUSE, HOLDS, "no-such-file.json"]);
    assert_eq!(ran.code, 2);
    let rows: Vec<&str> = ran.out.lines().collect();
    assert_eq!(rows.len(), 4, "{}", ran.out);
    let row = |row: usize, name: &str, verdict: &str| {
        assert!(rows[row].contains(name) && rows[row].contains(verdict), "{}", ran.out);
        assert!(rows[row].chars().count() <= 100, "{}", ran.out);
    };
    row(0, "model", "verdict");
    row(1, "redis/set-nx-px-pause ", " violated mutual-exclusion ");
    row(2, "zookeeper/kazoo-lose-reply ", " holds ");
    assert!(rows[3].starts_with("2 models: 2 as expected, 0 not"), "{}", ran.out);
    let (code, result) = json(&["check", "--json", PAUSE, HOLDS]);
    assert_eq!((code, result["models"].as_array().unwrap().len()), (0, 2));
    assert_eq!(result["models"][0]["violation"]["property"], "mutual-exclusion");
    assert_eq!(result["models"][1]["verdict"], "holds");
}

#[test]
fn a_witness_is_written_and_made_again() {
    let directory = directory("commands_witness");
    let trace = directory.join("pause.jsonl");
    let trace = trace.to_str().unwrap();
    let ran = lockstep(&["check", PAUSE, "-o", trace]);
    assert!(ran.out.contains(&format!("lockstep replay {trace}")), "{}", ran.out);
    let again = lockstep(&["replay", trace]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    assert!(again.out.starts_with("the same run"), "{}", again.out);
    let text = fs::read_to_string(trace).unwrap();
    let altered = text.replacen("\"event\":\"enters\"", "\"event\":\"leaves\"", 1);
    let line = text.lines().position(|line| line.contains("\"enters\"")).unwrap() + 1;
    fs::write(trace, altered).unwrap();
    let again = lockstep(&["replay", trace]);
    assert_eq!(again.code, 1);
    for text in
        [&*format!("first difference in line {line}, step"), "expected", "leaves", "got", "enters"]
    {
        assert!(again.out.contains(text), "{text}: {}", again.out);
    }
    let (code, result) = json(&["replay", "--json", trace]);
    assert_eq!((code, &result["files"][0]["difference"]["line"]), (1, &Value::from(line)));
    let stdout = lockstep(&["check", PAUSE, "-o", "-"]);
    assert_eq!(stdout.out, text);
}

#[test]
fn a_run_is_shown_and_made_again() {
    let directory = directory("commands_run");
    let trace = directory.join("run.jsonl");
    let trace = trace.to_str().unwrap();
    let model = "models/red-packets/few-none.json";
    let ran = lockstep(&["run", model, "--seed", "4", "-o", trace]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    for text in
        ["VIOLATED", "enters", "WRITE", "requests", "waits", &format!("lockstep replay {trace}")]
    {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
    assert_eq!(lockstep(&["replay", trace]).code, 0);
    let (code, result) = json(&["run", model, "--seed", "4", "--json"]);
    assert_eq!((code, &result["verdict"], &result["seed"]), (1, &"violated".into(), &4.into()));
    assert!(result["counters"]["entries"].as_u64().unwrap() > 0);
    let several = lockstep(&["run", "models/redis/set-nx-px-contention.json", "--seeds", "5"]);
    assert_eq!(several.code, 0, "{}{}", several.out, several.err);
    assert!(several.out.contains("5 runs: 0 violated"), "{}", several.out);
}

#[test]
fn everything_that_models_can_name_is_listed() {
    let ran = lockstep(&["list"]);
    assert_eq!(ran.code, 0);
    for text in [
        "recipes",
        "set-nx-px",
        "models",
        PAUSE,
        "properties",
        "mutual-exclusion",
        "faults",
        "pause",
        "workloads",
        "store.redis.client",
    ] {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
    let (_, result) = json(&["list", "recipes", "--json"]);
    let recipes = result["recipes"].as_array().unwrap();
    assert!(recipes.len() >= 8 && result.get("faults").is_none());
    assert!(
        recipes.iter().all(|recipe| recipe["source"] != "" || recipe["needs"].is_null()),
        "{result}"
    );
    assert_eq!(lockstep(&["list", "recepies"]).code, 2);
}
