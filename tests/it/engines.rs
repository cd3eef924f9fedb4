//! The two engines do the same: the three hardest recipes, on random answers with faults, byte for byte.

use std::fmt::Write;

use lockstep::choice::{Listed, Seeded};
use lockstep::event::{Event, Observer};
use lockstep::run::{EngineBox, Limits};
use lockstep::sim::{Habits, History, Live, OnError, OutOfTries, Setup, Timing};
use lockstep::time::Micros;

use super::recipe_world::{SAMPLED, answers, fault, fault_with, run_on, world_of};

/// How many lists of answers each recipe gets.
const LISTS: u64 = 10_000;

/// A run that is not over by then is compared up to there; the next run goes a step further, and so on.
fn limits(number: u64) -> Limits {
    let steps = 40 + number % 60;
    Limits { steps, time: Micros::from_ms(10_000), stop_at_violation: false }
}

/// Everything that is told, as text.
#[derive(Default)]
struct Scribe(String);

impl Observer for Scribe {
    fn on_event(&mut self, now: Micros, told: &Event<'_>) {
        writeln!(self.0, "{now} {told:?}").unwrap();
    }
}

fn setup(lock: &str) -> Setup {
    let work = r#"{"counter": {"work": "60ms", "rounds": 2, "stop": "at-validity"}}"#;
    let mut setup = world_of(lock, work, &[1, 2]);
    setup.faults = vec![
        fault("pause", 1, &[60, 300]),
        fault("crash", 1, &[]),
        fault("restart", 1, &[10, 250]),
        fault("lose-request", 1, &[]),
        fault("lose-reply", 2, &[]),
        fault("disconnect", 1, &[]),
        fault("reorder", 1, &[]),
        fault("slow", 1, &[150]),
        fault("partition", 1, &[40, 200]),
        fault("interrupt", 2, &[]),
        fault("stall-server", 1, &[30, 250]),
        fault("restart-server", 1, &[50]),
        fault_with("clock-jump", r#""by": ["50ms", "-50ms"]"#),
    ];
    setup
}

/// What each engine tells of the runs with these numbers, compared; how many lines there were.
#[track_caller]
pub(crate) fn same(lock: &str, timing: Timing, lists: std::ops::Range<u64>) -> usize {
    same_in(&setup(lock).with_timing(timing), lock, lists)
}

#[track_caller]
fn same_in(setup: &Setup, lock: &str, lists: std::ops::Range<u64>) -> usize {
    let timing = setup.timing;
    // The engines live on from run to run, as they do in a search.
    let (mut live, mut history) = (Live::default(), History::default());
    let mut lines = 0;
    for number in lists {
        let tell = |engine: &mut dyn EngineBox| {
            let mut scribe = Scribe::default();
            let end = match timing {
                Timing::Abstract => {
                    let mut choices = Listed::new(answers(number, 300, 12));
                    run_on(setup, engine, limits(number), &mut choices, &mut scribe)
                }
                Timing::Sampled { .. } => {
                    run_on(setup, engine, limits(number), &mut Seeded::new(number), &mut scribe)
                }
            };
            writeln!(scribe.0, "{end:?}").unwrap();
            scribe.0
        };
        let (of_live, of_history) = (tell(&mut live), tell(&mut history));
        if of_live != of_history {
            let at = of_live.lines().zip(of_history.lines()).position(|(a, b)| a != b);
            let from = at.unwrap_or(0).saturating_sub(6);
            let of = |text: &str| text.lines().skip(from).take(8).collect::<Vec<_>>().join("\n");
            panic!(
                "{lock}, {timing:?}, list {number}: they part at line {at:?}\nlive:\n{}\nhistory:\n{}",
                of(&of_live),
                of(&of_history)
            );
        }
        lines += of_live.lines().count();
    }
    let counts = history.counts();
    assert!(counts.visits > lines as u64 / 10 && counts.runs < counts.visits, "{counts:?}");
    lines
}

#[test]
fn kazoo_is_the_same_on_both_engines() {
    assert!(same(r#"{"kazoo": {}}"#, Timing::Abstract, 0..LISTS) > 100_000);
    same(r#"{"kazoo": {}}"#, SAMPLED, 0..LISTS / 10);
}

#[test]
fn watchdog_is_the_same_on_both_engines() {
    assert!(same(r#"{"watchdog": {}}"#, Timing::Abstract, 0..LISTS) > 100_000);
    same(r#"{"watchdog": {}}"#, SAMPLED, 0..LISTS / 10);
}

#[test]
fn redlock_is_the_same_on_both_engines() {
    assert!(same(r#"{"redlock": {}}"#, Timing::Abstract, 0..LISTS) > 100_000);
    same(r#"{"redlock": {}}"#, SAMPLED, 0..LISTS / 10);
}

#[test]
fn locks_one_inside_the_other_are_the_same_on_both_engines() {
    for lock in [
        r#"{"nested": {"locks": [{"watchdog": {}}, {"kazoo": {}}, {"redisson-spin": {}}]}}"#,
        r#"{"nested": {"locks": [{"read-write": {"role": "read"}}, {"setnx": {}}, "again"], "order": "opposite", "refused": "lets-go"}}"#,
    ] {
        assert!(same(lock, Timing::Abstract, 0..500) > 10_000);
        same(lock, SAMPLED, 0..100);
    }
}

#[test]
fn habits_are_the_same_on_both_engines() {
    let habits = Habits {
        always_release: true,
        release_again: Some(Micros::from_ms(30)),
        tries: Some(3),
        out_of_tries: OutOfTries::Enters,
        on_error: OnError::Enters,
        lives: 3,
        rest: Micros::from_ms(20),
    };
    for lock in [r#"{"set-nx-px": {"release": "del"}}"#, r#"{"kazoo": {}}"#, r#"{"watchdog": {}}"#]
    {
        let mut setup = setup(lock);
        for process in &mut setup.processes {
            process.habits = habits;
        }
        setup.processes[1].starts = Micros::from_ms(50);
        assert!(same_in(&setup, lock, 0..300) > 10_000);
        same_in(&setup.with_timing(SAMPLED), lock, 0..30);
    }
}

#[test]
fn every_recipe_is_the_same_on_both_engines() {
    for entry in lockstep::locks::catalogue() {
        let lock = format!("{{\"{}\": {{}}}}", entry.about.name);
        same(&lock, Timing::Abstract, 0..300);
        same(&lock, SAMPLED, 0..30);
    }
}
