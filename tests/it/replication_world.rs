//! Redis servers with replicas in a world: words between them, Sentinels, sides that are parted.

use std::fmt::Write;

use lockstep::choice::{Listed, Seeded};
use lockstep::event::{Event, Observer};
use lockstep::explore::{Bounds, Search, Verdict};
use lockstep::model::Model;
use lockstep::run::{EngineBox, Limits};
use lockstep::sim::{History, Live, Setup};
use lockstep::time::Micros;

use super::recipe_world::{answers, run_on};

const STORE: &str = r#"{"redis": {"replicas": 2, "down_after": "200ms", "demote_after": "100ms"}}"#;
const LOCK: &str = r#"{"replicated": {"ttl": "900ms", "wait": 1, "within": "100ms", "retry": {"after": "100ms"}}}"#;
const WITHOUT_WAIT: &str = r#"{"replicated": {"ttl": "900ms", "retry": {"after": "100ms"}}}"#;
const SIDES: &str = r#"[["redis", "c1"], ["redis-replica1", "redis-replica2", "c2"]]"#;

fn parse(store: &str, lock: &str, faults: &str) -> Result<Model, String> {
    let text = format!(
        r#"{{
  "title": "two clients", "why": "a test",
  "store": {store},
  "lock": {lock},
  "clients": {{"processes": 2}},
  "work": {{"counter": {{"work": "500ms", "rounds": 1, "stop": "at-validity"}}}},
  "faults": {faults},
  "properties": ["mutual-exclusion", "lost-update"]
}}"#
    );
    Model::parse("m.json", text).map_err(|bad| bad.to_string())
}

fn model(faults: &str) -> Model {
    parse(STORE, LOCK, faults).unwrap_or_else(|bad| panic!("{bad}"))
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
fn merging_hides_nothing_of_replicas() {
    let mut violated = 0;
    for faults in [
        r#"["failover"]"#.to_owned(),
        r#"[{"failover": {"returns": "300ms"}}]"#.to_owned(),
        r#"[{"lag": {"for": "300ms"}}]"#.to_owned(),
        format!(r#"[{{"partition": {{"between": {SIDES}, "for": ["150ms", "900ms"]}}}}]"#),
        r#"[{"restart-server": {"for": ["50ms", "400ms"], "server": "redis"}}]"#.to_owned(),
    ] {
        for lock in [LOCK, WITHOUT_WAIT] {
            let setup = parse(STORE, lock, &faults).unwrap_or_else(|bad| panic!("{bad}"));
            let setup = setup.abstract_setup();
            let bounds = Bounds { steps: 60, ..Bounds::default() };
            let merged = Search::new(&setup, bounds).run(&mut lockstep::explore::to_the_end);
            let unmerged = Search::new(&setup, bounds)
                .without_merging()
                .run(&mut lockstep::explore::to_the_end);
            assert_eq!(shape(&merged.verdict), shape(&unmerged.verdict), "{faults} {lock}");
            assert!(merged.states <= unmerged.states, "{faults} {lock}");
            assert!(merged.faults.iter().all(|it| it.times > 0), "it took effect: {faults}");
            violated += u32::from(matches!(merged.verdict, Verdict::Violated { .. }));
        }
    }
    assert!(violated >= 4, "without WAIT nearly all of these faults break the lock");
}

#[derive(Default)]
struct Scribe(String);

impl Observer for Scribe {
    fn on_event(&mut self, now: Micros, told: &Event<'_>) {
        writeln!(self.0, "{now} {told:?}").unwrap();
    }
}

const LIMITS: Limits =
    Limits { steps: 300, time: Micros::from_ms(5_000), stop_at_violation: false };

#[test]
fn both_engines_do_the_same_with_replicas() {
    let faults = format!(
        r#"["failover", {{"lag": {{"for": "300ms"}}}}, "crash", "disconnect", {{"pause": {{"for": "400ms"}}}},
      {{"partition": {{"between": {SIDES}, "for": "700ms"}}}}, {{"partition": {{"for": "300ms"}}}},
      {{"restart-server": {{"for": "150ms"}}}}]"#
    );
    let limited = r#"{"redis": {"replicas": 2, "down_after": "200ms", "demote_after": "100ms",
      "min_replicas_to_write": 1, "min_replicas_max_lag": "1s"}}"#;
    let checking = r#"{"replicated": {"ttl": "900ms", "checks_on": "replica", "every": "200ms"}}"#;
    for (store, lock) in [(STORE, LOCK), (limited, LOCK), (STORE, checking)] {
        let model = parse(store, lock, &faults).unwrap_or_else(|bad| panic!("{bad}"));
        let (abstract_setup, sampled) = (model.abstract_setup(), model.sampled_setup());
        let (mut live, mut history) = (Live::default(), History::default());
        for number in 0..200 {
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
                let of_live = tell(&mut live, setup, listed);
                let of_history = tell(&mut history, setup, listed);
                assert!(of_live == of_history, "{lock} {number} {listed}");
            }
        }
    }
}

#[test]
fn servers_with_replicas_are_named_and_faults_need_them() {
    let names = |store: &str| -> Vec<String> {
        let model = parse(store, LOCK, "[]").unwrap_or_else(|bad| panic!("{bad}"));
        model.abstract_setup().servers.into_iter().map(|server| server.name).collect()
    };
    assert_eq!(names(STORE), ["redis", "redis-replica1", "redis-replica2", "db"]);
    assert_eq!(
        names(r#"{"redis": {"servers": 2, "replicas": 1}}"#),
        ["redis1", "redis1-replica1", "redis2", "redis2-replica1", "db"]
    );
    let bad = |store: &str, faults: &str| parse(store, LOCK, faults).unwrap_err();
    let alone = r#"{"redis": {}}"#;
    assert!(bad(alone, r#"["failover"]"#).contains("the store has none"));
    assert!(bad(r#"{"redis": {"down_after": "2s"}}"#, "[]").contains("is about replicas"));
    let part =
        |between: &str| format!(r#"[{{"partition": {{"between": {between}, "for": "1s"}}}}]"#);
    assert!(bad(STORE, &part(r#"[["redis"]]"#)).contains("two sides or more"));
    assert!(bad(STORE, &part(r#"[["redis"], ["redis"]]"#)).contains("on a side already"));
    assert!(bad(STORE, &part(r#"[["redis"], []]"#)).contains("nobody stands on this side"));
    let unknown = bad(STORE, &part(r#"[["redis"], ["redis-replica3"]]"#));
    assert!(unknown.contains("redis-replica2"), "{unknown}");
}

#[test]
fn the_resource_may_stand_on_a_side() {
    let faults = r#"[{"partition": {"between": [["c1"], ["db", "c2"]], "for": "300ms"}}]"#;
    let setup = model(faults).abstract_setup();
    let outcome = Search::new(&setup, Bounds::default()).run(&mut lockstep::explore::to_the_end);
    assert!(outcome.faults.iter().all(|it| it.times > 0), "c1 was cut off from the resource");
    assert_eq!(outcome.verdict, Verdict::Holds);
}
