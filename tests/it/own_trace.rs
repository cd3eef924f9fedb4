//! Traces of own runs: the same bytes each time, made again by a replay, and every alteration is noticed.

use std::path::Path;

use lockstep::choice::{Listed, Seeded};
use lockstep::explore::{Bounds, Search};
use lockstep::model::Model;
use lockstep::run::{Limits, Recording, Spec, Timed};
use lockstep::time::Micros;
use lockstep::trace::Trace;
use lockstep::trace::own::{self, replay};

fn model(name: &str) -> Model {
    Model::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(name)).unwrap()
}

fn limits(steps: u64) -> Limits {
    Limits { steps, time: Micros::from_ms(600_000), stop_at_violation: false }
}

fn written(recording: &Recording) -> String {
    let mut bytes = Vec::new();
    own::write(recording, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn run(name: &str, seed: u64, steps: u64) -> String {
    let (model, choices) = (model(name), Seeded::new(seed));
    let spec = Spec::new(&model, Timed::Sampled(seed), limits(steps));
    written(&Recording::make(spec, choices))
}

fn check(name: &str) -> String {
    let model = model(name);
    let setup = model.abstract_setup();
    let outcome = Search::new(&setup, Bounds::default()).run(&mut lockstep::explore::to_the_end);
    let witness = outcome.witness.expect("the model is violated");
    let choices = Listed::new(witness.answers);
    let limits = Limits { stop_at_violation: true, ..limits(witness.steps) };
    let recording = Recording::make(Spec::new(&model, Timed::Abstract, limits), choices);
    let violation = recording.ended.violation.as_ref().expect("the witness violates");
    assert!(
        matches!(&outcome.verdict, lockstep::explore::Verdict::Violated { violation: found, .. }
        if found == violation)
    );
    written(&recording)
}

/// The line of the first difference; none if the run is the same.
fn first_difference(text: &str) -> Result<Option<usize>, String> {
    let trace = Trace::read(text.as_bytes()).map_err(|bad| bad.to_string())?;
    let replayed = replay(&trace).map_err(|bad| bad.to_string())?;
    Ok(replayed.difference.map(|difference| difference.line))
}

/// One trace of each kind: a store, a timing, a fault.
fn traces() -> Vec<String> {
    vec![
        run("redis/set-nx-px-pause.json", 7, 400),
        run("zookeeper/sequential-crash.json", 3, 400),
        run("redis/watchdog-crash.json", 5, 300),
        check("redis/set-nx-px-pause.json"),
        check("redis/set-nx-px-validity-slow.json"),
        check("red-packets/few-none.json"),
    ]
}

#[test]
fn a_run_has_the_same_bytes_each_time() {
    assert_eq!(traces(), traces());
    assert_ne!(
        run("redis/set-nx-px-pause.json", 1, 400),
        run("redis/set-nx-px-pause.json", 2, 400)
    );
}

#[test]
fn a_replay_makes_the_same_run() {
    for text in traces() {
        assert_eq!(first_difference(&text), Ok(None), "{}", text.lines().next().unwrap());
    }
}

/// A small generator, so that the test is the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

/// Alters, drops, doubles or swaps one line after the first; the number of the first line that is now another.
fn mutate(lines: &[&str], random: &mut Random) -> (Vec<String>, usize) {
    let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    loop {
        let at = 1 + random.below(lines.len() - 1);
        match random.below(4) {
            0 => {
                let place = random.below(lines[at].len());
                let mut bytes = lines[at].clone().into_bytes();
                if !bytes.is_ascii() {
                    continue;
                }
                bytes[place] = if bytes[place] == b'7' { b'8' } else { b'7' };
                lines[at] = String::from_utf8(bytes).unwrap();
            }
            1 => drop(lines.remove(at)),
            2 => lines.insert(at, lines[at].clone()),
            _ => {
                if at + 1 >= lines.len() || lines[at] == lines[at + 1] {
                    continue;
                }
                lines.swap(at, at + 1);
            }
        }
        return (lines, at + 1);
    }
}

#[test]
fn every_alteration_of_a_line_is_reported_there() {
    let traces = traces();
    let mut random = Random(0x5eed);
    for number in 0..120 {
        let original: Vec<&str> = traces[number % traces.len()].lines().collect();
        let (mutated, at) = mutate(&original, &mut random);
        // Of several equal lines any may be the missing or the new one: the first other line counts.
        let same = mutated.iter().zip(&original).take_while(|(new, old)| new == old).count();
        let text = mutated.join("\n") + "\n";
        assert!(same + 1 >= at);
        assert_eq!(first_difference(&text), Ok(Some(same + 1)), "mutation {number} of line {at}");
    }
}

#[test]
fn an_altered_header_is_noticed() {
    let text = check("redis/set-nx-px-pause.json");
    let altered = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        first_difference(&text.replacen(from, to, 1))
    };
    // Another run.
    assert!(matches!(
        altered("\"target\":{\"process\":\"c1\"}", "\"target\":{\"process\":\"c2\"}"),
        Ok(Some(_))
    ));
    assert!(matches!(altered("\"after\":\"1s\"", "\"after\":\"2s\""), Ok(Some(_))));
    // The same run, but not the same header.
    let lines = text.lines().count();
    assert_eq!(altered("stands still", "stood still"), Ok(Some(lines)));
    // No run at all.
    for (from, to, wanted) in [
        ("\"version\":2", "\"version\":3", "version 3"),
        ("\"version\":2", "\"version\":1", "lockstep check MODEL -o TRACE"),
        ("\"kind\":\"pause\"", "\"kind\":\"crash\"", "deviation 2"),
        ("\"timing\":\"abstract\"", "\"timing\":\"sampled\"", "timing"),
        ("\"set-nx-px\"", "\"set-nx-xp\"", "set-nx-px"),
        ("\"limits\"", "\"limit\"", "limit"),
        ("\"deviations\":[{\"site\"", "\"deviations\":[{\"sites\"", "sites"),
        ("\"origin\":\"check\"", "\"origin\":\"chess\"", "chess"),
    ] {
        let message = altered(from, to).expect_err(from);
        assert!(message.contains(wanted) && message.starts_with("1:"), "{message}");
    }
}

#[test]
fn a_deviation_that_finds_no_place_is_noticed() {
    let text = check("red-packets/few-none.json");
    let more = "\"deviations\":[{\"site\":\"end\",\"nth\":9,\"take\":\"defer\"},";
    let altered = if text.contains("\"deviations\":[]") {
        text.replacen("\"deviations\":[]", &format!("{}]", more.trim_end_matches(',')), 1)
    } else {
        text.replacen("\"deviations\":[", more, 1)
    };
    let trace = Trace::read(altered.as_bytes()).unwrap();
    let difference = replay(&trace).unwrap().difference.unwrap();
    assert!(difference.hints.iter().any(|hint| hint.contains("no place")), "{difference:?}");
}

#[test]
fn a_trace_that_was_cut_off_is_noticed() {
    for text in traces() {
        let lines = text.lines().count();
        let half: Vec<&str> = text.lines().take(lines / 2).collect();
        let half = half.join("\n") + "\n";
        assert_eq!(first_difference(&half), Ok(Some(lines / 2 + 1)));
        let end = text.len() - 20;
        assert_eq!(first_difference(&text[..end]), Ok(Some(lines)));
        assert_eq!(first_difference(text.trim_end()), Ok(Some(lines)));
    }
}
