//! What recipes promise holds in every order of events, whoever comes when: nobody takes anything away that is another's, and
//! nobody is overtaken.

use lockstep::explore::Verdict;
use lockstep::model::Model;
use lockstep::run::{Asked, check};

use super::promises::PROMISES;

/// Forms in which several are inside at once: recipe, parameters, store, properties.
const SHARED: [(&str, &str, &str, &str); 8] = [
    ("redis-semaphore", r#""limit": 2"#, REDIS, r#""release-safety", {"permits": {"of": 2}}"#),
    ("redis-semaphore", r#""limit": 2, "refresh": "3s""#, REDIS, r#""release-safety""#),
    ("redisson-read-write", r#""role": "read""#, REDIS, r#""release-safety""#),
    ("redisson-read-write", r#""role": "read", "lease": "20s""#, REDIS, r#""release-safety""#),
    ("read-write", r#""role": "read""#, ZOOKEEPER, r#""release-safety""#),
    ("curator-read-write", r#""role": "read""#, ZOOKEEPER, r#""release-safety""#),
    ("semaphore", r#""leases": 2"#, ZOOKEEPER, r#""release-safety", {"permits": {"of": 2}}"#),
    ("kazoo-semaphore", r#""leases": 2"#, ZOOKEEPER, r#""release-safety", {"permits": {"of": 2}}"#),
];

const REDIS: &str = r#"{"redis": {}}"#;
const ZOOKEEPER: &str = r#"{"zookeeper": {}}"#;

/// How much later (s) each client begins than the one before.
const STAGGERS: [u32; 3] = [0, 1, 6];

/// So many states at most: where waits are drawn there are many more, one like the other.
const STATES: u64 = 10_000;

/// What a search says of two sections of each client.
fn verdict(
    name: &str,
    lock: &str,
    store: &str,
    (clients, stagger): (u32, u32),
    props: &str,
) -> Verdict {
    let starts: Vec<String> = (0..clients).map(|number| format!("{}s", number * stagger)).collect();
    let clients = match name {
        // A mutex of one process is for its threads.
        "local" => format!(r#"{{"processes": 1, "threads": {clients}}}"#),
        _ => format!(r#"{{"processes": {clients}, "starts": {starts:?}}}"#),
    };
    let text = format!(
        r#"{{"title": "t", "why": "w", "store": {store}, "lock": {{"{name}": {{{lock}}}}}, "clients": {clients},
            "work": {{"section": {{"work": "4s", "rounds": 2}}}}, "properties": [{props}]}}"#
    );
    let model = Model::parse("m.json", text).unwrap_or_else(|bad| panic!("{name}: {bad}"));
    let asked = Asked { states: Some(STATES), ..Asked::default() };
    check(model, asked, &mut lockstep::explore::to_the_end).outcome.verdict
}

#[test]
fn correct_recipes_keep_their_promises_whoever_comes_when() {
    let exclusive = PROMISES.iter().map(|it| {
        let all = ["mutual-exclusion"].iter().chain(it.promises);
        let all: Vec<String> = all.map(|name| format!("{name:?}")).collect();
        (it.recipe, it.with, it.store, all.join(", "))
    });
    let shared = SHARED.iter().map(|it| (it.0, it.1, it.2, it.3.to_owned()));
    let mut broken = Vec::new();
    for (name, with, store, properties) in exclusive.chain(shared) {
        let mut holds = false;
        for clients in [2, 3] {
            for stagger in STAGGERS {
                // What takes longer than its time to live is not what is promised.
                let lock = with.replace(r#""timeout": "90ms""#, r#""timeout": "9s""#);
                match verdict(name, &lock, store, (clients, stagger), &properties) {
                    // Or nothing in so many states: of a few all are looked at in another row.
                    Verdict::Holds | Verdict::Cut(_) => holds = true,
                    // Where nobody had to wait there may be nothing to judge.
                    Verdict::Vacuous(_) => {}
                    other => broken
                        .push(format!("{name} {with}, {clients} every {stagger} s: {other:?}")),
                }
            }
        }
        if !holds {
            broken.push(format!("{name} {with}: nothing was put to the test"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
