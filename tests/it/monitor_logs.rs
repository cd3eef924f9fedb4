//! `lockstep replay` of MONITOR logs: read, driven, shown with what the log does not say.

use std::fs;

use lockstep::store::redis::Reply;
use lockstep::trace::recorded::monitor::{self, Driven, Shown, What};

use super::cli::{directory, lockstep};

fn drive(log: impl AsRef<[u8]>) -> Result<Driven, String> {
    let driven = monitor::drive(log.as_ref());
    driven.map_err(|bad| format!("{}:{}: {}", bad.line, bad.column, bad.message))
}

/// What was shown beside the lines themselves.
fn shown(driven: &Driven) -> Vec<String> {
    let one = |Shown { at, what, .. }: &Shown| match what {
        What::Line(_) => None,
        What::Reply(_, Reply::Bulk(text) | Reply::Status(text)) => Some(text.to_text()),
        What::Reply(_, reply) => Some(format!("{reply:?}")),
        What::Push(..) => Some("a push".to_owned()),
        What::Blocks(_) => Some("waits".to_owned()),
        What::Expired(db, key) => {
            Some(format!("{} of {} is gone at {}", key.to_text(), db.to_text(), at.0))
        }
        What::NotDriven(_) => Some("not driven".to_owned()),
        What::NotModelled => Some("not modelled".to_owned()),
        What::Applied => Some("applied".to_owned()),
        What::Differs { recorded, model } => Some(format!("{recorded:?} but {model:?}")),
    };
    driven.shown.iter().filter_map(one).collect()
}

#[test]
fn the_model_runs_what_the_recorded_servers_ran() {
    for (name, executed, equal) in
        [("monitor-lua", 437, 686), ("monitor-overlap", 291, 0), ("monitor-paired", 284, 232)]
    {
        let path = format!("traces/recorded/redis/{name}.log");
        let text = fs::read_to_string(&path).unwrap();
        let Driven { counts, shown, skipped } = drive(&text).unwrap();
        assert_eq!(counts.differences, [], "{name}");
        assert_eq!((counts.executed, counts.lua_equal), (executed, equal), "{name}");
        assert_eq!((counts.different, counts.not_modelled, skipped.count), (0, 0, 0), "{name}");
        // The lines and their replies, each once.
        let lines = text.lines().filter(|line| !matches!(*line, "OK" | "")).count();
        let is_line = |one: &&Shown| matches!(one.what, What::Line(_));
        assert_eq!(shown.iter().filter(is_line).count(), lines, "{name}");
    }
}

#[test]
fn replies_and_expiries_are_told() {
    let driven = drive(
        "OK\n\
         1700000000.000000 [0 127.0.0.1:5] \"SET\" \"lock\" \"a\\x00\\\"\" \"PX\" \"50\"\n\
         1700000000.010000 [0 127.0.0.1:5] \"GET\" \"lock\"\n\
         1700000000.100000 [1 127.0.0.1:6] \"BLPOP\" \"list\" \"1\"\n\
         1700000000.200000 [1 127.0.0.1:7] \"RPUSH\" \"list\" \"x\"\n\
         1700000000.300000 [1 127.0.0.1:7] \"AUTH\" \"(redacted)\"\n",
    );
    let mut told = shown(&driven.unwrap());
    assert_eq!(told.remove(2), "lock of 0 is gone at 51000");
    assert_eq!(told[..3], ["OK", "a\0\"", "waits"]);
    assert_eq!(told[3..], ["Int(1)", "Array([Bulk(\"list\"), Bulk(\"x\")])", "not driven"]);
}

#[test]
fn what_a_script_runs_otherwise_is_seen() {
    let eval = "1700000000.000000 [0 127.0.0.1:5] \"EVAL\" \"return redis.call('get', KEYS[1])\" \"1\" \"k\"\n";
    let same = format!("{eval}1700000000.000001 [0 lua] \"get\" \"k\"\n");
    assert_eq!(drive(&same).unwrap().counts.different, 0);
    for other in ["[0 lua] \"get\" \"j\"", "[1 lua] \"get\" \"k\"", "[0 lua] \"del\" \"k\""] {
        let driven = drive(format!("{eval}1700000000.000001 {other}\n")).unwrap();
        assert_eq!(driven.counts.different, 1, "{other}");
    }
    // A line too few, and one too many.
    assert_eq!(drive(eval).unwrap().counts.different, 1);
    let more = format!("{same}1700000000.000002 [0 lua] \"get\" \"k\"\n");
    assert_eq!(drive(&more).unwrap().counts.different, 1);
}

#[test]
fn a_transaction_is_compared_when_it_runs() {
    let log = "1700000000.000000 [0 127.0.0.1:5] \"MULTI\"\n\
               1700000000.000100 [0 127.0.0.1:5] \"SET\" \"k\" \"v\"\n\
               1700000000.000101 [0 127.0.0.1:5] \"INCR\" \"n\"\n\
               1700000000.000102 [0 127.0.0.1:5] \"EXEC\"\n";
    let driven = drive(log).unwrap();
    assert_eq!((driven.counts.executed, driven.counts.different), (4, 0));
    assert!(shown(&driven).iter().any(|told| told.contains("Int(1)")), "{:?}", shown(&driven));
}

#[test]
fn a_bad_line_is_passed_over_and_named_with_its_place() {
    let good = "1700000000.000000 [0 127.0.0.1:5] \"GET\" \"k\"\n";
    for (line, place) in [
        ("hello", "2:1: a line of a MONITOR log begins with a time"),
        ("1700000000 [0 a] \"GET\"", "2:11: a line of a MONITOR log begins with a time"),
        ("1700000000.000000 GET", "2:18: \" [\" and the database follow the time"),
        ("1700000000.000000 [x a] \"GET\"", "2:20: the number of the database"),
        ("1700000000.000000 [0 a", "2:22: the client's address ends with \"]\""),
        ("1700000000.000000 [0 a]", "2:24: the command is missing"),
        ("1700000000.000000 [0 a] GET", "2:24: each word of the command is in quotes"),
        ("1700000000.000000 [0 a] \"GET", "2:29: the word has no closing quote"),
        ("1700000000.000000 [0 a] \"G\\qT\"", "2:27: an unknown escape"),
        ("1700000000.000000 [0 a] \"G\\x4\"", "2:27: an unknown escape"),
    ] {
        let driven = drive(format!("{good}{line}\n{good}")).unwrap();
        assert_eq!((driven.counts.executed, driven.skipped.count), (2, 1), "{line}");
        let bad = &driven.skipped.first[0];
        let bad = format!("{}:{}: {}", bad.line, bad.column, bad.message);
        assert!(bad.starts_with(place), "{line}: {bad}");
        // Where there is no other line, nothing is left to be done.
        assert_eq!(drive(format!("OK\n{line}\n")).unwrap_err(), bad);
    }
    assert_eq!(drive("OK\n").unwrap_err(), "0:0: there is no command in this MONITOR log");
}

#[test]
fn a_log_that_is_named_is_shown_and_one_in_a_directory_is_counted() {
    let path = "traces/recorded/redis/monitor-overlap.log";
    let ran = lockstep(&["replay", path]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains(
            "  8  1795387070.521986 [0 127.0.0.1:36502] SET lock 88e2619b832a02e1 NX PX 40\n             OK\n"
        ),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("[0] expired: lock\n"), "{}", ran.out);
    let ran = lockstep(&["replay", "--json", path]);
    let result: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let log = result["files"][0]["log"].as_array().unwrap();
    assert!(log.iter().any(|one| one["expired"] == "lock"), "{result}");

    let folder = directory("monitor");
    fs::copy(path, folder.join("a.log")).unwrap();
    let ran = lockstep(&["replay", folder.to_str().unwrap()]);
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
}
