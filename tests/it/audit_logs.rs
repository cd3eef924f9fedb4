//! `lockstep audit` of logs as they lie about, and as a command.

use std::io::Write;

use lockstep::audit::End;

use super::audit::{audit, holds, log};
use super::cli::{directory, lockstep};

const A: &str = "10.0.0.1:1001";

/// The commands of a log as tools write them, with what does not belong to it.
fn dirty() -> Vec<u8> {
    let plain = log(&[
        (0, "[::1]:4", &["SET", "d", "a", "NX", "PX", "1000"]),
        (500, "3|unix:/run/redis [x].sock", &["SET", "d", "b", "NX", "PX", "1000"]),
        (600, "3|unix:/run/redis [x].sock", &["DEL", "d"]),
        (400, "[::1]:4", &["DEL", "d"]),
    ]);
    let lines: Vec<&str> = plain.lines().collect();
    let quoted = lines[4].replace('\\', "\\\\").replace('"', "\\\"");
    let mut text = Vec::new();
    for line in [
        "+OK".to_owned(),
        format!("2023-11-14T22:13:20.000000000Z {}", lines[1]),
        format!("2023-11-14T22:13:20.000000000Z stdout F {}", lines[2]),
        String::new(),
        "# a note".to_owned(),
        format!("Nov 14 22:13:20 host redis-cli[77]: {}", lines[3]),
        "not a line".to_owned(),
        format!(r#"{{"log":"{quoted}\n","stream":"stdout"}}"#),
    ] {
        text.extend_from_slice(line.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"\xff\xfe not a text\n1700000009.000000 [0 [::1]:4] \"SET\" \"d");
    text
}

#[test]
fn logs_are_taken_as_they_are() {
    let audit = audit(dirty());
    assert_eq!((audit.commands, audit.skipped.count, audit.counts.went_back), (4, 3, 1));
    let unread: Vec<usize> = audit.skipped.first.iter().map(|bad| bad.line).collect();
    assert_eq!(unread, [7, 9, 10]);
    assert!(audit.skipped.first[2].message.contains("the file cut off"), "{:?}", audit.skipped);
    let keys: Vec<&str> = audit.locks.iter().map(|lock| &*lock.key).collect();
    assert_eq!(keys, ["3:d", "d"]);
    assert!(holds(&audit).iter().all(|(.., end)| end.unwrap().1 == End::Released));
}

#[test]
fn the_command_says_what_is_wrong_and_exits_so() {
    let folder = directory("audit");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    std::fs::write(path("dirty.txt"), dirty()).unwrap();
    let ran = lockstep(&["audit", &path("dirty.txt")]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("3 lines were passed over"), "{}", ran.out);

    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&dirty()).unwrap();
    std::fs::write(path("packed"), packed.finish().unwrap()).unwrap();
    assert_eq!(lockstep(&["audit", &path("packed")]).code, 0);
    assert_eq!(lockstep(&["replay", &path("packed")]).code, 0);

    let overlap = "traces/recorded/redis/monitor-overlap.log";
    let ran = lockstep(&["audit", overlap, "--timeline"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    for text in [
        "1 lock, 37 holds, 1 never released",
        "27 pairs of holds overlap",
        "12 releases removed another's lock",
        "7 holds were longer than their TTL",
        "5 releases found nothing of their own",
        "(certain)",
        "Holders",
    ] {
        assert!(ran.out.contains(text), "{text}: {}", ran.out);
    }
    let ran = lockstep(&["audit", overlap, "--json", "--lines", "1-100"]);
    let result: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(result["exit"], 1);
    assert_eq!(result["files"][0]["counts"]["released-anothers"], 1);

    std::fs::write(path("none.log"), "OK\n").unwrap();
    std::fs::write(path("no-lock.log"), log(&[(0, A, &["GET", "k"])])).unwrap();
    std::fs::write(path("model"), "{\"title\": \"a model\"}").unwrap();
    assert_eq!(lockstep(&["audit", &path("none.log")]).code, 2);
    assert_eq!(lockstep(&["audit", &path("nowhere")]).code, 2);
    assert_eq!(lockstep(&["audit", &path("no-lock.log")]).code, 3);
    let ran = lockstep(&["audit", &path("model")]);
    assert!(ran.code == 2 && ran.err.contains("lockstep check"), "{}", ran.err);
    for (command, file, right) in [
        ("check", overlap, "lockstep audit"),
        ("run", overlap, "lockstep audit"),
        ("check", "traces/recorded/redis/monitor-paired.jsonl", "lockstep replay"),
        ("replay", "models/redis/set-nx-px-pause.json", "lockstep check"),
    ] {
        let ran = lockstep(&[command, file]);
        let said = format!("{}{}", ran.out, ran.err);
        assert!(ran.code == 2 && said.contains(right), "{command} {file}: {said}");
    }
    for (option, value) in [("--lines", "9-3"), ("--from", "yesterday"), ("--to", "+5weeks")] {
        let ran = lockstep(&["audit", overlap, option, value]);
        assert!(ran.code == 2 && ran.err.contains(value), "{}", ran.err);
    }
    let ran = lockstep(&["audit", overlap, "--from", "+0.3s", "--to", "1795387071"]);
    assert!(!ran.out.contains("12 releases") && ran.code == 1, "{}", ran.out);
}
