//! Transcripts: what is entered stands after `> `, and below it exactly what the shell prints.

use lockstep::shell::Shell;

/// Enters every line of `transcript` and compares all that is printed.
#[track_caller]
pub(crate) fn check(mut shell: impl Shell, transcript: &str) {
    let transcript = transcript.trim_start_matches('\n');
    let mut printed = String::new();
    let mut entered = 0;
    for line in transcript.lines().filter_map(|line| line.strip_prefix("> ")) {
        printed.push_str(&format!("> {line}\n"));
        printed.push_str(&shell.enter(line).text);
        entered += 1;
    }
    assert!(entered > 0, "nothing is entered");
    let differs = printed.lines().zip(transcript.lines()).position(|(is, should)| is != should);
    let at = differs.unwrap_or_else(|| printed.lines().count().min(transcript.lines().count()));
    assert!(
        printed == transcript,
        "line {} differs:\n  is:     {:?}\n  should: {:?}\nwhole:\n{printed}",
        at + 1,
        printed.lines().nth(at),
        transcript.lines().nth(at)
    );
}
