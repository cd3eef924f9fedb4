//! Input that is wrong is refused with its place, and nothing panics.

use std::fs::{self, File};
use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use lockstep::trace::{BadRecording, Lines, Trace};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::cli::{directory, lockstep};

const HEADER: &str = r#"{"trace":"lockstep","version":1,"origin":"recorded","store":"redis","server":"redis 7.0.15","title":"t","tool":"t","config":{"epoch_us":0}}"#;

/// Why `content` is no trace.
fn refused(content: impl AsRef<[u8]>) -> BadRecording {
    Trace::read(Cursor::new(content)).expect_err("this should be refused")
}

#[test]
fn a_line_that_never_ends_is_refused_without_reading_it_all() {
    /// Counts what is read of an endless line.
    struct Endless(u64);
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            buffer.fill(b' ');
            self.0 += buffer.len() as u64;
            Ok(buffer.len())
        }
    }
    let header = Cursor::new(format!("{HEADER}\n"));
    let mut endless = Endless(0);
    let bad = Trace::read(BufReader::new(header.chain(&mut endless))).unwrap_err();
    assert_eq!(
        (bad.line, &*bad.message),
        (2, "the line is longer than 16 MiB, the bound of one event")
    );
    assert!(endless.0 < (17 << 20), "{} bytes were read", endless.0);
}

#[test]
fn a_line_of_exactly_the_bound_is_read() {
    let longest = Lines::<&[u8]>::LONGEST as usize;
    for (length, fits) in [(longest, true), (longest + 1, false)] {
        for end in ["\n", ""] {
            let text = format!("{}{end}", "x".repeat(length));
            let line = Lines::new(text.as_bytes()).next().unwrap();
            assert_eq!(line.is_ok(), fits, "{length} bytes and {end:?}");
        }
    }
}

#[test]
fn what_is_no_text_is_refused_at_its_character() {
    let with = |tail: &[u8]| [HEADER.as_bytes(), b"\n", tail].concat();
    let bad = refused(with("{\"é\":\"\0\"}\n".as_bytes()));
    assert_eq!((bad.line, bad.column, &*bad.message), (2, 7, "a NUL byte; a trace is a text file"));
    let bad = refused(with(b"{\"\xc3\xa9\": \"\xff\"}\n"));
    assert_eq!((bad.line, bad.column), (2, 8));
    assert_eq!(bad.message, "byte 0xff is not UTF-8; a trace is a text file");
    let bad = refused(b"\x7fELF\x02\x01\x01\x00");
    assert_eq!((bad.line, bad.column), (1, 8));
    assert!(refused(format!("\u{feff}{HEADER}\n")).message.contains("byte order mark"));
    assert_eq!(refused("").to_string(), "the file is empty; a trace begins with a header line");
    let bad = refused(format!("{HEADER}\n\n{{}}\n"));
    assert_eq!(bad.to_string(), "2: an empty line; each line of a trace is one JSON object");
}

#[test]
fn a_header_says_what_it_lacks() {
    for (header, message) in [
        ("[]", "expected an object, found a list; a trace begins with a header, a JSON object"),
        ("{}", "this is no trace: its first line has no \"trace\":\"lockstep\""),
        (r#"{"trace":"lockstep"}"#, "the header has no \"version\""),
        (
            r#"{"trace":"lockstep","version":3}"#,
            "version 3 of the format; this program reads 2, and 1 of recordings of real servers",
        ),
        (
            r#"{"trace":"lockstep","version":1,"origin":"run","seed":7}"#,
            "this program reads 2 of a run's trace. Make it anew: save the member \"model\" of line 1 as a file and run \
             `lockstep run MODEL --seed 7 -o TRACE` with it",
        ),
        (
            r#"{"trace":"lockstep","version":2,"origin":"recorded"}"#,
            "version 2 of the format; this program reads 1 of a recording",
        ),
        (
            r#"{"trace":"lockstep","version":"1"}"#,
            "version \"1\" of the format; this program reads 2, and 1 of recordings of real servers",
        ),
        (r#"{"trace":"lockstep","version":1}"#, "the header has no \"origin\""),
        (
            r#"{"trace":"lockstep","version":1,"origin":"dreamt"}"#,
            "unknown origin \"dreamt\"; known are \"recorded\", \"run\", \"check\"",
        ),
    ] {
        let bad = refused(header);
        assert_eq!(bad.line, 1);
        assert!(bad.message.ends_with(message), "{header}: {bad}");
    }
    let bad = refused(&HEADER[..40]);
    assert_eq!((bad.line, bad.column), (1, 41));
    assert!(bad.message.contains("was it cut off?"), "{bad}");
}

/// Writes the files and replays each; all must be refused with exit code 2.
fn all_refused(name: &str, files: &[(&str, Vec<u8>)]) -> Vec<String> {
    let directory = directory(name);
    files
        .iter()
        .map(|(file, content)| {
            let path = directory.join(file);
            fs::write(&path, content).unwrap();
            let ran = lockstep(&["replay", path.to_str().unwrap()]);
            assert_eq!(ran.code, 2, "{file}: {}{}", ran.out, ran.err);
            assert!(
                ran.err.starts_with("error: ") && ran.err.contains(file),
                "{file}: {}",
                ran.err
            );
            assert!(!ran.err.contains("panicked"), "{file}: {}", ran.err);
            ran.err
        })
        .collect()
}

#[test]
fn bad_files_are_named_with_their_line_and_column() {
    let real = |name: &str| fs::read(recorded(name)).unwrap();
    let cut = |name: &str| {
        let mut bytes = real(name);
        bytes.truncate(bytes.len() - 7);
        bytes
    };
    let spoilt = |name: &str| {
        let text = String::from_utf8(real(name)).unwrap();
        text.replacen("\"at\":", "\"ta\":", 3).into_bytes()
    };
    let messages = all_refused(
        "bad-files",
        &[
            ("empty.jsonl", Vec::new()),
            ("binary.jsonl", vec![0, 159, 146, 150]),
            ("cut-redis.jsonl", cut("redis/conf-expire.jsonl")),
            ("cut-zookeeper.jsonl", cut("zookeeper/conf-watch-1.jsonl")),
            ("spoilt-redis.jsonl", spoilt("redis/conf-expire.jsonl")),
            ("spoilt-zookeeper.jsonl", spoilt("zookeeper/conf-watch-1.jsonl")),
            ("store.jsonl", HEADER.replace("redis\"", "etcd\"").into_bytes()),
        ],
    );
    assert!(messages[1].contains("binary.jsonl:1:2: byte 0x9f is not UTF-8"), "{}", messages[1]);
    assert!(messages[2].contains("was it cut off?"), "{}", messages[2]);
    assert!(messages[3].contains("was it cut off?"), "{}", messages[3]);
    assert!(messages[4].contains("spoilt-redis.jsonl:2:"), "{}", messages[4]);
    assert!(messages[5].contains("spoilt-zookeeper.jsonl:2:"), "{}", messages[5]);
    assert!(messages[6].contains("\"etcd\""), "{}", messages[6]);
}

/// Events that are JSON but no event of their store.
#[test]
fn odd_events_are_refused_and_never_panic() {
    let zookeeper = HEADER.replace("redis", "zookeeper");
    let odd = [
        "{}",
        "[]",
        "7",
        "null",
        "\"at\"",
        r#"{"at":1}"#,
        r#"{"at":"1","client":"c1","connect":true}"#,
        r#"{"at":1.5,"client":"c1","connect":true}"#,
        r#"{"at":1,"client":7,"call":["GET","k"],"reply":null}"#,
        r#"{"at":1,"client":"c1","call":"GET k","reply":null}"#,
        r#"{"at":1,"client":"c1","call":[["GET"]],"reply":null}"#,
        r#"{"at":1,"client":"c1","call":["GET",{"base64":"*"}],"reply":null}"#,
        r#"{"at":1,"client":"c1","call":["GET","k"],"reply":{"what":1}}"#,
        r#"{"at":1,"client":"c1","call":["GET","k"],"reply":1e400}"#,
        r#"{"at":99999999999999999999,"client":"c1","connect":true}"#,
        r#"{"at":1,"session":"s1","call":{"op":7},"reply":{}}"#,
        r#"{"at":1,"session":"s1","call":{"op":"create"},"reply":{"zxid":"x"}}"#,
        r#"{"at":1,"client":"c1","connect":{"timeout_ms":"x"},"reply":7}"#,
    ];
    let deep = format!(r#"{{"at":1,"client":"c1","call":["GET"],"reply":{}1"#, "[".repeat(100_000));
    let mut files = Vec::new();
    for (store, header) in [("redis", HEADER), ("zookeeper", &*zookeeper)] {
        for (number, event) in odd.iter().copied().chain([&*deep]).enumerate() {
            files.push((
                format!("{store}-{number}.jsonl"),
                format!("{header}\n{event}\n").into_bytes(),
            ));
        }
    }
    let files: Vec<(&str, Vec<u8>)> =
        files.iter().map(|(name, content)| (&**name, content.clone())).collect();
    all_refused("odd-events", &files);
}

/// Bytes of a recording changed at random: an answer or a refusal, but no panic and no endless loop.
#[test]
fn no_spoilt_recording_makes_it_panic() {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut pick = |n: usize| random.next_u64() as usize % n;
    let pieces = [
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        "-",
        "9",
        "99999999999",
        "null",
        "true",
        "é",
        " ",
        "\\u0000",
    ];
    for name in
        ["redis/conf-expire.jsonl", "redis/conf-blocking.jsonl", "zookeeper/conf-watch-1.jsonl"]
    {
        let text = fs::read_to_string(recorded(name)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for _ in 0..200 {
            let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            let line = pick(lines.len());
            let mut chars: Vec<char> = lines[line].chars().collect();
            let at = pick(chars.len());
            let until = (at + pick(3)).min(chars.len());
            chars.splice(at..until, pieces[pick(pieces.len())].chars());
            lines[line] = chars.into_iter().collect();
            if let Ok(trace) = Trace::read(lines.join("\n").as_bytes()) {
                let _ = lockstep::trace::recorded::replay(&trace.header, &trace.events);
            }
        }
    }
}

/// The last instant there is: nothing may count its way there.
#[test]
fn the_end_of_time_is_reached_at_once() {
    for name in ["redis/conf-expire.jsonl", "zookeeper/conf-watch-1.jsonl"] {
        let text = fs::read_to_string(recorded(name)).unwrap();
        for at in [i64::MAX, i64::MAX / 1000, i64::MIN, -1] {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let middle = lines.len() / 2;
            let rest = lines[middle].split_once(',').unwrap().1.to_owned();
            lines[middle] = format!("{{\"at\":{at},{rest}");
            let trace = Trace::read(lines.join("\n").as_bytes()).unwrap();
            let _ = lockstep::trace::recorded::replay(&trace.header, &trace.events);
        }
    }
}

fn recorded(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("traces/recorded").join(name)
}

#[test]
fn paths_at_which_there_is_no_file() {
    let empty = directory("paths");
    let empty = empty.to_str().unwrap();
    for (arguments, message) in [
        (&["replay", "no-such-file"][..], "no-such-file: there is no such file"),
        (&["replay", empty], "no .jsonl file is in this directory"),
        (&["replay", "no-such.log"], "no-such.log: there is no such file"),
        (&["check", "no-such-file"], "no-such-file: there is no such file"),
        (&["run", empty], "this is a directory, not a file"),
    ] {
        let ran = lockstep(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.err.contains(message), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn the_worst_outcome_decides_and_the_others_are_still_done() {
    let directory = directory("worst");
    let good = "traces/recorded/redis/conf-expire.jsonl";
    let bad = directory.join("bad.jsonl");
    File::create(&bad).unwrap();
    let ran = lockstep(&["replay", "--json", bad.to_str().unwrap(), good]);
    let result: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(ran.code, 2);
    assert!(result["files"][0]["error"].is_object(), "{result}");
    assert!(result["files"][1]["compared"].as_u64() > Some(0), "{result}");
}
