//! What a command exits with is its answer, whoever reads it and for how long; and what it writes to is safe.

use std::fs;
use std::path::{Path, PathBuf};

use super::cli::{code_if_read, directory, lockstep_at};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A model that is violated, and expects nothing.
fn violated(directory: &Path) -> PathBuf {
    let text =
        fs::read_to_string(Path::new(ROOT).join("models/redis/set-nx-px-pause.json")).unwrap();
    let expect = text.find(",\n  \"expect\"").unwrap();
    let path = directory.join("violated.json");
    fs::write(&path, format!("{}\n}}\n", &text[..expect])).unwrap();
    path
}

/// A model that holds.
fn holds(directory: &Path) -> PathBuf {
    let text = r#"{
  "store": {"redis": {}},
  "lock": {"set-nx-px": {}},
  "clients": {"processes": 2},
  "work": {"section": {"rounds": 1}},
  "properties": ["mutual-exclusion"]
}"#;
    let path = directory.join("holds.json");
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn the_exit_code_is_the_verdict_whoever_reads() {
    let directory = directory("pipes_codes");
    violated(&directory);
    holds(&directory);
    let sampled = Path::new(ROOT).join("models/red-packets/few-none.json");
    fs::copy(sampled, directory.join("sampled.json")).unwrap();
    let trace = lockstep_at(&directory, &["check", "violated.json", "-o", "t.jsonl"], b"", None);
    assert_eq!(trace.code, 1, "{}", trace.err);
    let text = fs::read_to_string(directory.join("t.jsonl")).unwrap();
    fs::write(directory.join("t.jsonl"), text.replacen("\"enters\"", "\"leaves\"", 1)).unwrap();
    let ways: [(&[&str], i32); 12] = [
        (&["check", "violated.json"], 1),
        (&["check", "violated.json", "--json"], 1),
        (&["check", "violated.json", "-o", "-"], 1),
        (&["check", "violated.json", "holds.json"], 1),
        (&["check", "holds.json", "--states", "2"], 3),
        (&["run", "sampled.json", "--seed", "4"], 1),
        (&["run", "sampled.json", "--seeds", "3"], 1),
        (&["run", "sampled.json", "--seed", "4", "-o", "-"], 1),
        (&["replay", "t.jsonl"], 1),
        (&["replay", "t.jsonl", "no-such.jsonl"], 2),
        (&["list", "recipes"], 0),
        (&["--help"], 0),
    ];
    for (arguments, code) in ways {
        let whole = lockstep_at(&directory, arguments, b"", None);
        assert_eq!(whole.code, code, "{arguments:?}: {}", whole.err);
        for bytes in [0, 1, 40] {
            for _ in 0..3 {
                assert_eq!(code_if_read(&directory, arguments, bytes), code, "{arguments:?}");
            }
        }
    }
    // `check M | head -1` was 0 or 1 by chance.
    for number in 0..100 {
        let code = code_if_read(&directory, &["check", "violated.json"], 20);
        assert_eq!(code, 1, "time {number}");
    }
}

#[test]
fn a_shell_ends_when_nobody_reads_it() {
    let directory = directory("pipes_shell");
    assert_eq!(code_if_read(&directory, &["redis"], 0), 0);
}

#[test]
fn an_output_is_looked_at_before_the_work_and_never_an_input() {
    let directory = directory("pipes_outputs");
    let model = violated(&directory);
    let before = fs::read(&model).unwrap();
    let refused = |output: &str, why: &str| {
        for arguments in
            [&["check", "violated.json", "-o", output][..], &["run", "violated.json", "-o", output]]
        {
            let ran = lockstep_at(&directory, arguments, b"", None);
            assert_eq!((ran.code, &*ran.out), (2, ""), "{arguments:?}");
            assert!(ran.err.contains(why), "{arguments:?}: {}", ran.err);
        }
        assert_eq!(fs::read(&model).unwrap(), before, "{output}");
    };
    refused("violated.json", "this is the input");
    refused("./violated.json", "this is the input");
    fs::hard_link(&model, directory.join("linked.json")).unwrap();
    refused("linked.json", "this is the input");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("violated.json", directory.join("pointing.json")).unwrap();
        refused("pointing.json", "this is the input");
        std::os::unix::fs::symlink("nowhere.json", directory.join("dangling.json")).unwrap();
        refused("dangling.json", "a link to a file that is not there");
    }
    refused("none/t.jsonl", "there is no such directory");
    refused("violated.json/t.jsonl", "a part of the path is no directory");
    refused(".", "this is a directory");
    let names: Vec<_> =
        fs::read_dir(&directory).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains(".part")), "{names:?}");
}

#[test]
fn a_trace_has_its_new_content_or_its_old_one() {
    let directory = directory("pipes_traces");
    violated(&directory);
    holds(&directory);
    let trace = directory.join("t.jsonl");
    let run = |model: &str, output: &str| {
        lockstep_at(&directory, &["check", model, "-o", output], b"", None)
    };
    assert_eq!(run("violated.json", "t.jsonl").code, 1);
    assert_eq!(lockstep_at(&directory, &["replay", "t.jsonl"], b"", None).code, 0);
    // What was found once is not true of a model that holds now.
    let now = run("holds.json", "t.jsonl");
    assert_eq!(now.code, 0, "{}{}", now.out, now.err);
    let told = now.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("the old trace t.jsonl was removed"), "{told}");
    assert!(!trace.exists());
    assert_eq!(run("holds.json", "t.jsonl").code, 0);
    // A name with blanks, and one that looks like an option.
    let named = run("violated.json", "a trace's.jsonl");
    assert!(named.out.contains(r"lockstep replay 'a trace'\''s.jsonl'"), "{}", named.out);
    fs::rename(directory.join("a trace's.jsonl"), directory.join("-t.jsonl")).unwrap();
    assert_eq!(lockstep_at(&directory, &["replay", "./-t.jsonl"], b"", None).code, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_the_verdict_stands() {
    let directory = directory("pipes_full");
    violated(&directory);
    let full = lockstep_at(&directory, &["check", "violated.json", "-o", "/dev/full"], b"", None);
    assert_eq!(full.code, 2);
    assert!(full.err.contains("the disk is full"), "{}", full.err);
    assert!(full.out.contains("VIOLATED"), "{}", full.out);
}

#[test]
fn seeds_end_where_their_numbers_end() {
    let directory = directory("pipes_seeds");
    holds(&directory);
    let run = |seed: &str| {
        lockstep_at(&directory, &["run", "holds.json", "--seed", seed, "--seeds", "3"], b"", None)
    };
    let ran = run("18446744073709551615");
    assert_eq!((ran.code, &*ran.out), (2, ""));
    assert!(ran.err.contains("there are only 1 seeds"), "{}", ran.err);
    assert_eq!(run("18446744073709551613").code, 0);
}
