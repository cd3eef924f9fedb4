//! Who the clients are: roles, late starters, habits.

use lockstep::choice::Nominal;
use lockstep::event::Observer;
use lockstep::explore::{Bounds, Search, Verdict};
use lockstep::model::Model;
use lockstep::property::{Event, Names};
use lockstep::run::{End, Limits};
use lockstep::sim::{Live, Setup};
use lockstep::time::Micros;

use super::recipe_world::run_on;

const HEAD: &str = r#""title": "a model", "why": "an example of 2026", "store": {"redis": {}},"#;
const LOCK: &str = r#"{"set-nx-px": {"ttl": "1s", "retry": {"after": "100ms"}}}"#;

/// A model of these clients, with more fields.
fn model(clients: &str, more: &str) -> Model {
    let text = format!("{{{HEAD} \"clients\": {clients}, {more}}}");
    Model::parse("m.json", text).unwrap_or_else(|bad| panic!("{bad}"))
}

fn setup(clients: &str) -> Setup {
    let more = format!(
        "\"lock\": {LOCK}, \"work\": {{\"section\": {{\"work\": \"300ms\"}}}}, \
         \"properties\": [\"mutual-exclusion\"]"
    );
    model(clients, &more).abstract_setup()
}

/// What happened to whom, in the order of events, with the time (ms).
struct Diary<'a>(&'a Setup, Vec<String>);

impl Observer for Diary<'_> {
    fn on_event(&mut self, now: Micros, told: &Event<'_>) {
        let line = match *told {
            Event::Asks(who) => format!("{} asks", self.0.who(who)),
            Event::Enters { who, .. } => format!("{} enters", self.0.who(who)),
            Event::Refused(who) => format!("{} is refused", self.0.who(who)),
            Event::GivesUp(who) => format!("{} gives up", self.0.who(who)),
            Event::Done(who) => format!("{} is done", self.0.who(who)),
            Event::Exits(process) => format!("{} ends", self.0.process(process)),
            Event::Restarts(process) => format!("{} begins again", self.0.process(process)),
            _ => return,
        };
        self.1.push(format!("{} {line}", now.as_ms()));
    }
}

/// The diary of the nominal run.
#[track_caller]
fn diary(setup: &Setup) -> Vec<String> {
    let limits = Limits { steps: 10_000, time: Micros::from_ms(60_000), stop_at_violation: false };
    let mut diary = Diary(setup, Vec::new());
    let end = run_on(setup, &mut Live::default(), limits, &mut Nominal, &mut diary);
    assert_eq!(end, End::Done);
    diary.1
}

fn verdict(setup: &Setup) -> Verdict {
    Search::new(setup, Bounds { states: 100_000, ..Bounds::default() })
        .run(&mut lockstep::explore::to_the_end)
        .verdict
}

#[test]
fn roles_name_their_processes_and_faults_and_clocks_name_roles() {
    let clients = r#"{
        "roles": {
            "reader": {"processes": 2, "threads": 3, "work": {"counter": {}}},
            "writer": {"lock": {"setnx": {"key": "other"}}, "work": {"section": {}}, "starts": "2s"}
        },
        "clocks": [{"process": "reader", "drift_ppm": 10}]
    }"#;
    let more = format!(
        r#""lock": {LOCK}, "properties": ["lost-update"],
        "faults": [{{"crash": {{"process": "reader"}}}}, {{"pause": {{"process": ["reader2", "writer"]}}}}]"#
    );
    let setup = model(clients, &more).abstract_setup();
    let names: Vec<&str> = setup.processes.iter().map(|process| &*process.name).collect();
    assert_eq!(names, ["reader1", "reader2", "writer"]);
    let threads: Vec<usize> = setup.processes.iter().map(|it| it.threads.len()).collect();
    assert_eq!(threads, [3, 3, 1]);
    assert_eq!(setup.processes[2].starts, Micros::from_ms(2000));
    assert_eq!(setup.processes[0].threads[0].0.place(), "lock");
    assert_eq!(setup.processes[2].threads[0].0.place(), "other");
    assert_eq!(setup.faults[0].extent().processes, Some(&[0, 1][..]));
    assert_eq!(setup.faults[1].extent().processes, Some(&[1, 2][..]));
    // A tenth below and above the only lease, or any time.
    let spans = [Micros::from_ms(900), Micros::from_ms(1100), lockstep::sim::OPEN];
    assert_eq!(setup.faults[1].extent().spans, spans);
    assert!(setup.processes[1].clock != setup.processes[2].clock);
}

#[test]
fn who_starts_later_is_not_there_before() {
    let setup = setup(r#"{"processes": 2, "starts": ["0s", "200ms"]}"#);
    let expected = [
        "0 c1 asks",
        "0 c1 enters",
        "200 c2 asks",
        "200 c2 is refused",
        "300 c1 is done",
        "300 c2 enters",
        "600 c2 is done",
    ];
    assert_eq!(diary(&setup), expected);
}

#[test]
fn who_is_refused_too_often_gives_up() {
    let setup = setup(r#"{"processes": 2, "tries": 2}"#);
    let expected = [
        "0 c1 asks",
        "0 c2 asks",
        "0 c1 enters",
        "0 c2 is refused",
        "100 c2 is refused",
        "100 c2 gives up",
        "100 c2 is done",
        "300 c1 is done",
    ];
    assert_eq!(diary(&setup), expected);
    assert_eq!(verdict(&setup), Verdict::Holds);
}

#[test]
fn a_process_that_ends_is_replaced_as_often_as_the_model_says() {
    let setup = setup(r#"{"processes": 1, "lives": {"processes": 3, "rest": "50ms"}}"#);
    let life = |at: i64| {
        [format!("{at} c1 asks"), format!("{at} c1 enters"), format!("{} c1 is done", at + 300)]
    };
    let between = |at: i64| [format!("{at} c1 ends"), format!("{} c1 begins again", at + 50)];
    let expected = [&life(0)[..], &between(300), &life(350), &between(650), &life(700)];
    assert_eq!(diary(&setup), expected.concat());
}

#[test]
fn who_gives_back_what_it_did_not_get_lets_a_third_one_in() {
    let with = |release: &str| {
        let lock = LOCK.replace("\"ttl\"", &format!("\"release\": \"{release}\", \"ttl\""));
        let more = format!(
            "\"lock\": {lock}, \"work\": {{\"section\": {{\"work\": \"300ms\"}}}}, \
             \"properties\": [\"mutual-exclusion\", \"release-safety\"]"
        );
        let violation = |clients: &str| match verdict(&model(clients, &more).abstract_setup()) {
            Verdict::Violated { violation, .. } => Some(violation.property),
            Verdict::Holds => None,
            other => panic!("{other:?}"),
        };
        let always = violation(r#"{"processes": 3, "releases": "always", "tries": 1}"#);
        (always, violation(r#"{"processes": 3, "releases_twice": "200ms"}"#))
    };
    assert_eq!(with("del"), (Some("release-safety"), Some("release-safety")));
    assert_eq!(with("compare-and-delete"), (None, None));
}

#[test]
fn what_is_wrong_with_clients_is_said_where_it_stands() {
    let wrong = |clients: &str, more: &str, said: &str| {
        let text = format!("{{{HEAD} \"clients\": {clients}, {more}}}");
        let problem = Model::parse("m.json", text).expect_err("an error").to_string();
        assert!(problem.contains(said), "{problem}\nlacks: {said}");
    };
    let more = &format!(
        "\"lock\": {LOCK}, \"work\": {{\"section\": {{}}}}, \"properties\": [\"mutual-exclusion\"]"
    );
    wrong(r#"{"roles": {}}"#, more, "no role");
    wrong(r#"{"roles": {"r2": {}}}"#, more, "`r2` is no name for a role");
    wrong(r#"{"roles": {"redis": {}}}"#, more, "`redis` is the name of a server");
    wrong(r#"{"roles": {"r": {}}, "tries": 2}"#, more, "unknown field `tries`");
    wrong(r#"{"processes": 3, "starts": ["1s", "2s"]}"#, more, "2 times for 3 processes");
    wrong(r#"{"processes": 3, "releases": "allways"}"#, more, "did you mean `always`?");
    wrong(r#"{"processes": 3, "lives": {"processes": 0}}"#, more, "must be from 1");
    let own = r#"{"roles": {"r": {"lock": {"setnx": {}}, "work": {"section": {}}}}}"#;
    wrong(own, more, "every role has a `lock` of its own");
    wrong(r#"{"roles": {"r": {}}}"#, "\"properties\": []", "the role `r` has no `lock`");
    let faults = format!("{more}, \"faults\": [{{\"crash\": {{\"process\": \"raeder\"}}}}]");
    wrong(r#"{"roles": {"reader": {}}}"#, &faults, "did you mean `reader`?");
}
