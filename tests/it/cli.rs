//! The binary, run as a person runs it.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// What the binary did.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    command
}

fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().expect("the process was not killed"),
        out: String::from_utf8(output.stdout).expect("output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

/// Runs `lockstep` with `arguments` in the directory of the package.
pub(crate) fn lockstep(arguments: &[&str]) -> Ran {
    ran(command(arguments).output().expect("the binary starts"))
}

/// Runs `lockstep` with `arguments` in `directory`, with `input` and in so many columns.
pub(crate) fn lockstep_at(
    directory: &Path,
    arguments: &[&str],
    input: &[u8],
    columns: Option<u32>,
) -> Ran {
    let mut command = command(arguments);
    command.current_dir(directory).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    match columns {
        Some(columns) => command.env("COLUMNS", columns.to_string()),
        None => command.env_remove("COLUMNS"),
    };
    let mut child = command.spawn().expect("the binary starts");
    // Whoever does not read it all may be gone before the end.
    let _ = child.stdin.take().expect("it has an input").write_all(input);
    ran(child.wait_with_output().expect("it ends"))
}

/// What `lockstep` exits with if whoever reads its result goes away after so many bytes.
pub(crate) fn code_if_read(directory: &Path, arguments: &[&str], bytes: usize) -> i32 {
    let mut command = command(arguments);
    command.current_dir(directory).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the binary starts");
    let mut out = child.stdout.take().expect("it has an output");
    let mut read = vec![0; bytes];
    let _ = out.read(&mut read);
    drop(out);
    child.wait().expect("it ends").code().expect("the process was not killed")
}

/// An empty directory for the test `name`.
pub(crate) fn directory(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if path.exists() {
        fs::remove_dir_all(&path).unwrap();
    }
    fs::create_dir_all(&path).unwrap();
    path
}

#[test]
fn without_a_command_it_shows_what_to_try_first() {
    let ran = lockstep(&[]);
    assert_eq!((ran.code, &*ran.out), (2, ""));
    let first: Vec<&str> = ran.err.lines().take(3).map(str::trim).collect();
    assert!(first[1].starts_with("lockstep demo"), "{}", ran.err);
    assert!(first[2].starts_with("lockstep check models"), "{}", ran.err);
}

#[test]
fn help_and_version_are_results() {
    for argument in ["--help", "-h", "--version"] {
        let ran = lockstep(&[argument]);
        assert_eq!((ran.code, &*ran.err), (0, ""), "{argument}");
        assert!(!ran.out.is_empty(), "{argument}");
    }
}

#[test]
fn a_mistyped_command_gets_a_tip() {
    for (given, meant) in
        [("rnu", "run"), ("relpay", "replay"), ("chekc", "check"), ("demos", "demo")]
    {
        let ran = lockstep(&[given]);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains(&format!("'{meant}'")), "{given}: {}", ran.err);
    }
    let ran = lockstep(&["models/a.json"]);
    assert!(ran.err.contains("'check models/a.json'"), "{}", ran.err);
    let ran = lockstep(&["zzzzzz"]);
    assert!(!ran.err.contains("tip"), "{}", ran.err);
}

#[test]
fn wrong_use_is_exit_code_2() {
    for arguments in [
        &["replay"][..],
        &["replay", "--nope", "a.jsonl"],
        &["--color", "sometimes", "list"],
        &["run", "--seed", "-1", "a.json"],
        &["run", "--seed", "18446744073709551616", "a.json"],
        &["check"],
    ] {
        let ran = lockstep(arguments);
        assert_eq!((ran.code, &*ran.out), (2, ""), "{arguments:?}");
        assert!(ran.err.starts_with("error: "), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn colours_are_used_only_where_they_are_wanted() {
    let colours = |arguments: &[&str], variable: Option<(&str, &str)>| {
        let mut command = command(arguments);
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM"] {
            command.env_remove(name);
        }
        command.envs(variable);
        ran(command.output().unwrap()).err.contains('\u{1b}')
    };
    assert!(!colours(&["rnu"], None));
    assert!(!colours(&["--color=never", "rnu"], Some(("CLICOLOR_FORCE", "1"))));
    assert!(colours(&["--color=always", "rnu"], None));
    assert!(colours(&["--color", "always", "rnu"], Some(("NO_COLOR", "1"))));
    assert!(colours(&["rnu"], Some(("CLICOLOR_FORCE", "1"))));
    assert!(!colours(&["rnu"], Some(("NO_COLOR", "1"))));
    assert!(colours(&["replay", "no-such-file", "--color=always"], None));
    assert!(!colours(&["replay", "no-such-file"], None));
}

#[test]
fn json_is_all_that_standard_output_holds() {
    let ran = lockstep(&["replay", "--json", "no-such-file", "traces/recorded/redis"]);
    let result: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(result["schema"], "lockstep/1");
    assert_eq!((ran.code, &result["exit"]), (2, &Value::from(2)));
    let files = result["files"].as_array().unwrap();
    assert!(files.len() > 50, "{}", files.len());
    assert_eq!(files[0]["error"]["message"], "there is no such file");
    let paths: Vec<&str> = files[1..].iter().filter_map(|file| file["path"].as_str()).collect();
    assert!(paths.is_sorted(), "{paths:?}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child = command(&["replay", "--json", "traces/recorded/redis"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran = ran(child.wait_with_output().unwrap());
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!ran.err.contains("panicked") && !ran.err.contains("written"), "{}", ran.err);
}

#[test]
fn two_equal_commands_write_equal_bytes() {
    let arguments = ["replay", "traces/recorded/redis/conf-expire.jsonl", "no-such-file"];
    let (first, second) = (lockstep(&arguments), lockstep(&arguments));
    assert_eq!((first.code, first.out, first.err), (second.code, second.out, second.err));
}
