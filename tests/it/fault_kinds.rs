//! Each kind of fault: what exactly it does, and that merging equal worlds hides nothing of it.

use lockstep::choice::{About, Alternative, Choices, Question, Strike};
use lockstep::event::Observer;
use lockstep::explore::{Bounds, Outcome, Search, Verdict};
use lockstep::model::Model;
use lockstep::property::Event;
use lockstep::run::Limits;
use lockstep::sim::{Live, Setup};
use lockstep::store::AnyMessage;
use lockstep::store::redis::{Message, Reply};
use lockstep::store::zookeeper;
use lockstep::time::Micros;

use super::recipe_world::run_on;

pub(super) const REDIS: &str = r#""store": {"redis": {STORE}},
  "lock": {"set-nx-px": {"ttl": "100ms", "retry": {"after": "40ms"}}},
  "clients": {"processes": 2}, "work": {"section": {"work": "60ms", "rounds": 1}},"#;
pub(super) const ZOOKEEPER: &str = r#""store": {"zookeeper": {"tick": "100ms", "session": "300ms" STORE}},
  "lock": {"kazoo": {"retry": {"after": "150ms"}}},
  "clients": {"processes": 2}, "work": {"section": {"work": "250ms", "rounds": 1}},
  "given": {"nodes": {"/lock": ""}},"#;

pub(super) fn model(world: &str, store: &str, faults: &str) -> Model {
    let world = world.replace("STORE", store);
    let text = format!(
        r#"{{"title": "two clients", "why": "a test", {world}
  "faults": {faults}, "properties": ["mutual-exclusion"]}}"#
    );
    Model::parse("m.json", text).unwrap_or_else(|bad| panic!("{bad}"))
}

pub(super) fn search(setup: &Setup) -> Outcome {
    Search::new(setup, Bounds::default()).run(&mut lockstep::explore::to_the_end)
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
fn merging_hides_nothing_of_any_kind() {
    let three = r#", "servers": 3"#;
    for (world, store, fault, expected) in [
        (REDIS, "", r#"{"interrupt": {"phase": ["acquiring", "releasing"]}}"#, "Holds"),
        (REDIS, "", r#"{"clock-jump": {"server": "redis", "by": "110ms"}}"#, "violated"),
        (REDIS, "", r#"{"clock-jump": {"by": ["110ms", "-110ms"]}}"#, "Holds"),
        (REDIS, "", r#"{"stall-server": {"for": ["30ms", "130ms"]}}"#, "Holds"),
        (REDIS, "", r#"{"fill-memory": {"for": "50ms"}}"#, "Holds"),
        (REDIS, r#""maxmemory_policy": "volatile-ttl""#, r#"{"fill-memory": {}}"#, "violated"),
        (REDIS, "", r#"{"refuse-writes": {"for": "130ms"}}"#, "Holds"),
        // Somebody must die for a key to expire.
        (
            REDIS,
            "",
            r#"{"crash": {"phase": "working"}}, {"late-expiry": {"for": "90ms"}}"#,
            "Holds",
        ),
        (REDIS, "", r#"{"pause": {"for": "70ms", "phase": "working"}}"#, "violated"),
        // Who has not sent SET has no lock.
        (REDIS, "", r#"{"pause": {"for": "130ms", "before": ["SET", "EVAL"]}}"#, "Holds"),
        (REDIS, "", r#"{"pause": {"for": "130ms", "after": "SET"}}"#, "violated"),
        (REDIS, "", r#"{"restart": {"for": "30ms", "before": "EVAL"}}"#, "Holds"),
        (REDIS, "", r#"{"interrupt": {"before": ["SET", "EVAL"]}}"#, "Holds"),
        (REDIS, "", r#"{"interrupt": {"after": "SET", "then": "ends"}}"#, "Holds"),
        (REDIS, "", r#"{"restart-server": {"for": "30ms", "after": "SET"}}"#, "violated"),
        (ZOOKEEPER, "", r#"{"pause": {"for": "200ms", "before": "delete"}}"#, "Holds"),
        (ZOOKEEPER, "", r#"{"crash": {"before": "create"}}"#, "Holds"),
        (ZOOKEEPER, "", r#"{"interrupt": {"before": "delete"}}"#, "Holds"),
        (ZOOKEEPER, "", r#"{"restart-server": {"for": "200ms"}}"#, "Holds"),
        (ZOOKEEPER, "", r#"{"stall-server": {"for": ["100ms", "700ms"]}}"#, "Holds"),
        (ZOOKEEPER, "", r#"{"expire-session": {"phase": "working"}}"#, "violated"),
        (ZOOKEEPER, "", r#"{"interrupt": {"phase": "working"}}"#, "Holds"),
        (ZOOKEEPER, three, r#"{"restart-server": {"for": "200ms"}}"#, "Holds"),
        (ZOOKEEPER, three, r#"{"stall-server": {"for": "200ms"}}"#, "Holds"),
        (ZOOKEEPER, three, r#"{"lag-server": {"for": "200ms"}}"#, "Holds"),
        (ZOOKEEPER, three, r#"{"move-client": {}}"#, "Holds"),
        (ZOOKEEPER, three, r#"{"expire-session": {"phase": "working"}}"#, "violated"),
    ] {
        let setup = model(world, store, &format!("[{fault}]")).abstract_setup();
        let merged = search(&setup);
        let unmerged = Search::new(&setup, Bounds::default())
            .without_merging()
            .run(&mut lockstep::explore::to_the_end);
        let (of_merged, of_unmerged) = (shape(&merged.verdict), shape(&unmerged.verdict));
        assert_eq!(of_merged, of_unmerged, "{store} {fault}");
        let expected = expected.replace("violated", "mutual-exclusion 1");
        assert!(of_merged.starts_with(&expected), "{store} {fault}: {of_merged}");
        assert!(merged.states <= unmerged.states);
        assert!(merged.faults.iter().all(|effect| effect.times > 0), "{fault} took effect");
    }
}

/// The fault strikes as soon as it can, once; everything else is nominal.
struct Once {
    /// The ways to strike that will do.
    will_do: fn(&Strike) -> bool,
    struck: bool,
}

impl Choices for Once {
    fn pick(&mut self, question: &Question<'_>) -> u32 {
        if question.about != About::Step || self.struck {
            return 0;
        }
        let strikes = |n: &u32| matches!((question.alternative)(*n), Alternative::Strike(it) if (self.will_do)(&it));
        let found = (1..question.n).find(strikes);
        self.struck = found.is_some();
        found.unwrap_or(0)
    }
}

/// What happened, in short, each with its time (ms).
#[derive(Default)]
pub(super) struct Log(pub(super) Vec<(i64, String)>);

impl Observer for Log {
    fn on_event(&mut self, now: Micros, told: &Event<'_>) {
        let text = match told {
            Event::Deviated { .. } => "! struck".to_owned(),
            Event::Executed { server, process, request, .. } => {
                format!("c{} {} at {server}", process + 1, request.name())
            }
            Event::Enters { who, .. } => format!("c{} enters", who.process + 1),
            Event::Leaves(who) => format!("c{} leaves", who.process + 1),
            Event::Lost { process, .. } => format!("c{} lost", process + 1),
            Event::Received { process, message, .. } => match &**message {
                AnyMessage::Redis(Message::Reply(Reply::Error(text))) => {
                    format!("c{} {}", process + 1, text.to_text())
                }
                AnyMessage::ZooKeeper(zookeeper::Message::Connect(reply)) => {
                    let what = if reply.session.is_some() { "has" } else { "has no" };
                    format!("c{} {what} session", process + 1)
                }
                _ => return,
            },
            _ => return,
        };
        self.0.push((now.as_ms(), text));
    }
}

impl Log {
    /// When something with these words happened, after so many others of the kind.
    #[track_caller]
    pub(super) fn at(&self, words: &str, skip: usize) -> i64 {
        let found = self.0.iter().filter(|(_, text)| text.contains(words)).nth(skip);
        found.unwrap_or_else(|| panic!("no {words:?} in {:#?}", self.0)).0
    }

    pub(super) fn count(&self, words: &str) -> usize {
        self.0.iter().filter(|(_, text)| text.contains(words)).count()
    }
}

/// A run in which the fault strikes as soon as it can, and nothing else.
pub(super) fn run(setup: &Setup) -> Log {
    run_if(setup, |strike| !strike.late)
}

/// The same, but it strikes at a last moment.
pub(super) fn run_late(setup: &Setup) -> Log {
    run_if(setup, |strike| strike.late)
}

fn run_if(setup: &Setup, will_do: fn(&Strike) -> bool) -> Log {
    let mut choices = Once { will_do, struck: false };
    let limits = Limits { steps: 5000, time: Micros::from_ms(5000), stop_at_violation: false };
    let mut log = Log::default();
    run_on(setup, &mut Live::default(), limits, &mut choices, &mut log);
    assert!(choices.struck, "it struck: {:#?}", log.0);
    log
}

#[test]
fn whoever_is_interrupted_at_work_leaves_releases_and_comes_again() {
    let faults = r#"[{"interrupt": {"phase": "working", "process": "c1"}}]"#;
    let log = run(&model(REDIS, "", faults).abstract_setup());
    let struck = log.at("! struck", 0);
    assert_eq!((log.at("c1 leaves", 0), log.at("c1 EVAL", 0)), (struck, struck));
    assert_eq!((log.count("c1 enters"), log.count("c1 leaves")), (2, 2));
}

#[test]
fn an_interrupted_acquisition_leaves_what_it_has_sent_behind() {
    let faults = r#"[{"interrupt": {"phase": "acquiring", "process": "c1"}}]"#;
    let log = run(&model(REDIS, "", faults).abstract_setup());
    // Its first request was executed and nobody heard the answer: the key stays for its time to live.
    assert_eq!(log.at("c1 SET", 0), log.at("! struck", 0));
    assert!(log.at("c1 enters", 0).min(log.at("c2 enters", 0)) >= 100, "{:#?}", log.0);
}

#[test]
fn a_server_that_stalls_executes_what_was_sent_when_it_goes_on() {
    for setup in [
        model(REDIS, "", r#"[{"stall-server": {"for": "70ms"}}]"#).abstract_setup(),
        model(REDIS, "", r#"[{"stall-server": {"for": "70ms"}}]"#).sampled_setup(),
    ] {
        let log = run(&setup);
        let struck = log.at("! struck", 0);
        let executed = log.0.iter().filter(|(at, text)| text.contains(" at 0") && *at > struck);
        assert!(executed.clone().count() > 0);
        assert!(executed.into_iter().all(|(at, _)| *at >= struck + 70), "{:#?}", log.0);
    }
}

#[test]
fn a_full_server_refuses_or_evicts_as_its_policy_says() {
    let fault = r#"[{"fill-memory": {"for": "50ms"}}]"#;
    let log = run(&model(REDIS, "", fault).abstract_setup());
    assert!(log.count("OOM command not allowed") > 0, "{:#?}", log.0);
    assert_eq!((log.count("c1 enters"), log.count("c2 enters")), (1, 1));
    let policy = r#""maxmemory_policy": "allkeys-random""#;
    let evicts = |strike: &Strike| strike.span == Micros::ZERO;
    let log = run_if(&model(REDIS, policy, fault).abstract_setup(), evicts);
    assert_eq!((log.count("OOM"), log.at("c1 enters", 0), log.at("c2 enters", 0)), (0, 0, 0));
}

#[test]
fn a_fast_servers_keys_live_shorter() {
    let clocks = r#""clocks": [{"server": "redis", "drift_ppm": 100000}]"#;
    // The second client asks 93 ms after the first, whose key lives for 91 ms of the world.
    let work = REDIS.replace("60ms", "95ms").replace("40ms", "31ms");
    let holds = search(&model(&work, "", "[]").abstract_setup());
    assert_eq!(holds.verdict, Verdict::Holds);
    let outcome = search(&model(&work, clocks, "[]").abstract_setup());
    assert!(shape(&outcome.verdict).starts_with("mutual-exclusion 0"), "{outcome:?}");
}

#[test]
fn a_session_that_the_service_ends_is_over_at_once_and_its_client_hears_it() {
    let fault = r#"[{"expire-session": {"phase": "working", "process": "c1"}}]"#;
    for store in ["", r#", "servers": 3"#] {
        let log = run(&model(ZOOKEEPER, store, fault).abstract_setup());
        let struck = log.at("! struck", 0);
        assert_eq!(log.at("c1 has no session", 0), struck);
        // It asks again after a round trip, while c1 works for 250 ms.
        assert!(log.at("c2 enters", 0) <= struck + 5, "{:#?}", log.0);
    }
}

#[test]
fn sessions_survive_a_restart_of_their_server() {
    let fault = r#"[{"restart-server": {"for": "2500ms"}}]"#;
    let log = run(&model(ZOOKEEPER, "", fault).abstract_setup());
    let struck = log.at("! struck", 0);
    // They are refused meanwhile, now and then, and come back with the session that they had.
    assert!((2..6).contains(&log.count("c1 lost")), "{:#?}", log.0);
    assert_eq!(log.count("has no session"), 0);
    assert!(log.0.iter().any(|(at, text)| *at >= struck + 2500 && text.contains("c1 has session")));
    assert_eq!((log.count("c1 enters"), log.count("c2 enters")), (1, 1));
}

#[test]
fn a_client_moves_to_another_server_with_its_session() {
    let fault = r#"[{"move-client": {"phase": "working", "process": "c1"}}]"#;
    let log = run(&model(ZOOKEEPER, r#", "servers": 3"#, fault).abstract_setup());
    let struck = log.at("! struck", 0);
    assert_eq!((log.at("c1 create at 0", 0), log.count("c1 delete at 1")), (0, 1));
    assert_eq!((log.at("c1 lost", 0), log.count("has no session")), (struck, 0));
}

#[test]
fn a_member_that_was_away_catches_up_and_may_lead_later() {
    let faults = r#"[{"restart-server": {"for": "150ms", "budget": 2}}, "crash-leader"]"#;
    let setup = model(ZOOKEEPER, r#", "servers": 3"#, faults).abstract_setup();
    let outcome = search(&setup);
    assert_eq!(outcome.verdict, Verdict::Holds, "{outcome:?}");
    assert!(outcome.faults.iter().all(|effect| effect.times > 0));
}

#[test]
fn every_kind_of_fault_has_words_of_its_own() {
    let told: Vec<&str> = lockstep::report::told_kinds().collect();
    let kinds: Vec<&str> = lockstep::sim::catalogue().map(|about| about.name).collect();
    let without: Vec<&&str> = kinds.iter().filter(|kind| !told.contains(kind)).collect();
    let unknown: Vec<&&str> = told.iter().filter(|kind| !kinds.contains(kind)).collect();
    assert!(without.is_empty() && unknown.is_empty(), "{without:?} {unknown:?}");
}

#[test]
fn a_server_that_refuses_writes_refuses_releases_too_and_answers_reads() {
    let fault = r#"[{"refuse-writes": {"for": "130ms", "error": "readonly", "before": "EVAL"}}]"#;
    let log = run(&model(REDIS, "", fault).abstract_setup());
    let struck = log.at("! struck", 0);
    assert_eq!(log.at("READONLY You can't write against a read only replica", 0), struck);
    // The key that could not be given back is there until its time to live is over.
    let holder = if log.at("c1 enters", 0) < log.at("c2 enters", 0) { "c2" } else { "c1" };
    assert!(log.at(&format!("{holder} enters"), 0) >= 100, "{:#?}", log.0);
}
