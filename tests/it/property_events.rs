//! Properties on lists of events made by hand: violated, right, and whether there was anything to judge.

use lockstep::event::{By, Kept};
use lockstep::json::Document;
use lockstep::property::{self, Event, Facts, Judgement, Liveness, Names, PropertyBox, Who};
use lockstep::store::effect::{Change, Item};
use lockstep::store::ledger::Account;
use lockstep::time::Micros;

use Event::{Asks, Crashes, Done, InLine, Leaves, Pauses, Refused, Resumes};

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

fn shares(who: Who) -> Event<'static> {
    Event::Enters { who, until: None, lease: None, fence: None, shared: true }
}

fn read(who: Who, value: i64) -> Event<'static> {
    Event::Read { who, account: Account::MAIN, value }
}

fn wrote(who: Who, value: i64) -> Event<'static> {
    Event::Wrote { who, account: Account::MAIN, value }
}

fn until(who: Who, seconds: i64) -> Event<'static> {
    Event::Enters {
        who,
        until: Some(Micros(seconds * 1_000_000)),
        lease: None,
        fence: None,
        shared: false,
    }
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

fn removed(by: Option<Who>) -> Event<'static> {
    let by = by.map_or(By::Time, By::Thread);
    Event::Kept(Kept {
        server: 0,
        item: Item::whole("lock"),
        change: Change::Removed { until: None },
        by,
        command: None,
    })
}

fn build(json: &str, facts: Facts) -> PropertyBox {
    let document = Document::parse("property.json", json).unwrap();
    property::build(&document.root(), &facts).unwrap_or_else(|bad| panic!("{bad}"))
}

/// What a property makes of events, each at a second.
fn judge(property: &PropertyBox, events: &[(i64, Event<'_>)]) -> Vec<Judgement> {
    let mut property = property.clone();
    let second = |second: i64| Micros(second * 1_000_000);
    let judge = |(at, event): &(i64, Event<'_>)| property.observe(second(*at), event, &Plain);
    events.iter().map(judge).collect()
}

/// Whether anything happened, and the first violation.
fn verdict(json: &str, facts: Facts, events: &[(i64, Event<'_>)]) -> (bool, Option<String>) {
    let judgements = judge(&build(json, facts), events);
    let happened = judgements.iter().any(|judgement| judgement.happened);
    (happened, judgements.into_iter().find_map(|judgement| judgement.violated))
}

#[track_caller]
fn holds(json: &str, happened: bool, events: &[(i64, Event<'_>)]) {
    assert_eq!(verdict(json, Facts::default(), events), (happened, None));
}

#[track_caller]
fn violated(json: &str, events: &[(i64, Event<'_>)], why: &str) {
    let (happened, found) = verdict(json, Facts::default(), events);
    assert!(happened);
    assert_eq!(found.as_deref(), Some(why));
}

const MUTEX: &str = "\"mutual-exclusion\"";

#[test]
fn two_in_their_sections_violate_mutual_exclusion() {
    violated(
        MUTEX,
        &[(0, Asks(A)), (0, Asks(B)), (0, enters(A)), (12, enters(B))],
        "c2 enters while c1 is in its section, which it entered 12 s ago: both believe that they hold the lock",
    );
    violated(
        MUTEX,
        &[(0, Asks(B)), (0, enters(A)), (2, Pauses(0)), (11, enters(B))],
        "c2 enters while c1 is in its section, which it entered 11 s ago, where it stands still: both believe that \
         they hold the lock",
    );
}

#[test]
fn a_belief_ends_with_the_section_the_process_or_the_validity_that_is_heeded() {
    let two_ask = [(0, Asks(A)), (0, Asks(B))];
    for end in [Leaves(A), Crashes(0)] {
        holds(MUTEX, true, &[&two_ask[..], &[(0, enters(A)), (5, end), (5, enters(B))]].concat());
    }
    holds(MUTEX, true, &[&two_ask[..], &[(0, until(A, 10)), (10, enters(B))]].concat());
    // The validity was over before the reply came.
    holds(MUTEX, false, &[(9, enters(B)), (10, until(A, 10))]);
}

#[test]
fn mutual_exclusion_is_vacuous_if_nobody_waits() {
    holds(
        MUTEX,
        false,
        &[(0, Asks(A)), (0, enters(A)), (1, Leaves(A)), (2, Asks(B)), (2, enters(B))],
    );
    // Who is refused will ask again; who is gone will not.
    holds(MUTEX, true, &[(0, Asks(A)), (0, Asks(B)), (0, Refused(B)), (1, enters(A))]);
    holds(MUTEX, false, &[(0, Asks(A)), (0, Asks(B)), (0, Crashes(1)), (1, enters(A))]);
}

#[test]
fn who_asks_while_another_is_inside_is_kept_out() {
    holds(MUTEX, true, &[(0, Asks(A)), (0, enters(A)), (3, Asks(B))]);
    // A belief that has ended keeps nobody out.
    holds(MUTEX, false, &[(0, Asks(A)), (0, until(A, 10)), (10, Asks(B))]);
    holds(MUTEX, true, &[(0, Asks(A)), (0, until(A, 10)), (9, Asks(B))]);
    let permits = r#"{"permits": {"of": 2}}"#;
    let two = [(0, Asks(A)), (0, enters(A)), (3, Asks(B)), (3, enters(B))];
    holds(permits, false, &two);
    holds(permits, true, &[&two[..], &[(4, Asks(C))]].concat());
}

#[test]
fn an_update_while_another_would_like_to_is_put_to_the_test() {
    let alone = [(0, Asks(A)), (0, enters(A)), (0, read(A, 5)), (2, wrote(A, 6))];
    let asked = [&alone[..3], &[(1, Asks(B))], &alone[3..]].concat();
    for property in [BY_ACT, "\"lost-update\""] {
        holds(property, false, &alone);
        holds(property, true, &asked);
    }
    let facts = Facts { ledger: 5, ..Facts::default() };
    let taken = [&asked[..4], &[(2, wrote(A, 4))]].concat();
    assert_eq!(verdict("\"red-packets\"", facts, &taken), (true, None));
    assert_eq!(
        verdict("\"red-packets\"", facts, &[&alone[..3], &[(2, wrote(A, 4))]].concat()),
        (false, None)
    );
}

#[test]
fn permits_are_counted() {
    let permits = r#"{"permits": {"of": 2}}"#;
    let two = [(0, Asks(C)), (0, enters(A)), (1, enters(B))];
    holds(permits, true, &two);
    violated(
        permits,
        &[&two[..], &[(3, enters(C))]].concat(),
        "c3 enters while c1 is in its section, which it entered 3 s ago; c2 is in its section, which it entered 2 s \
         ago: 3 believe to have one of 2 permits",
    );
}

#[test]
fn a_resumed_holder_no_longer_stands_still() {
    let events = [(0, Asks(B)), (0, enters(A)), (1, Pauses(0)), (2, Resumes(0)), (3, enters(B))];
    let (_, why) = verdict(MUTEX, Facts::default(), &events);
    assert!(!why.unwrap().contains("stands still"));
}

#[test]
fn readers_share_and_a_writer_shares_with_nobody() {
    holds(MUTEX, true, &[(0, Asks(A)), (0, Asks(B)), (0, shares(A)), (1, shares(B))]);
    holds(
        BY_ACT,
        true,
        &[(0, shares(A)), (0, shares(B)), (1, read(A, 5)), (2, read(B, 5)), (3, read(A, 5))],
    );
    violated(
        MUTEX,
        &[(0, Asks(A)), (0, Asks(B)), (0, shares(A)), (2, enters(B))],
        "c2 enters while c1 is in its section, which it entered 2 s ago, as a reader: both believe that they hold the lock",
    );
    violated(
        MUTEX,
        &[(0, Asks(A)), (0, Asks(B)), (0, enters(A)), (2, shares(B))],
        "c2 enters while c1 is in its section, which it entered 2 s ago: both believe that they hold the lock",
    );
    violated(
        BY_ACT,
        &[(0, shares(A)), (0, read(A, 5)), (2, enters(B)), (3, wrote(B, 6))],
        "a write of c2 reaches the ledger while c1 is in its section, which it entered 3 s ago",
    );
}

#[test]
fn an_update_is_lost_in_its_own_account_only() {
    let read = |who, number, value| Event::Read { who, account: Account(number), value };
    let wrote = |who, number, value| Event::Wrote { who, account: Account(number), value };
    holds(
        "\"lost-update\"",
        true,
        &[(0, read(A, 1, 5)), (0, read(B, 2, 5)), (1, wrote(A, 1, 4)), (2, wrote(B, 2, 6))],
    );
    violated(
        "\"lost-update\"",
        &[(0, read(A, 2, 5)), (0, read(B, 2, 5)), (1, wrote(A, 2, 4)), (2, wrote(B, 2, 6))],
        "c2 writes 6 to account 2, which rests on the 5 that it read before c1 wrote 4: the update of c1 is lost",
    );
}

const BY_ACT: &str = "\"mutual-exclusion-by-act\"";

#[test]
fn a_write_in_the_section_of_another_violates_exclusion_by_act() {
    violated(
        BY_ACT,
        &[
            (0, until(A, 10)),
            (0, read(A, 0)),
            (11, until(B, 21)),
            (11, read(B, 0)),
            (14, wrote(A, 1)),
        ],
        "a write of c1 reaches the ledger while c2 is in its section, which it entered 3 s ago",
    );
}

#[test]
fn a_write_after_a_later_section_acted_violates_exclusion_by_act() {
    violated(
        BY_ACT,
        &[
            (0, until(A, 10)),
            (11, until(B, 21)),
            (11, wrote(B, 1)),
            (12, Leaves(B)),
            (12, read(B, 1)),
            (14, wrote(A, 1)),
        ],
        "a write of c1 reaches the ledger after c2, which entered later, has acted there",
    );
}

#[test]
fn sections_one_after_the_other_exclude_each_other_by_act() {
    let first = [(0, enters(A)), (0, read(A, 0)), (4, wrote(A, 1)), (4, Leaves(A))];
    holds(BY_ACT, false, &first);
    holds(
        BY_ACT,
        true,
        &[&first[..], &[(5, enters(B)), (5, read(B, 1)), (9, wrote(B, 2))]].concat(),
    );
    // A belief that has ended is nobody's business.
    holds(BY_ACT, true, &[(0, until(A, 10)), (1, wrote(A, 1)), (10, enters(B)), (10, wrote(B, 2))]);
}

#[test]
fn a_write_upon_an_overtaken_read_loses_an_update() {
    violated(
        "\"lost-update\"",
        &[(0, read(A, 5)), (1, read(B, 5)), (2, wrote(B, 6)), (3, wrote(A, 6))],
        "c1 writes 6, which rests on the 5 that it read before c2 wrote 6: the update of c2 is lost",
    );
    holds(
        "\"lost-update\"",
        true,
        &[(0, read(A, 5)), (1, wrote(A, 6)), (1, read(B, 6)), (2, wrote(B, 7))],
    );
    // A second read makes the first one harmless; one writer alone loses nothing of others.
    holds(
        "\"lost-update\"",
        true,
        &[(0, read(A, 5)), (1, wrote(B, 6)), (2, read(A, 6)), (3, wrote(A, 7))],
    );
    holds(
        "\"lost-update\"",
        false,
        &[(0, read(A, 5)), (1, wrote(A, 6)), (2, read(A, 6)), (3, wrote(A, 7))],
    );
}

#[test]
fn red_packets_add_up() {
    let facts = Facts { ledger: 100, ..Facts::default() };
    let right = [(0, read(A, 100)), (1, wrote(A, 93)), (1, read(B, 93)), (2, wrote(B, 90))];
    assert_eq!(verdict("\"red-packets\"", facts, &right), (true, None));
    let wrong = [(0, read(A, 100)), (0, read(B, 100)), (1, wrote(A, 93)), (2, wrote(B, 90))];
    let why = "c2 takes 10 of the 100 that it read and writes 90: 17 handed out and 90 left are 107, 7 too much; \
        there were 100";
    assert_eq!(verdict("\"red-packets\"", facts, &wrong), (true, Some(why.to_owned())));
}

const RELEASE: &str = "\"release-safety\"";

#[test]
fn only_the_owner_removes() {
    let overrun =
        [(0, placed(A)), (0, enters(A)), (10, removed(None)), (11, placed(B)), (11, enters(B))];
    holds(RELEASE, false, &overrun);
    violated(
        RELEASE,
        &[&overrun[..], &[(12, Leaves(A)), (12, removed(Some(A)))]].concat(),
        "a request of c1 removes lock, which c2 placed there and which is in its section",
    );
    holds(RELEASE, true, &[(0, placed(A)), (4, removed(Some(A)))]);
    // What a process that is gone left behind is nobody's.
    holds(RELEASE, false, &[(0, placed(A)), (1, Crashes(0)), (4, removed(Some(B)))]);
}

#[test]
fn an_orphan_needs_somebody_who_is_gone() {
    let events = [(0, Asks(A)), (0, Asks(B)), (0, enters(A)), (1, Crashes(0)), (10, enters(B))];
    let crashes = Facts { crashes: true, ..Facts::default() };
    assert_eq!(verdict("\"orphaned-lock\"", crashes, &events), (true, None));
    // Who died outside of its section did not leave the lock behind.
    let outside = [
        (0, Asks(A)),
        (0, Asks(B)),
        (0, enters(A)),
        (1, Crashes(1)),
        (4, Leaves(A)),
        (5, enters(A)),
    ];
    assert_eq!(verdict("\"orphaned-lock\"", crashes, &outside), (false, None));
    // Where nobody can die, it is enough that somebody entered while another waited.
    holds("\"orphaned-lock\"", true, &events[..3]);
    assert_eq!(build("\"orphaned-lock\"", crashes).liveness(), Some(Liveness::NotForEver));
}

#[test]
fn a_bounded_wait_is_asked_of_the_search() {
    let json = r#"{"bounded-wait": {"bound": "30s"}}"#;
    let bound = Liveness::NextEntryWithin(Micros::from_ms(30_000));
    assert_eq!(build(json, Facts::default()).liveness(), Some(bound));
    holds(json, true, &[(0, Asks(A)), (0, Asks(B)), (0, enters(A))]);
    holds(
        json,
        false,
        &[(0, Asks(A)), (0, enters(A)), (4, Leaves(A)), (4, Asks(B)), (4, enters(B))],
    );
}

#[test]
fn who_is_in_line_is_not_overtaken() {
    let line = [(0, InLine(A)), (0, InLine(B)), (0, InLine(C)), (0, InLine(A))];
    let rest = [(1, enters(A)), (2, Leaves(A)), (2, enters(B)), (3, enters(C))];
    holds("\"fifo\"", true, &[&line[..], &rest[..]].concat());
    violated(
        "\"fifo\"",
        &[&line[..], &[(1, enters(C))]].concat(),
        "c3 enters although c1 and c2 were in line before it",
    );
    // The dead and the satisfied leave the line.
    holds("\"fifo\"", true, &[&line[..], &[(1, Crashes(0)), (2, enters(B))]].concat());
    holds("\"fifo\"", true, &[&line[..], &[(1, Done(A)), (2, enters(B))]].concat());
    holds("\"fifo\"", false, &[(0, InLine(A)), (1, enters(A)), (2, InLine(B)), (2, enters(B))]);
}

#[test]
fn some_overtaking_can_be_allowed() {
    let twice = r#"{"fifo": {"overtakings": 2}}"#;
    let again = |at| [(at, InLine(B)), (at, enters(B)), (at, Leaves(B))];
    let events = [&[(0, InLine(A))][..], &again(1), &again(2)].concat();
    holds(twice, true, &events);
    let third = [&events[..], &again(3)].concat();
    violated(twice, &third, "c2 enters before c1, which was overtaken 2 times already");
}
