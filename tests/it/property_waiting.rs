//! Properties that judge waiting, tokens, permits and herds, on lists of events made by hand.

use lockstep::event::{By, Kept};
use lockstep::json::Document;
use lockstep::property::{self, Event, Facts, Names, Outlook, PropertyBox, Who};
use lockstep::store::effect::{Change, Item};
use lockstep::time::Micros;

use Event::{Asks, Crashes, Fenced, InLine, Leaves, Refused, Wakes};

const A: Who = Who { process: 0, thread: 0 };
const B: Who = Who { process: 1, thread: 0 };
const C: Who = Who { process: 2, thread: 0 };

struct Plain;

impl Names for Plain {
    fn who(&self, who: Who) -> String {
        self.process(who.process)
    }
    fn process(&self, process: u16) -> String {
        format!("c{}", process + 1)
    }
    fn server(&self, server: u16) -> String {
        format!("server {server}")
    }
    fn item(&self, _: u16, item: &Item) -> String {
        item.place.to_string()
    }
}

fn enters(who: Who) -> Event<'static> {
    Event::Enters { who, until: None, lease: None, fence: None, shared: false }
}

fn with_token(who: Who, token: i64) -> Event<'static> {
    Event::Enters { who, until: None, lease: None, fence: Some(token), shared: false }
}

fn placed(by: Who) -> Event<'static> {
    Event::Kept(Kept {
        server: 0,
        item: Item::whole("lock"),
        change: Change::Placed { until: None, session: None },
        by: By::Thread(by),
        command: None,
    })
}

/// The property after these events, whether there was anything to judge, and the first violation.
fn after(json: &str, crashes: bool, events: &[Event<'_>]) -> (PropertyBox, bool, Option<String>) {
    let document = Document::parse("property.json", json).unwrap();
    let facts = Facts { crashes, ..Facts::default() };
    let mut property =
        property::build(&document.root(), &facts).unwrap_or_else(|bad| panic!("{bad}"));
    let (mut happened, mut violated) = (false, None);
    for event in events {
        let judgement = property.observe(Micros::ZERO, event, &Plain);
        happened |= judgement.happened;
        violated = violated.or(judgement.violated);
    }
    (property, happened, violated)
}

/// What each of the properties makes of an end without an entry.
fn ends(crashes: bool, events: &[Event<'_>], outlook: Outlook) -> [bool; 3] {
    ["\"deadlock\"", "\"livelock\"", "\"orphaned-lock\""].map(|json| {
        let (property, _, violated) = after(json, crashes, events);
        assert_eq!(violated, None);
        property.foresees(None, outlook, &Plain).violated.is_some()
    })
}

const ASKING: Outlook = Outlook::Round { asks: true };
const WATCHDOG: Outlook = Outlook::Round { asks: false };

#[test]
fn the_living_block_each_other_or_somebody_is_gone() {
    // Nobody is inside, nobody is gone.
    let free = [Asks(A), Asks(B), enters(A), Leaves(A)];
    assert_eq!(ends(false, &free, Outlook::Standstill), [true, false, true]);
    assert_eq!(ends(false, &free, ASKING), [false, true, true]);
    assert_eq!(ends(false, &free, WATCHDOG), [true, false, true]);
    // Somebody never leaves its section.
    let inside = [Asks(A), Asks(B), enters(A)];
    for outlook in [Outlook::Standstill, ASKING] {
        assert_eq!(ends(false, &inside, outlook), [true, false, false]);
    }
    // Somebody died inside, or while it took the lock.
    let died = [Asks(A), Asks(B), enters(A), Crashes(0)];
    let took = [Asks(A), Asks(B), InLine(A), Crashes(0)];
    for events in [&died[..], &took] {
        assert_eq!(ends(true, events, Outlook::Standstill), [false, false, true]);
        assert_eq!(ends(true, events, ASKING), [false, false, true]);
    }
    // Nobody wants the lock.
    assert_eq!(ends(false, &[Asks(A), enters(A)], Outlook::Standstill), [false; 3]);
}

#[test]
fn an_entry_that_others_wait_for_is_what_they_are_about() {
    for json in ["\"deadlock\"", "\"livelock\"", r#"{"bounded-wait": {"bound": "1s"}}"#] {
        assert!(after(json, false, &[Asks(A), Asks(B), enters(A)]).1);
        assert!(!after(json, false, &[Asks(A), enters(A), Leaves(A), Asks(B), enters(B)]).1);
    }
}

#[test]
fn a_free_lock_may_be_kept_for_a_while() {
    let json = r#"{"orphaned-lock": {"within": "30s"}}"#;
    let (property, ..) = after(json, false, &[Asks(A), enters(A), Asks(B)]);
    let far = Outlook::Entry(Micros::from_ms(30_001));
    assert_eq!(property.foresees(None, far, &Plain).violated, None, "somebody is inside");
    let (property, ..) = after(json, false, &[Asks(A), enters(A), Asks(B), Leaves(A)]);
    assert_eq!(
        property.foresees(None, far, &Plain).violated.as_deref(),
        Some(
            "c2 wants the lock, nobody is in a section, and the next entry comes only after 30.001 s: more than 30 s"
        )
    );
    assert_eq!(
        property.foresees(None, Outlook::Entry(Micros::from_ms(30_000)), &Plain).violated,
        None
    );
}

#[test]
fn each_may_have_its_own_bound() {
    let json = r#"{"bounded-wait": {"bound": "2s", "of": "each"}}"#;
    let (property, ..) = after(json, false, &[Asks(A), Asks(B), enters(A)]);
    let late = Outlook::Entry(Micros::from_ms(3000));
    assert_eq!(property.foresees(Some(A), late, &Plain).violated, None, "it does not wait");
    assert_eq!(
        property.foresees(Some(B), late, &Plain).violated.as_deref(),
        Some("c2 wants the lock, and its entry comes only after 3 s: more than 2 s")
    );
}

const TOKENS: &str = "\"fencing-order\"";

#[test]
fn tokens_grow_with_the_grants() {
    let (_, happened, violated) = after(TOKENS, false, &[with_token(A, 1), with_token(B, 2)]);
    assert!(happened && violated.is_none());
    assert!(!after(TOKENS, false, &[with_token(A, 1), with_token(A, 2)]).1);
    for token in [1, 2] {
        let (.., violated) = after(TOKENS, false, &[with_token(A, 2), with_token(B, token)]);
        let why = format!(
            "c2 enters with token {token}, although c1, to whom the lock was granted earlier, has 2"
        );
        assert_eq!(violated, Some(why));
    }
    // One's own token may come again; a smaller one may not.
    let (.., violated) = after(TOKENS, false, &[with_token(A, 2), with_token(A, 2)]);
    assert_eq!(violated, None);
    assert!(after(TOKENS, false, &[with_token(A, 2), with_token(A, 1)]).2.is_some());
}

#[test]
fn who_enters_late_has_the_smaller_token_by_right() {
    let late = [placed(A), placed(B), with_token(B, 2), with_token(A, 1)];
    let (_, happened, violated) = after(TOKENS, false, &late);
    assert!(happened && violated.is_none());
    let wrong = [placed(A), placed(B), with_token(B, 1), with_token(A, 2)];
    assert_eq!(
        after(TOKENS, false, &wrong).2.as_deref(),
        Some("c1 enters with token 2, although c2, to whom the lock was granted later, has 1")
    );
    // An attempt that came to nothing has no place in the order.
    let failed = [placed(A), Refused(A), placed(B), with_token(B, 2), placed(A), with_token(A, 3)];
    assert_eq!(after(TOKENS, false, &failed).2, None);
}

#[test]
fn the_latest_token_is_not_refused() {
    let events = [with_token(A, 1), with_token(B, 2)];
    assert_eq!(after(TOKENS, false, &[&events[..], &[Fenced(A)]].concat()).2, None);
    assert_eq!(
        after(TOKENS, false, &[&events[..], &[Fenced(B)]].concat()).2.as_deref(),
        Some(
            "the ledger refuses c2 as stale, although nobody was granted the lock later: its token is 2"
        )
    );
}

#[test]
fn permits_are_something_to_judge_when_the_last_one_is_taken() {
    let json = r#"{"permits": {"of": 2}}"#;
    assert!(!after(json, false, &[Asks(A), Asks(B), enters(A)]).1);
    assert!(after(json, false, &[Asks(A), Asks(B), Asks(C), enters(A), enters(B)]).1);
    let (.., violated) =
        after(json, false, &[Asks(A), Asks(B), Asks(C), enters(A), enters(B), enters(C)]);
    assert!(violated.is_some_and(|why| why.contains("3 believe to have one of 2 permits")));
}

#[test]
fn a_herd_is_one_change_that_wakes_many() {
    let waiting = [Asks(A), Asks(B), Asks(C), enters(A), Leaves(A)];
    let wakes = |clients: &'static [u16]| {
        let woken = Wakes { by: None, clients: clients.into() };
        [&waiting[..], &[woken]].concat()
    };
    assert!(!after("\"herd\"", false, &waiting).1, "nobody is woken");
    let (_, happened, violated) = after("\"herd\"", false, &wakes(&[1]));
    assert!(happened && violated.is_none());
    assert_eq!(
        after("\"herd\"", false, &wakes(&[1, 2])).2.as_deref(),
        Some(
            "one change in the store wakes 2 clients at once, and one can get the lock: at most 1 should be woken"
        )
    );
    assert_eq!(after(r#"{"herd": {"notifications": 2}}"#, false, &wakes(&[1, 2])).2, None);
    let asks = [Asks(A), Asks(B), InLine(A), InLine(B), enters(A), InLine(B)];
    let (_, happened, violated) = after(r#"{"herd": {"requests": 2}}"#, false, &asks);
    assert!(happened && violated.is_none());
    let (.., violated) = after(r#"{"herd": {"requests": 1}}"#, false, &asks);
    assert_eq!(
        violated.as_deref(),
        Some("more than 1 requests of 2 who wait since somebody last entered")
    );
}

#[test]
fn readers_that_come_later_do_not_keep_a_writer_waiting() {
    let reader = |who| {
        [InLine(who), Event::Enters { who, until: None, lease: None, fence: None, shared: true }]
    };
    let first = [&reader(A)[..], &[InLine(B)]].concat();
    let once = [&first[..], &reader(C), &[Leaves(A), Leaves(C), enters(B)]].concat();
    assert_eq!(
        after("\"writer-starvation\"", false, &once).2.as_deref(),
        Some("c2, a writer, enters only after a reader that came later")
    );
    let json = r#"{"writer-starvation": {"overtakings": 1}}"#;
    let (_, happened, violated) = after(json, false, &once);
    assert!(happened && violated.is_none());
    let twice = [&first[..], &reader(C), &[Leaves(C)], &reader(C), &[enters(B)]].concat();
    assert_eq!(
        after(json, false, &twice).2.as_deref(),
        Some("c2, a writer, enters only after more than 1 readers that came later")
    );
    // Who was there before is not one that came later.
    let before = [&first[..], &[Leaves(A), enters(B)]].concat();
    let (_, happened, violated) = after("\"writer-starvation\"", false, &before);
    assert!(happened && violated.is_none());
    assert!(!after(json, false, &[InLine(B), enters(B)]).1, "no reader");
}

#[test]
fn sections_begin_far_enough_apart_or_not() {
    let document = Document::parse("property.json", r#"{"spacing": {"least": "5s"}}"#).unwrap();
    let facts = Facts::default();
    let fresh = property::build(&document.root(), &facts).unwrap_or_else(|bad| panic!("{bad}"));
    let second = |asks: i64, after: i64| {
        let mut property = fresh.clone();
        assert!(!property.observe(Micros::from_ms(10), &enters(A), &Plain).happened);
        let asked = property.observe(Micros::from_ms(10 + asks), &Asks(B), &Plain);
        (asked.happened, property.observe(Micros::from_ms(10 + after), &enters(B), &Plain))
    };
    let ((_, soon), (wished, later)) = (second(4999, 4999), second(1000, 5000));
    assert_eq!(soon.violated.unwrap(), "c2 enters 4.999 s after c1 did: less than 5 s");
    assert!(wished && later.violated.is_none(), "it would have liked to begin too soon");
    // Who does not even want to begin before it may puts nothing to the test.
    let (wished, later) = second(5000, 5000);
    assert!(!wished && later.violated.is_none() && !later.happened);
    // Who waits already when another begins does.
    let mut property = fresh.clone();
    assert!(!property.observe(Micros::ZERO, &Asks(B), &Plain).happened);
    assert!(property.observe(Micros::ZERO, &enters(A), &Plain).happened);
    let bad = Document::parse("property.json", "\"spacing\"").unwrap();
    let bad = property::build(&bad.root(), &facts).unwrap_err().to_string();
    assert!(bad.contains("needs `least`"), "{bad}");
}
