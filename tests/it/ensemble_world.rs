//! Several ZooKeeper servers in a world: clients move, the leader dies, a follower is cut off.

use std::fmt::Write;

use lockstep::choice::{Listed, Seeded};
use lockstep::event::{Event, Observer};
use lockstep::explore::{Bounds, Search, Verdict};
use lockstep::model::Model;
use lockstep::run::{EngineBox, Limits};
use lockstep::sim::{History, Live, Setup};
use lockstep::time::Micros;

use super::recipe_world::{answers, run_on};

fn model(lock: &str, faults: &str) -> Model {
    let text = format!(
        r#"{{
  "title": "two clients", "why": "a test",
  "store": {{"zookeeper": {{"servers": 3, "tick": "200ms", "session": "600ms"}}}},
  "lock": {{"{lock}": {{"retry": {{"after": "300ms"}}}}}},
  "clients": {{"processes": 2}},
  "work": {{"section": {{"work": "500ms", "rounds": 1}}}},
  "given": {{"nodes": {{"/lock": ""}}}},
  "faults": {faults},
  "properties": ["mutual-exclusion", "orphaned-lock"]
}}"#
    );
    Model::parse("m.json", text).unwrap_or_else(|bad| panic!("{bad}"))
}

fn shape(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Violated { violation, deviations, steps } => {
            format!("{} {deviations} {steps}", violation.property)
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn merging_hides_nothing_of_an_ensemble() {
    for lock in ["znode", "kazoo"] {
        for faults in [
            r#"["crash-leader"]"#,
            r#"[{"cut-server": {"for": ["300ms", "900ms"]}}]"#,
            r#"[{"cut-leader": {"for": ["300ms", "1100ms", "1500ms"]}}]"#,
            r#"[{"restart-all": {"for": ["100ms", "900ms"]}}]"#,
        ] {
            let setup = model(lock, faults).abstract_setup();
            let merged =
                Search::new(&setup, Bounds::default()).run(&mut lockstep::explore::to_the_end);
            let unmerged = Search::new(&setup, Bounds::default())
                .without_merging()
                .run(&mut lockstep::explore::to_the_end);
            let (of_merged, of_unmerged) = (shape(&merged.verdict), shape(&unmerged.verdict));
            assert_eq!(of_merged, of_unmerged, "{lock} {faults}");
            assert!(!of_merged.starts_with("Cut"), "{lock} {faults}: {of_merged}");
            assert!(merged.states <= unmerged.states);
            assert!(merged.faults.iter().all(|effect| effect.times > 0), "the fault took effect");
        }
    }
}

#[derive(Default)]
struct Scribe(String);

impl Observer for Scribe {
    fn on_event(&mut self, now: Micros, told: &Event<'_>) {
        writeln!(self.0, "{now} {told:?}").unwrap();
    }
}

const LIMITS: Limits =
    Limits { steps: 400, time: Micros::from_ms(10_000), stop_at_violation: false };

#[test]
fn both_engines_do_the_same_with_an_ensemble() {
    let faults = r#"["crash-leader", {"cut-server": {"for": "900ms"}}, {"partition": {"for": "700ms"}},
      "crash", "disconnect", {"lag-server": {"for": "400ms"}}, {"restart-server": {"for": "300ms"}},
      {"stall-server": {"for": ["300ms", "1500ms"]}}, "move-client", "expire-session", "interrupt",
      {"cut-leader": {"for": ["300ms", "1100ms", "1500ms"]}}, {"restart-all": {"for": "500ms"}}]"#;
    for lock in ["sequential", "kazoo", "curator"] {
        let model = model(lock, faults);
        let (abstract_setup, sampled) = (model.abstract_setup(), model.sampled_setup());
        let (mut live, mut history) = (Live::default(), History::default());
        for number in 0..150 {
            let tell = |engine: &mut dyn EngineBox, setup: &Setup, listed: bool| {
                let mut scribe = Scribe::default();
                let end = if listed {
                    let mut choices = Listed::new(answers(number, 300, 12));
                    run_on(setup, engine, LIMITS, &mut choices, &mut scribe)
                } else {
                    run_on(setup, engine, LIMITS, &mut Seeded::new(number), &mut scribe)
                };
                writeln!(scribe.0, "{end:?}").unwrap();
                scribe.0
            };
            for (setup, listed) in [(&abstract_setup, true), (&sampled, false)] {
                let (of_live, of_history) =
                    (tell(&mut live, setup, listed), tell(&mut history, setup, listed));
                if let Some(at) = of_live
                    .lines()
                    .zip(of_history.lines())
                    .position(|(live, history)| live != history)
                {
                    let of = |text: &str| {
                        let lines = text.lines().skip(at.saturating_sub(8)).take(10);
                        lines.collect::<Vec<_>>().join("\n")
                    };
                    panic!(
                        "{lock} {number} {listed}: they part at line {at}\nlive:\n{}\nhistory:\n{}",
                        of(&of_live),
                        of(&of_history)
                    );
                }
                assert_eq!(of_live.len(), of_history.len(), "{lock} {number} {listed}");
            }
        }
    }
}

#[test]
fn the_servers_of_a_model_are_named_and_enough() {
    let setup = model("kazoo", "[]").abstract_setup();
    let names: Vec<&str> = setup.servers.iter().map(|server| &*server.name).collect();
    assert_eq!(names, ["zk1", "zk2", "zk3"]);
    let parsed = |store: &str, fault: &str, property: &str| {
        let text = format!(
            r#"{{"title": "t", "why": "w", "store": {{"zookeeper": {store}}}, "lock": {{"kazoo": {{}}}},
"clients": {{"processes": 1}}, "work": {{"section": {{}}}}, "faults": [{fault}], "properties": ["{property}"]}}"#
        );
        Model::parse("m.json", text).map(|_| ()).map_err(|bad| bad.to_string())
    };
    let bad = parsed("{}", r#""crash-leader""#, "mutual-exclusion").unwrap_err();
    assert!(bad.contains("3 servers or more"), "{bad}");
    let bad = parsed(r#"{"servers": 3}"#, "", "release-safety").unwrap_err();
    assert!(bad.contains("not judged on an ensemble"), "{bad}");
    let bad = parsed(r#"{"servers": 10}"#, "", "mutual-exclusion").unwrap_err();
    assert!(bad.contains("from 1 to 9"), "{bad}");
}
