//! Recipes send what the libraries sent: `compare` says what is compared and how.

mod client;
mod compare;
mod player;
mod presence;
mod redis;
mod redis_cases;
mod scripts;
mod shape;
mod subscribers;
mod symbols;
mod thread;
mod waits;
mod words;
mod zookeeper;
mod zookeeper_cases;

use std::fs;
use std::path::PathBuf;

use lockstep::cx::LockBox;
use lockstep::json::Document;
use lockstep::registry;
use lockstep::trace::Trace;

use compare::{Clients, Compared, Setup, compare};
use redis_cases::REDIS;
use zookeeper_cases::ZOOKEEPER;

/// A recording, and what runs in the place of its clients.
#[derive(Clone, Copy)]
struct Case {
    file: &'static str,
    /// The recipe, and variants of it; `$3` is the fourth word of the request that begins an acquisition.
    recipes: &'static [&'static str],
    clients: Clients,
    /// What is passed over.
    other: &'static [&'static str],
    /// Clients, requests that are the same, and acquisitions that were granted.
    counts: (usize, usize, usize),
    wall_doubt_ms: i64,
    waited_ms: i64,
    unread: bool,
    names: &'static [(&'static str, &'static str)],
    /// How many requests differ at most, and why.
    differs: Option<(usize, &'static str)>,
}

const fn case(
    file: &'static str,
    recipes: &'static [&'static str],
    clients: Clients,
    other: &'static [&'static str],
    counts: (usize, usize, usize),
) -> Case {
    let (wall_doubt_ms, waited_ms, unread) = (0, 0, false);
    let (names, differs) = (&[] as &[_], None);
    Case { file, recipes, clients, other, counts, wall_doubt_ms, waited_ms, unread, names, differs }
}

impl Case {
    /// Nobody reads what SETNX writes: the recipe writes 1, the recorded program a token.
    const fn unread(self) -> Self {
        Self { unread: true, ..self }
    }

    /// The client read its wall clock up to so many ms before its request was executed.
    const fn late(self, wall_doubt_ms: i64) -> Self {
        Self { wall_doubt_ms, ..self }
    }

    /// A first request waited up to so many ms in the client for its connections.
    const fn waited(self, waited_ms: i64) -> Self {
        Self { waited_ms, ..self }
    }

    /// What the recorded program calls otherwise.
    const fn named(self, names: &'static [(&'static str, &'static str)]) -> Self {
        Self { names, ..self }
    }

    /// A known difference.
    const fn differs(self, most: usize, why: &'static str) -> Self {
        Self { differs: Some((most, why)), ..self }
    }

    fn compare(&self) -> Compared {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("traces/recorded");
        let trace = Trace::open(&folder.join(format!("{}.jsonl", self.file))).unwrap();
        let recipes = |words: &[String]| {
            self.recipes.iter().filter_map(|template| recipe(template, words)).collect()
        };
        let setup = Setup {
            recipes: &recipes,
            other: self.other,
            clients: self.clients,
            names: self.names,
            unread: self.unread,
            wall_doubt_ms: self.wall_doubt_ms,
            waited_ms: self.waited_ms,
        };
        compare(&trace, &setup).unwrap()
    }
}

impl Case {
    /// Whether the comparison came to what the table says.
    fn verdict(&self, compared: &Compared) -> bool {
        let counts = (compared.clients, compared.requests, compared.acquired);
        match self.differs {
            None => compared.mismatches.is_empty() && counts == self.counts,
            // A recipe that comes nearer to its library is no failure.
            Some((most, why)) => {
                assert!(!why.is_empty());
                compared.mismatches.len() <= most && counts.1 >= self.counts.1
            }
        }
    }
}

/// The recipe with words of a request in the place of `$1`…; none if the request does not have them.
fn recipe(template: &str, words: &[String]) -> Option<LockBox> {
    let mut text = template.to_owned();
    for (number, word) in words.iter().enumerate().rev() {
        text = text.replace(&format!("${number}"), word);
    }
    let document = Document::parse("the table", text).unwrap();
    registry::recipe(&document.root()).ok().map(|(lock, _)| lock)
}

/// All recordings that are compared.
fn cases() -> impl Iterator<Item = &'static Case> {
    REDIS.iter().chain(ZOOKEEPER)
}

/// How many acquisitions the recording has, as its recipe counts them; none if there is no recipe for it.
pub(crate) fn acquired(file: &str) -> Option<usize> {
    cases().find(|case| case.file == file).map(|case| case.counts.2)
}

fn find(file: &str) -> Case {
    *cases().find(|case| case.file == file).unwrap()
}

#[test]
fn every_recipe_sends_what_the_library_sent() {
    let mut wrong = Vec::new();
    for case in cases() {
        let compared = case.compare();
        let counts = (compared.clients, compared.requests, compared.acquired);
        let different = compared.mismatches.len();
        let as_expected = case.verdict(&compared);
        assert!(compared.requests > 0, "{}: nothing was compared", case.file);
        if !as_expected {
            wrong.push(format!("{}: {counts:?}, {different} differ", case.file));
            wrong
                .extend(compared.mismatches.iter().take(3).map(|mismatch| format!("  {mismatch}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Recordings that are not compared, by how their names begin, and why.
const NOT_COMPARED: &[(&str, &str)] = &[
    ("redis/conf-", "commands of all kinds, written to compare the store"),
    ("redis/fuzz-", "random commands"),
    ("redis/monitor-lua.log", "what MONITOR shows has no replies"),
    ("redis/monitor-overlap.log", "what MONITOR shows has no replies"),
    (
        "redis/monitor-paired.log",
        "what MONITOR shows has no replies; the same session is compared as it was recorded",
    ),
    ("redis/recipe-redpacket-lua-", "a script without a lock"),
    ("redis/recipe-redpacket-nolock-", "no lock"),
    ("redis/recipe-redpacket-watch-", "a transaction without a lock"),
    ("redis/recipe-token-list-", "a list of tokens, written by hand: no recipe here is one"),
    ("zookeeper/conf-", "operations of all kinds, written to compare the store"),
    ("zookeeper/ensemble-move-", "sessions that move between servers, without a lock"),
    (
        "zookeeper/ensemble-close-",
        "a session that closes with its nodes, seen from all servers, without a lock",
    ),
    ("zookeeper/ensemble-expiry-", "sessions that end at followers, without a lock"),
    ("zookeeper/kazoo-barrier-", "a barrier is no lock: all pass it, and nobody holds it"),
    ("zookeeper/rand-", "random operations"),
    ("zookeeper/restart-", "sessions over a restart of their server, without a lock"),
];

/// The files under `traces/recorded`, as `redis/name.jsonl`.
fn recordings() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("traces/recorded");
    let files = ["redis", "zookeeper"].into_iter().flat_map(|store| {
        let names = fs::read_dir(folder.join(store)).unwrap();
        names.map(move |entry| format!("{store}/{}", entry.unwrap().file_name().to_str().unwrap()))
    });
    files.collect()
}

#[test]
fn every_recording_is_compared_or_named_with_a_reason() {
    let recordings = recordings();
    let mut wrong = Vec::new();
    for file in &recordings {
        let compared =
            cases().filter(|case| file.strip_suffix(".jsonl") == Some(case.file)).count();
        let named = NOT_COMPARED.iter().filter(|(begins, _)| file.starts_with(begins)).count();
        if compared + named != 1 {
            wrong.push(format!("{file} is compared {compared} times and named {named} times"));
        }
    }
    for (begins, why) in NOT_COMPARED {
        assert!(!why.is_empty());
        if !recordings.iter().any(|file| file.starts_with(begins)) {
            wrong.push(format!("there is no {begins}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn most_recordings_have_no_difference() {
    let equal: Vec<&Case> = cases().filter(|case| case.differs.is_none()).collect();
    let requests: usize = equal.iter().map(|case| case.counts.1).sum();
    assert!(equal.len() * 10 > cases().count() * 8 && requests > 18_000, "{requests}");
}

/// The case with another recipe in the place of the right one.
fn mutated(file: &str, recipe: &'static [&'static str]) -> Compared {
    Case { recipes: recipe, ..find(file) }.compare()
}

#[test]
fn a_request_too_few_or_of_another_kind_is_seen() {
    // A release that does not look first.
    let del = &[r#"{"set-nx-px": {"key": "$1", "ttl": "$5ms", "release": "del"}}"#];
    let compared = mutated("redis/recipe-set-nx-px-cad-1", del);
    assert!(compared.mismatches[0].to_string().contains("sends DEL lock"));
    let get = &[r#"{"set-nx-px": {"key": "$1", "ttl": "$5ms"}}"#];
    assert!(!mutated("redis/recipe-watch-release-1", get).mismatches.is_empty());
    // Watches of another kind, and of another node.
    let all = &[r#"{"sequential": {"directory": "/lock", "watch": "all"}}"#];
    assert!(!mutated("zookeeper/hand-pred-1", all).mismatches.is_empty());
    let one = &[r#"{"sequential": {"directory": "/lock"}}"#];
    assert!(!mutated("zookeeper/hand-all-1", one).mismatches.is_empty());
}

#[test]
fn another_version_a_shorter_patience_or_a_look_too_few_is_seen() {
    // Version 5 removes only after its last try, and in version 4 nobody waits for most servers only.
    let newer = &[
        r#"{"redlock-library": {"library": "node-redlock", "key": "$2", "ttl": "$4ms", "but": {"tries": 21, "delay": {"after": "0ms"}}}}"#,
        r#"{"redlock-library": {"library": "node-redlock", "key": "$2", "also": ["$3"], "ttl": "$5ms", "but": {"tries": 21, "delay": {"after": "0ms"}}}}"#,
    ];
    assert!(!mutated("redis/npm-redlock4-3n-1", newer).mismatches.is_empty());
    let slow = &[
        r#"{"redlock-library": {"library": "node-redlock", "key": "$2", "ttl": "$4ms", "but": {"tries": 21, "delay": {"after": "30ms"}}}}"#,
    ];
    let compared = mutated("redis/npm-redlock5-1", slow);
    assert!(compared.mismatches.iter().any(|seen| seen.recorded.contains("ms before the recipe")));
    // Who has subscribed tries again at once.
    let waits = &[
        r#"{"redisson": {"key": "$2", "lease": "$3ms", "watchdog_timeout": "90ms", "plain_unlock": true, "reenter": 1, "defect": "no-recheck-after-subscribe"}}"#,
        r#"{"redisson": {"key": "$2", "lease": "$3ms", "watchdog_timeout": "90ms", "plain_unlock": true, "defect": "no-recheck-after-subscribe"}}"#,
    ];
    assert!(!mutated("redis/recipe-redisson-3", waits).mismatches.is_empty());
}

#[test]
fn what_a_recipe_sends_after_its_client_has_sent_everything_is_seen() {
    // Acquisitions that failed end with the program's fourth try: a fifth is one too many.
    let stubborn = &[
        r#"{"redlock-library": {"library": "redlock-py", "key": "$1", "ttl": "$5ms", "but": {"tries": 5, "delay": {"after": "30ms", "jitter": "0ms"}}}}"#,
    ];
    let compared = mutated("redis/redlock-py-3n-1", stubborn);
    assert_eq!(compared.mismatches.len(), find("redis/redlock-py-3n-1").compare().refused);
    for seen in &compared.mismatches {
        assert!(seen.recorded.starts_with("nothing more, and was there"), "{seen}");
        assert!(seen.recipe.starts_with("sends SET res"), "{seen}");
    }
    // What was right is counted all the same.
    assert_eq!(compared.requests, find("redis/redlock-py-3n-1").counts.1);
    // Whoever has gone from the line looks once more than who waits for a node that is gone.
    let looks = &[r#"{"sequential": {"directory": "/lock"}}"#];
    let compared = mutated("zookeeper/hand-race-naive-exists-1", looks);
    let more = compared.mismatches.iter().find(|seen| seen.recorded.starts_with("nothing more"));
    assert!(more.is_some_and(|seen| seen.client == "c2" && seen.recipe.contains("getChildren")));
}

#[test]
fn a_recipe_that_waits_for_ever_where_its_client_went_on_is_seen() {
    let naive = &[r#"{"sequential": {"directory": "/lock", "defect": "waits-for-missing"}}"#];
    let compared = mutated("zookeeper/hand-race-correct-exists-1", naive);
    let waits = compared.mismatches.iter().find(|seen| seen.recipe == "waits for ever");
    assert!(waits.is_some_and(|seen| seen.client == "c2" && seen.recorded == "getChildren /lock"));
    assert!(
        find("zookeeper/hand-race-correct-exists-1")
            .compare()
            .mismatches
            .iter()
            .all(|seen| seen.client == "c1")
    );
}

#[test]
fn a_waiter_that_gives_up_too_early_is_seen() {
    let hasty = &[r#"{"curator": {"directory": "/cm", "waits": {"at-most": "1ms"}}}"#];
    assert!(!mutated("zookeeper/curator-mutex-1", hasty).mismatches.is_empty());
}

#[test]
fn another_time_to_live_key_or_delay_is_seen() {
    let ttl = &[r#"{"set-nx-px": {"key": "$1", "ttl": "41ms"}}"#];
    assert!(!mutated("redis/recipe-set-nx-px-cad-1", ttl).mismatches.is_empty());
    let key = &[r#"{"set-nx-px": {"key": "other", "ttl": "$5ms"}}"#];
    assert!(!mutated("redis/recipe-set-nx-px-cad-1", key).mismatches.is_empty());
    let slow = &[r#"{"redis-py": {"key": "$1", "timeout": "$5ms", "sleep": "30ms"}}"#];
    let compared = mutated("redis/redis-py-asyncio-lock-1", slow);
    assert!(compared.mismatches[0].to_string().contains("ms before the recipe does"));
}
