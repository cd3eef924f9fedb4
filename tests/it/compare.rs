//! `lockstep compare`: the numbers are those of the herd table, and nothing depends on the number of threads.

use serde_json::Value;

use super::cli::{directory, lockstep};

fn json(arguments: &[&str]) -> Value {
    let ran = lockstep(&[arguments, &["--json"]].concat());
    assert_eq!((ran.code, &*ran.err), (0, ""), "{arguments:?}: {}", ran.out);
    serde_json::from_str(&ran.out).expect("JSON")
}

fn row<'v>(all: &'v Value, strategy: &str, clients: &str) -> &'v Value {
    let rows = all["rows"].as_array().unwrap();
    let is =
        |row: &&Value| row["strategy"] == strategy && row["values"]["clients.processes"] == clients;
    rows.iter().find(is).expect("the row is there")
}

#[test]
fn the_herd_has_the_counts_of_the_real_one() {
    let all = json(&["compare", "herd", "--clients", "10,50,100,200"]);
    for n in [10_u64, 50, 100, 200] {
        let of = |strategy| row(&all, strategy, &n.to_string());
        let (watched, predecessor) = (of("watch-all"), of("watch-predecessor"));
        assert_eq!(watched["notifications"], n * (n + 1) / 2, "{n} clients");
        assert_eq!(predecessor["notifications"], n - 1, "{n} clients");
        // The first holder's delete wakes all who wait.
        assert_eq!(
            (&watched["worst_change"]["woken"], &watched["sections"]),
            (&Value::from(n - 1), &Value::from(n))
        );
        for row in [watched, predecessor] {
            assert_eq!(
                (&row["overtakings"], &row["violated_runs"]),
                (&Value::from(0), &Value::from(0))
            );
        }
    }
    let growth = |strategy: &str, figure: &str| {
        let is = |it: &&Value| it["strategy"] == strategy && it["figure"] == figure;
        let all = all["growth"].as_array().unwrap();
        all.iter().find(is).map(|it| it["growth"].as_str().unwrap().to_owned()).unwrap()
    };
    assert_eq!(growth("watch-all", "notifications_per_section"), "linear");
    assert_eq!(growth("watch-all", "handover_p50_us"), "linear");
    assert_eq!(growth("watch-predecessor", "handover_p50_us"), "constant");
}

#[test]
fn nothing_depends_on_the_number_of_threads() {
    let question = [
        "compare",
        "models/red-packets/few-set-nx-px.json",
        "--recipes",
        "set-nx-px,sequential,setnx",
        "--clients",
        "1,3",
        "--seeds",
        "7",
    ];
    for kind in ["--json", "--csv", "--color=never"] {
        let with = |threads| {
            let ran = lockstep(&[&question[..], &[kind, "--threads", threads]].concat());
            assert_eq!(ran.code, 0, "{}", ran.err);
            ran.out
        };
        let one = with("1");
        assert!(one.lines().count() > 6);
        assert_eq!(one, with("2"));
        assert_eq!(one, with("5"));
    }
}

#[test]
fn a_grid_has_a_row_for_each_combination() {
    let all = json(&[
        "compare",
        "set-nx-px-pause",
        "--vary",
        "ttl=5s,20s",
        "--vary",
        "clients.threads=1,2,3",
    ]);
    assert_eq!(all["rows"].as_array().unwrap().len(), 6);
    assert_eq!(all["fields"][0], "lock.set-nx-px.ttl");
    assert_eq!(all["rows"][3]["values"]["lock.set-nx-px.ttl"], "20s");
    assert_eq!(all["rows"][3]["values"]["clients.threads"], "1");
}

#[test]
fn plots_are_written_for_light_and_dark() {
    let directory = directory("compare-plots");
    for (name, begins) in [("herd.svg", "<svg"), ("herd.html", "<!doctype html>")] {
        let path = directory.join(name);
        let ran = lockstep(&["compare", "herd", "--clients", "5,20", "-o", path.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(begins), "{name}: {}", &text[..200]);
        assert!(text.contains("prefers-color-scheme: dark") && text.contains("watch-predecessor"));
    }
}

#[test]
fn wrong_use_is_told() {
    for (arguments, says) in [
        (&["compare", "herd", "--vary", "ttl"][..], "FIELD=a,b,c"),
        (&["compare", "set-nx-px-pause", "--vary", "tll=1s"], "did you mean"),
        (&["compare", "set-nx-px-pause", "--vary", "ttl=5 apples"], "5 apples"),
        (&["compare", "set-nx-px-pause", "--recipes", "redison"], "did you mean `redisson`?"),
        (&["compare", "set-nx-px-pause", "--clients", "0"], "processes"),
        (&["compare", "herd", "-o", "herd.png"], ".svg or .html"),
        (&["compare", "herdd"], "error"),
    ] {
        let ran = lockstep(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.out);
        assert!(ran.err.contains(says), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn recipes_that_do_not_fit_say_why() {
    let all = json(&["compare", "set-nx-px-pause", "--recipes", "all"]);
    let rows = all["rows"].as_array().unwrap();
    assert!(rows.len() > 40);
    let why = |row: &&Value| row["not_compared"].as_str().is_some_and(|it| !it.is_empty());
    let (left_out, ran): (Vec<&Value>, Vec<&Value>) = rows.iter().partition(why);
    assert!(ran.len() > 30, "{} ran", ran.len());
    assert!(ran.iter().all(|row| row["runs"] == 1));
    assert!(left_out.iter().all(|row| row.get("runs").is_none()));
}
