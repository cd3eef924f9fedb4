//! `lockstep step` by typed commands.

use super::cli::{directory, lockstep_at};

fn step(what: &str, commands: &str, directory: &std::path::Path) -> (i32, String, String) {
    let ran = lockstep_at(directory, &["step", what], commands.as_bytes(), Some(100));
    (ran.code, ran.out, ran.err)
}

#[test]
fn one_goes_forward_back_and_to_what_one_looks_for() {
    let directory = directory("step_moves");
    let (code, out, err) =
        step("set-nx-px-pause", "n\n\nb\ng 6\nv\n/ EXPIRES\nl c2\nn 99\nq\n", &directory);
    assert_eq!((code, &*err), (0, ""), "{out}");
    let places: Vec<&str> = out.lines().filter(|it| it.starts_with("step ")).collect();
    let names: Vec<&str> = places.iter().map(|it| it.split(' ').nth(1).unwrap()).collect();
    assert_eq!(names, ["1", "3", "5", "3", "6", "7.2", "6", "7", "7.2"], "{out}");
}

#[test]
fn the_state_and_what_else_could_happen_are_told() {
    let directory = directory("step_state");
    let (code, out, _) = step("set-nx-px-pause", "s\na\n", &directory);
    assert_eq!(code, 0);
    assert!(
        out.contains("+ lock  c1-0000") && out.contains("c1 is in its critical section"),
        "{out}"
    );
    assert!(out.contains("0  what is due next"), "{out}");
    assert!(out.contains("c1 stands still"), "{out}");
}

#[test]
fn another_way_is_gone_kept_and_made_again() {
    let directory = directory("step_branch");
    // Where the run pauses c1 nothing is done instead: nobody is hurt.
    let (code, out, err) =
        step("set-nx-px-pause", "pick 0\nn 50\nsave mine.jsonl\nq\n", &directory);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("NOTHING VIOLATED"), "{out}");
    let again = lockstep_at(&directory, &["replay", "mine.jsonl"], b"", None);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    // And back to what it was.
    let (_, out, _) = step("set-nx-px-pause", "pick 0\nr\nv\n", &directory);
    assert!(out.contains("mutual-exclusion: c2 enters"), "{out}");
    // Every way of every step can be gone, kept, and made again, and the run before it stays as it was.
    let (_, out, _) = step("set-nx-px-pause", "a\n", &directory);
    let ways = out
        .lines()
        .filter(|it| it.trim_start().split(' ').next().is_some_and(|it| it.parse::<u32>().is_ok()))
        .count();
    assert!(ways > 2, "{out}");
    for way in 1..ways {
        let commands = format!("pick {way}\nsave w.jsonl\n");
        let (code, out, _) = step("set-nx-px-pause", &commands, &directory);
        assert_eq!(code, 0, "{way}: {out}");
        let again = lockstep_at(&directory, &["replay", "w.jsonl"], b"", None);
        assert_eq!(again.code, 0, "{way}: {}", again.out);
        let first = out.lines().rfind(|it| it.starts_with("step 1 ")).is_some();
        assert!(first, "{way}: {out}");
    }
}

#[test]
fn what_is_no_command_is_told_and_the_walk_goes_on() {
    let directory = directory("step_wrong");
    let (code, out, _) = step(
        "set-nx-px-pause",
        "jump\npick 999\ng x\nsave\nsave nowhere/t.jsonl\n/ no such text\nv\n",
        &directory,
    );
    assert_eq!(code, 2);
    for said in [
        "jump: that is no command",
        "pick 999: pick takes",
        "g x: g takes",
        "save takes",
        "no such directory",
        "no step has this text",
        "mutual-exclusion",
    ] {
        assert!(out.contains(said), "{said}: {out}");
    }
    let (code, _, _) = step("set-nx-px-pause", "", &directory);
    assert_eq!(code, 0);
    let (code, _, _) = step("set-nx-px-pause", "\u{1b}[31m\u{0}\n", &directory);
    assert_eq!(code, 2);
}

#[test]
fn a_sampled_run_branches_too() {
    let directory = directory("step_sampled");
    let ran = lockstep_at(
        &directory,
        &["step", "set-nx-px-contention", "--seed", "7"],
        b"n 3\na\npick 0\nsave s.jsonl\n",
        None,
    );
    assert!(
        ran.code == 0 || ran.out.contains("nothing else could happen"),
        "{}{}",
        ran.out,
        ran.err
    );
    if directory.join("s.jsonl").exists() {
        assert_eq!(lockstep_at(&directory, &["replay", "s.jsonl"], b"", None).code, 0);
    }
}
