//! Partitions, and what the client libraries of ZooKeeper make of them.

use lockstep::choice::{About, Alternative, Choices, Question, Site, Strike, Target};
use lockstep::client::zookeeper::Library;
use lockstep::cx::{Cx, Grant, Lock, LockBox, LockError, Session};
use lockstep::event::{Event, Observer};
use lockstep::explore::{Bounds, Search, Verdict};
use lockstep::model::Model;
use lockstep::run::Limits;
use lockstep::sim::{Live, Setup, Way};
use lockstep::time::Micros;

use super::recipe_world::{fault_with, run_on, world_of};

/// A client that only listens to the state of its session.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Listens;

impl Lock for Listens {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let mut state = cx.looping(Session::Connected);
        loop {
            cx.turn(&mut state).await;
            *state = cx.zk().session_changed(*state).await;
            let what = match *state {
                Session::Connected => "connected",
                Session::Suspended => "suspended",
                Session::Expired => "expired",
            };
            cx.note(what, 1);
        }
    }

    async fn release(&mut self, _: &Cx) -> Result<(), LockError> {
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        (Micros::from_ms(1), Micros::ZERO)
    }

    fn place(&self) -> String {
        "nowhere".to_owned()
    }
}

/// Cuts as soon as nothing is in flight any more, once; everything else is nominal.
struct CutsOnce(bool);

impl Choices for CutsOnce {
    fn pick(&mut self, question: &Question<'_>) -> u32 {
        let quiet = !matches!((question.site)(), Site::Message(_));
        if question.about != About::Step || self.0 || !quiet {
            return 0;
        }
        let is_it = |it: Alternative| {
            matches!(it, Alternative::Strike(Strike { target: Target::Process(0), .. }))
        };
        let cut = (0..question.n).find(|n| is_it((question.alternative)(*n)));
        self.0 = cut.is_some();
        cut.unwrap_or(0)
    }
}

/// What was noted, and when (ms).
#[derive(Default)]
struct Notes(Vec<(i64, &'static str)>);

impl Observer for Notes {
    fn on_event(&mut self, now: Micros, told: &Event<'_>) {
        if let Event::Noted { process: 0, what, .. } = told {
            self.0.push((now.as_ms(), what));
        }
    }
}

/// The session of 600 ms of a client that is cut off for so long (ms).
fn session_of(library: Library, way: Way, span_ms: i64) -> Vec<(i64, &'static str)> {
    // The other client is there so that time goes on.
    let mut setup =
        world_of(r#"{"znode": {}}"#, r#"{"section": {"work": "20ms", "rounds": 400}}"#, &[1, 1]);
    setup.processes[0].threads[0].0 = LockBox::new(Listens);
    for process in &mut setup.processes {
        process.session_timeout_ms = 600;
        process.library = library;
    }
    let way = Way::ALL.iter().find(|(_, known)| *known == way).unwrap().0;
    let fields = format!(r#""for": "{span_ms}ms", "process": "c1", "way": "{way}""#);
    setup.faults = vec![fault_with("partition", &fields)];
    setup.servers[0].state = service(60);
    let limits = Limits { steps: 20_000, time: Micros::from_ms(4000), stop_at_violation: false };
    let mut notes = Notes::default();
    run_on(&setup, &mut Live::default(), limits, &mut CutsOnce(false), &mut notes);
    notes.0
}

/// A ZooKeeper service with a tick of so many milliseconds.
fn service(tick_ms: i64) -> lockstep::sim::AnyServer {
    use lockstep::store::zookeeper::{Config, ZooKeeper};
    let config = Config { times: false, ..Config::with_tick(Micros::from_ms(tick_ms)) };
    lockstep::sim::AnyServer::ZooKeeper(Box::new(ZooKeeper::new(config)))
}

const ALL: [Library; 4] = [Library::Java38, Library::Java, Library::Curator, Library::Kazoo];

#[test]
fn nobody_is_told_before_two_thirds_of_the_timeout() {
    for (library, way) in ALL.into_iter().flat_map(|it| Way::ALL.map(|(_, way)| (it, way))) {
        assert_eq!(session_of(library, way, 390), [], "{library:?} {way:?}");
    }
}

#[test]
fn a_session_that_is_not_over_goes_on() {
    for (library, way) in ALL.into_iter().flat_map(|it| Way::ALL.map(|(_, way)| (it, way))) {
        let told = session_of(library, way, 500);
        assert_eq!(told, [(400, "suspended"), (500, "connected")], "{library:?} {way:?}");
    }
}

#[test]
fn that_it_is_over_is_learnt_late_or_too_early() {
    let told = |library| session_of(library, Way::Both, 1500);
    let by_server = [(400, "suspended"), (1500, "expired"), (1500, "connected")];
    assert_eq!(told(Library::Java38), by_server);
    assert_eq!(told(Library::Kazoo), by_server);
    // 4/3 of the timeout, and the whole of it after the first two thirds.
    assert_eq!(told(Library::Java), [(400, "suspended"), (800, "expired"), (1500, "connected")]);
    assert_eq!(
        told(Library::Curator),
        [(400, "suspended"), (1000, "expired"), (1500, "connected")]
    );
}

fn model(store: &str, lock: &str, faults: &str) -> Setup {
    let text = format!(
        r#"{{
  "title": "two clients", "why": "a test", "store": {store}, "lock": {lock},
  "clients": {{"processes": 2}},
  "work": {{"section": {{"work": "1s", "rounds": 1}}}},
  "given": {{"nodes": {{"/lock": ""}}}},
  "faults": {faults},
  "properties": ["mutual-exclusion"]
}}"#
    );
    Model::parse("m.json", text).unwrap_or_else(|bad| panic!("{bad}")).abstract_setup()
}

#[test]
fn merging_hides_nothing_of_a_partition() {
    for client in ["java-3.8", "java", "curator", "kazoo"] {
        for (lock, span) in [("znode", "1100ms"), ("kazoo", "900ms")] {
            let store = format!(
                r#"{{"zookeeper": {{"tick": "200ms", "session": "600ms", "client": "{client}"}}}}"#
            );
            let lock = format!(r#"{{"{lock}": {{"retry": {{"after": "300ms"}}}}}}"#);
            let faults = format!(r#"[{{"partition": {{"for": ["450ms", "{span}"]}}}}]"#);
            let setup = model(&store, &lock, &faults);
            let merged =
                Search::new(&setup, Bounds::default()).run(&mut lockstep::explore::to_the_end);
            let unmerged = Search::new(&setup, Bounds::default())
                .without_merging()
                .run(&mut lockstep::explore::to_the_end);
            let (of_merged, of_unmerged) = (shape(&merged.verdict), shape(&unmerged.verdict));
            assert_eq!(of_merged, of_unmerged, "{client} {lock}");
            assert!(!of_merged.starts_with("Cut"), "{client} {lock}: {of_merged}");
            assert!(merged.states < unmerged.states);
        }
    }
}

/// A verdict without the words of a violation, which may name another of several equal stories.
fn shape(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Violated { violation, deviations, steps } => {
            format!("{} {deviations} {steps}", violation.property)
        }
        other => format!("{other:?}"),
    }
}
