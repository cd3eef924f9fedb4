//! Properties in whole worlds: what is a violation there, and what only looks like one.

use lockstep::event::{By, Event, Kept};
use lockstep::explore::Verdict;
use lockstep::model::Model;
use lockstep::run::{Asked, Recording, check};
use lockstep::store::effect::Change;

const REDIS: &str = r#"{"redis": {}}"#;
const ZOOKEEPER: &str = r#"{"zookeeper": {"tick": "2s", "session": "6s"}}"#;

fn model(store: &str, lock: &str, clients: &str, work: &str, rest: &str) -> Result<Model, String> {
    // Roles have locks of their own.
    let lock = if lock.is_empty() { String::new() } else { format!("\"lock\": {lock}, ") };
    let text = format!(
        r#"{{"title": "t", "why": "w", "store": {store}, {lock}"clients": {clients}, "work": {work}, {rest}}}"#
    );
    Model::parse("m.json", text).map_err(|problem| problem.to_string())
}

/// Why a search says that it is violated; nothing if it is not.
fn violated(store: &str, lock: &str, clients: &str, work: &str, rest: &str) -> Option<String> {
    let model = model(store, lock, clients, work, rest).unwrap();
    match check(model, Asked::default(), &mut lockstep::explore::to_the_end).outcome.verdict {
        Verdict::Violated { violation, .. } => Some(violation.why),
        Verdict::Cut(why) => panic!("{why:?}"),
        _ => None,
    }
}

const RELEASE: &str = r#""properties": ["release-safety"]"#;

#[test]
fn what_is_over_may_be_taken_over() {
    let two = r#"{"processes": 2}"#;
    let pause = format!(r#""faults": [{{"pause": {{"for": "8s"}}}}], {RELEASE}"#);
    let heeds = r#"{"section": {"work": "4s", "stop": "at-validity"}}"#;
    let timestamp = r#"{"timestamp": {"timeout": "5s", "retry": {"after": "1s"}}}"#;
    // Not between its last look and its release: then it removes what another has placed meanwhile.
    let at_work = pause.replace("8s\"", "8s\", \"phase\": \"working\"");
    assert_eq!(violated(REDIS, timestamp, two, heeds, &at_work), None);
    // Whether its holder heeds that or not.
    let overruns = r#"{"section": {"work": "8s"}}"#;
    assert_eq!(violated(REDIS, timestamp, two, overruns, RELEASE), None);
    let permit = r#"{"redis-semaphore": {"timeout": "5s", "retry": {"after": "1s"}}}"#;
    assert_eq!(violated(REDIS, permit, two, overruns, RELEASE), None);
    let lease = r#"{"kazoo-lease": {"duration": "5s", "retry": {"after": "1s"}}}"#;
    assert_eq!(violated(ZOOKEEPER, lease, two, overruns, RELEASE), None);
    // But not what another has placed by then.
    let always = timestamp.replace("5s\"", "5s\", \"release\": \"always\"");
    let why = violated(REDIS, &always, two, r#"{"section": {"work": "4s"}}"#, &pause);
    assert!(why.is_some_and(|why| why.contains("removes lock, which")));
}

#[test]
fn whoever_shortens_the_time_of_another_is_unsafe() {
    let read = |lease, shrinks| {
        format!(
            r#"{{"lock": {{"redisson-read-write": {{"role": "read", "lease": "{lease}s", "shrinks_lease": {shrinks}}}}}}}"#
        )
    };
    let clients = |shrinks| {
        format!(r#"{{"roles": {{"a": {}, "b": {}}}}}"#, read(20, false), read(5, shrinks))
    };
    let of = |shrinks| {
        let (store, work) = (REDIS, r#"{"section": {"work": "3s"}}"#);
        violated(store, "", &clients(shrinks), work, RELEASE)
    };
    assert_eq!(of(false), None);
    assert!(of(true).is_some_and(|why| why.contains("shortens the time of")), "{:?}", of(true));
}

#[test]
fn a_fair_queue_begins_with_the_entry_in_it() {
    let five = r#"{"processes": 5}"#;
    let (work, fifo) = (r#"{"section": {"work": "1s"}}"#, r#""properties": ["fifo"]"#);
    for lock in ["sequential", "kazoo", "guid", "curator", "aiozk", "election"] {
        let model = model(ZOOKEEPER, &format!(r#"{{"{lock}": {{}}}}"#), five, work, fifo).unwrap();
        for seed in 0..100 {
            let ended = Recording::sampled(&model, seed).ended;
            assert_eq!(ended.violation, None, "{lock}, seed {seed}");
        }
    }
}

#[test]
fn a_session_that_ends_gives_its_place_up() {
    let rest = r#""faults": ["expire-session"], "properties": ["fifo"]"#;
    let lock = r#"{"sequential": {"retry": {"after": "1s"}}}"#;
    let work = r#"{"section": {"work": "10s"}}"#;
    assert_eq!(violated(ZOOKEEPER, lock, r#"{"processes": 3}"#, work, rest), None);
}

#[test]
fn whose_own_time_is_over_is_woken_by_nobody() {
    let (work, herd) = (r#"{"section": {"work": "4s"}}"#, r#""properties": ["herd"]"#);
    let lock = r#"{"python-redis-lock": {"timeout": "3s"}}"#;
    assert_eq!(violated(REDIS, lock, r#"{"processes": 3}"#, work, herd), None);
}

#[test]
fn of_a_herd_the_worst_change_is_told() {
    let clients = r#"{"processes": 6, "starts": ["0s", "0s", "1s", "1s", "1s", "1s"]}"#;
    let (lock, work) = (r#"{"sequential": {"watch": "all"}}"#, r#"{"section": {"work": "500ms"}}"#);
    let model = model(ZOOKEEPER, lock, clients, work, r#""properties": ["herd"]"#).unwrap();
    let recording = Recording::sampled(&model, 1);
    let told = recording.events.iter().filter_map(|record| match &record.event {
        Event::Wakes { clients, .. } => Some(clients.len()),
        _ => None,
    });
    let most = told.max().unwrap();
    let why = recording.ended.violation.unwrap().why;
    assert!(
        why.contains(&format!("wakes {most} clients at once")),
        "{why}, and {most} is the most"
    );
}

#[test]
fn who_heeds_a_lease_that_is_over_does_not_begin() {
    let lock = r#"{"set-nx-px": {"ttl": "10s", "retry": {"after": "1s"}}}"#;
    let rest = r#""faults": [{"pause": {"phase": "acquiring", "for": "11s"}}],
        "properties": ["mutual-exclusion-by-act", "mutual-exclusion"]"#;
    for work in ["counter", "steps", "section"] {
        let rest = if work == "section" {
            rest.replace("\"mutual-exclusion-by-act\", ", "")
        } else {
            rest.to_owned()
        };
        let work = format!(r#"{{"{work}": {{"work": "4s", "stop": "at-validity"}}}}"#);
        assert_eq!(violated(REDIS, lock, r#"{"processes": 2}"#, &work, &rest), None, "{work}");
    }
}

#[test]
fn a_time_that_a_command_cannot_say_is_refused() {
    let refused = |lock: &str| {
        model(REDIS, lock, r#"{"processes": 2}"#, r#"{"section": {}}"#, RELEASE)
            .err()
            .unwrap_or_default()
    };
    for lock in ["set-nx-px", "watchdog", "fenced", "redlock", "multi-lock", "keyspace-events"] {
        let why = refused(&format!(r#"{{"{lock}": {{"ttl": "0s"}}}}"#));
        assert!(why.contains("ERR invalid expire time"), "{lock}: {why}");
        let why = refused(&format!(r#"{{"{lock}": {{"ttl": "1500us"}}}}"#));
        assert!(why.contains("send 1; write 1ms or 2ms"), "{lock}: {why}");
    }
    for lock in [
        r#"{"setnx-expire": {"ttl": "500ms"}}"#,
        r#"{"laravel": {"seconds": "500ms"}}"#,
        r#"{"sherlock": {"expire": "500ms"}}"#,
        r#"{"python-redis-lock": {"expire": "500ms"}}"#,
    ] {
        let why = refused(lock);
        assert!(why.contains("send 0; write 0s or 1s"), "{lock}: {why}");
    }
    for lock in [
        r#"{"setnx-expire": {"ttl": "500ms", "unit": "milliseconds"}}"#,
        r#"{"laravel": {"seconds": "0s"}}"#,
    ] {
        assert_eq!(refused(lock), "");
    }
}

#[test]
fn redis_py_without_a_timeout() {
    let (two, work) = (r#"{"processes": 2}"#, r#"{"section": {"work": "20s"}}"#);
    let rest = r#""properties": ["mutual-exclusion"]"#;
    let with = |with: &str| format!(r#"{{"redis-py": {{"sleep": "1s", {with}}}}}"#);
    // PEXPIRE 0 deletes the key; the script of extend finds no time to live and does nothing.
    let reacquired =
        violated(REDIS, &with(r#""timeout": "0s", "renew": "reacquire""#), two, work, rest);
    assert!(reacquired.is_some());
    for lock in
        [r#""timeout": "0s", "renew": "extend""#, r#""timeout": "0s""#, r#""timeout": null"#]
    {
        assert_eq!(violated(REDIS, &with(lock), two, work, rest), None, "{lock}");
    }
    for renew in ["extend", "reacquire"] {
        let lock = with(&format!(r#""timeout": null, "renew": "{renew}""#));
        let refused = model(REDIS, &lock, two, work, rest).unwrap_err();
        assert!(refused.contains("LockError"), "{refused}");
    }
}

#[test]
fn redlock_net_sets_again_what_it_has_lost() {
    let role = |work: &str| {
        format!(
            r#"{{"processes": 1, "work": {{"counter": {{"work": "{work}", "stop": "when-lost"}}}}}}"#
        )
    };
    let clients = format!(r#"{{"roles": {{"long": {}, "short": {}}}}}"#, role("30s"), role("1s"));
    let lock = |library: &str| {
        format!(
            r#"{{"redlock-library": {{"library": "{library}", "ttl": "10s", "extends": true, "but": {{"tries": 1}},
                "retry": {{"after": "1s"}}}}}}"#
        )
    };
    let rest = r#""faults": [{"pause": {"process": "long", "phase": "working", "for": "18s"}}],
        "properties": ["lost-update"]"#;
    let text = format!(
        r#"{{"title": "t", "why": "w", "store": {REDIS}, "lock": {}, "clients": {clients}, {rest}}}"#,
        lock("redlock-net")
    );
    let model = Model::parse("m.json", text).unwrap_or_else(|bad| panic!("{bad}"));
    // Until the holder pauses too late to be told, and sets its key a second time when it goes on.
    let outcome =
        check(model.clone(), Asked::default(), &mut lockstep::explore::to_the_end).outcome;
    assert!(
        matches!(outcome.verdict, Verdict::Violated { deviations: 1, .. }),
        "{:?}",
        outcome.verdict
    );
    let events = lockstep::run::recording_of(&model, &outcome).unwrap().events;
    let mut placed = std::collections::BTreeMap::new();
    for record in &events {
        if let Event::Kept(Kept { by: By::Thread(who), change: Change::Placed { .. }, .. }) =
            &record.event
        {
            *placed.entry(who.process).or_insert(0) += 1;
        }
    }
    assert_eq!(placed.get(&0), Some(&2), "the first sets its key twice: {placed:?}");
}

#[test]
fn a_waiter_of_curator_that_is_interrupted_deletes_its_node() {
    let (three, work) = (r#"{"processes": 3}"#, r#"{"section": {"work": "4s"}}"#);
    let rest = |fault: &str| {
        format!(
            r#""given": {{"nodes": {{"/lock": ""}}}}, "faults": [{{"interrupt": {{{fault}}}}}], "properties": ["orphaned-lock"]"#
        )
    };
    for lock in ["curator", "curator-read-write"] {
        let of = |fault: &str| {
            violated(
                ZOOKEEPER,
                &format!(r#"{{"{lock}": {{"retry": {{"after": "1s"}}}}}}"#),
                three,
                work,
                &rest(fault),
            )
        };
        assert_eq!(of(r#""process": "c2", "after": "getData""#), None, "{lock}");
        // The create is under way: nobody knows of a node.
        assert!(of(r#""phase": "acquiring""#).is_some(), "{lock}");
        // A thread that ends there has no `finally`: whoever waits behind it waits in vain.
        assert!(of(r#""process": "c2", "after": "getData", "then": "ends""#).is_some(), "{lock}");
    }
}

/// Nobody is told to go on who has ended.
#[test]
fn a_story_says_when_somebody_does_not_ask_again() {
    use lockstep::report::{Cast, story};
    let told = |store, lock: &str, clients: &str, rest: &str| {
        let model = model(store, lock, clients, r#"{"section": {"work": "4s"}}"#, rest).unwrap();
        let found =
            check(model.clone(), Asked::default(), &mut lockstep::explore::to_the_end).outcome;
        let recording = lockstep::run::recording_of(&model, &found).unwrap();
        story(&Cast::of(&recording.setup), &recording.events, 1000)
    };
    let ends = told(
        ZOOKEEPER,
        r#"{"sequential": {}}"#,
        r#"{"processes": 2}"#,
        r#""given": {"nodes": {"/lock": ""}}, "faults": [{"interrupt": {"phase": "acquiring", "then": "ends"}}],
            "properties": ["orphaned-lock"]"#,
    );
    assert!(ends.contains("does not ask again") && !ends.contains("try again"), "{ends}");
    let goes_on = told(
        ZOOKEEPER,
        r#"{"sequential": {}}"#,
        r#"{"processes": 2}"#,
        r#""given": {"nodes": {"/lock": ""}}, "faults": [{"interrupt": {"phase": "acquiring"}}],
            "properties": ["orphaned-lock"]"#,
    );
    assert!(goes_on.contains("try again") && !goes_on.contains("does not ask again"), "{goes_on}");
}
