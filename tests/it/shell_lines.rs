//! Lines of input to the shells, and the binary behind a pipe.

use std::io::{Cursor, Write};
use std::process::{Command, Stdio};

use lockstep::shell::{BadLine, LONGEST_LINE, next_line};

fn lines(input: &[u8]) -> Vec<Result<String, BadLine>> {
    let mut input = Cursor::new(input);
    std::iter::from_fn(|| next_line(&mut input).unwrap()).collect()
}

#[test]
fn lines_end_with_a_newline_or_with_the_input() {
    let texts =
        |input: &str| lines(input.as_bytes()).into_iter().map(Result::unwrap).collect::<Vec<_>>();
    assert_eq!(texts("a\n\nb"), ["a", "", "b"]);
    assert_eq!(texts("a\r\nb\n"), ["a", "b"]);
    assert_eq!(texts(""), [""; 0]);
}

#[test]
fn what_is_no_line_is_told_and_the_next_one_is_read() {
    let good = || Ok("good".to_owned());
    assert_eq!(lines(b"ab\xffc\ngood"), [Err(BadLine::NotText { byte: 0xff, place: 3 }), good()]);
    assert_eq!(lines(b"a\0b\ngood"), [Err(BadLine::Nul { place: 2 }), good()]);
    let just = "x".repeat(LONGEST_LINE);
    assert_eq!(lines(format!("{just}\ngood").as_bytes()), [Ok(just.clone()), good()]);
    assert_eq!(lines(format!("{just}x\ngood").as_bytes()), [Err(BadLine::TooLong), good()]);
    assert_eq!(lines(format!("{just}{just}{just}").as_bytes()), [Err(BadLine::TooLong)]);
    assert_eq!(
        BadLine::NotText { byte: 0xff, place: 3 }.to_string(),
        "the line is not UTF-8: byte 3 is 0xff; it was left out"
    );
}

/// What the binary prints to standard output when `input` is piped into it, and its exit code.
fn piped(arguments: &[&str], input: &[u8]) -> (String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A process that ends early does not read all of it.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

#[test]
fn a_pipe_sees_no_prompt_and_bad_lines_are_no_failure() {
    let (out, code) = piped(&["redis"], b"set k v\nget\n\xff\nget k\nquit\nget k\n");
    let expected = "OK\n(error) ERR wrong number of arguments for 'get' command\n\
         error: the line is not UTF-8: byte 1 is 0xff; it was left out\n\"v\"\n";
    assert_eq!((&*out, code), (expected, 0));
    let (out, code) = piped(&["zookeeper"], b"create /a\nfoo\nls /");
    let expected =
        "Created /a\nCommand not found: foo; \"help\" lists the commands\n[a, zookeeper]\n";
    assert_eq!((&*out, code), (expected, 0));
    assert_eq!(piped(&["redis"], b""), (String::new(), 0));
    assert_eq!(piped(&["redis", "--json"], b"").1, 2);
    assert_eq!(piped(&["zookeeper", "more"], b"").1, 2);
}

#[test]
fn nobody_reading_the_answers_is_no_failure() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lockstep"));
    command.arg("redis").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let _ = child.stdin.take().unwrap().write_all(b"ping\nping\nping\n");
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
}
