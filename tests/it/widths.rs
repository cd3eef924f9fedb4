//! Reports at 40, 80, 120 and 200 columns.

use std::path::Path;

use super::cli::{directory, lockstep_at};

/// The report of a pause at four widths.
const PAUSE: &str = "tests/it/widths/pause.txt";

fn at(arguments: &[&str], columns: u32) -> String {
    let ran = lockstep_at(Path::new(env!("CARGO_MANIFEST_DIR")), arguments, b"", Some(columns));
    assert!(ran.code < 2, "{arguments:?}: {}", ran.err);
    ran.out
}

/// The widest line, in characters.
fn widest(text: &str) -> (usize, &str) {
    let lines = text.lines().map(|line| (line.chars().count(), line));
    lines.max_by_key(|(width, _)| *width).unwrap_or_default()
}

#[test]
fn nothing_is_wider_than_the_terminal() {
    for columns in [40_u32, 60, 80, 120, 200, 240] {
        for arguments in [
            &["demo"][..],
            &["check", "models/redis/set-nx-px-pause.json"],
            &["check", "models/zookeeper/kazoo-lose-reply.json"],
            &[
                "check",
                "models/catalogue/f44-one-node-herd-fixed.json",
                "models/redis/set-nx-px-pause.json",
            ],
            &["run", "models/red-packets/few-none.json", "--seed", "4"],
            &["run", "models/red-packets/few-none.json", "--seeds", "3"],
            &["run", "models/red-packets/few-none.json", "--recipes"],
            &["list", "recipes"],
            &["list", "fields"],
        ] {
            let out = at(arguments, columns);
            let (width, line) = widest(&out);
            // A command to type is not broken.
            let is_command = line.contains("lockstep ");
            assert!(
                width <= columns as usize || is_command,
                "{arguments:?} at {columns}: {width} in {line:?}"
            );
        }
    }
}

#[test]
fn a_narrow_terminal_and_a_wide_one_have_what_they_can_show() {
    // The bounds hold what is asked for beyond them.
    let check = &["check", "models/redis/set-nx-px-pause.json"];
    assert_eq!(at(check, 10), at(check, 40));
    assert_eq!(at(check, 9999), at(check, 240));
    // Without a terminal and without a wish it is 100.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(lockstep_at(root, check, b"", None).out, at(check, 100));
}

#[test]
fn the_story_of_a_pause_at_four_widths() {
    let mut told = String::new();
    for columns in [40, 80, 120, 200] {
        let out = at(&["check", "models/redis/set-nx-px-pause.json"], columns);
        told.push_str(&format!("=== {columns} columns\n{out}"));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAUSE);
    let kept = std::fs::read_to_string(path).unwrap();
    if told != kept {
        let place = directory("widths").join("pause.txt");
        std::fs::write(&place, &told).unwrap();
        let first = told.lines().zip(kept.lines()).find(|(new, old)| new != old);
        panic!("the report differs, first in {first:?}; the new one is {}", place.display());
    }
}

#[test]
fn a_long_timeline_shows_its_handovers() {
    let model = "models/red-packets/set-nx-px.json";
    let out = at(&["run", model], 100);
    if out.contains("left out") {
        assert!(out.contains("enters"), "{out}");
    }
}
