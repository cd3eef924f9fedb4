//! Recipes send what the libraries sent.

use std::path::PathBuf;

use lockstep::cx::LockBox;
use lockstep::json::Document;
use lockstep::registry;
use lockstep::trace::Trace;
use lockstep::trace::conform::{self, Clients, Compared, Setup};

/// A recording, and the recipe that runs in the place of its clients.
pub(super) struct Case {
    pub(super) file: &'static str,
    /// The recipe; `$3` is the fourth word of the request that begins an acquisition.
    pub(super) recipe: &'static str,
    pub(super) clients: Clients,
    pub(super) other: &'static [&'static str],
    pub(super) wall_doubt_ms: i64,
    pub(super) unread: bool,
    pub(super) names: &'static [(&'static str, &'static str)],
}

pub(super) fn recipe(template: &str, words: &[String]) -> Option<LockBox> {
    let mut text = template.to_owned();
    for (number, word) in words.iter().enumerate().rev() {
        text = text.replace(&format!("${number}"), word);
    }
    // The request is too short, or has other words in these places: it begins no acquisition.
    let document = Document::parse("the table", text).unwrap();
    registry::recipe(&document.root()).ok().map(|(lock, _)| lock)
}

pub(super) fn compare(case: &Case, template: &str) -> Compared {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("traces/recorded").join(case.file);
    let trace = Trace::open(&path).unwrap();
    let setup = Setup {
        recipe: &|words| recipe(template, words),
        other: case.other,
        clients: case.clients,
        wall_doubt_ms: case.wall_doubt_ms,
        unread: case.unread,
        names: case.names,
    };
    conform::compare(&trace, &setup).unwrap()
}

impl Case {
    const fn unread(self) -> Self {
        Self { unread: true, ..self }
    }

    const fn late(self, wall_doubt_ms: i64) -> Self {
        Self { wall_doubt_ms, ..self }
    }

    const fn named(self, names: &'static [(&'static str, &'static str)]) -> Self {
        Self { names, ..self }
    }
}

const ONE: Clients = Clients::Connections;
const TOKENS: Clients = Clients::Tokens;

const fn case(
    file: &'static str,
    recipe: &'static str,
    clients: Clients,
    other: &'static [&'static str],
) -> Case {
    Case { file, recipe, clients, other, wall_doubt_ms: 0, unread: false, names: &[] }
}

const REDIS_PY: &str = r#"{"redis-py": {"key": "$1", "timeout": "$5ms", "sleep": "10ms"}}"#;

const CASES: &[Case] = &[
    case("redis/recipe-setnx-bare-1.jsonl", r#"{"setnx": {"key": "$1"}}"#, ONE, &["GET n", "SET n"]).unread(),
    case("redis/recipe-setnx-expire-1.jsonl", r#"{"setnx-expire": {"key": "$1", "ttl": "80ms"}}"#, ONE, &["GET n", "SET n"]).unread(),
    case("redis/recipe-set-nx-px-cad-1.jsonl", r#"{"set-nx-px": {"key": "$1", "ttl": "$5ms"}}"#, ONE, &["INCR inside", "DECR inside"]),
    case("redis/recipe-set-nx-px-naive-del-1.jsonl", r#"{"set-nx-px": {"key": "$1", "ttl": "$5ms", "release": "del"}}"#, ONE, &["INCR inside", "DECR inside"]),
    case("redis/recipe-set-nx-px-get-del-1.jsonl", r#"{"set-nx-px": {"key": "$1", "ttl": "$5ms", "release": "get-del"}}"#, ONE, &["INCR inside", "DECR inside"]),
    case("redis/recipe-watch-release-1.jsonl", r#"{"set-nx-px": {"key": "$1", "ttl": "$5ms", "release": "watch"}}"#, ONE, &["INCR inside", "DECR inside"]),
    case("redis/recipe-setnx-timestamp-del-1.jsonl", r#"{"timestamp": {"key": "$1", "timeout": "1s", "takeover": "del"}}"#, ONE, &["INCR inside", "DECR inside"]).late(30),
    case("redis/recipe-getset-timestamp-1.jsonl", r#"{"timestamp": {"key": "$1", "timeout": "50ms"}}"#, ONE, &["INCR inside", "DECR inside"]).late(30),
    case("redis/recipe-fencing-1.jsonl", r#"{"fenced": {"key": "$2", "ttl": "$5ms"}}"#, ONE, &[]),
    case("redis/redis-py-lock-contended-1.jsonl", REDIS_PY, ONE, &["GET stock", "SET stock"]),
    case("redis/redis-py-asyncio-lock-1.jsonl", REDIS_PY, TOKENS, &["GET n", "SET n"]),
    case("redis/python-redis-lock-1.jsonl", r#"{"python-redis-lock": {"name": "stock", "expire": "1s"}}"#, ONE, &["INCRBY n"]),
    case("redis/redlock-py-3n-1.jsonl", r#"{"redlock-library": {"library": "redlock-py", "key": "$1", "ttl": "$5ms"}}"#, TOKENS, &[]),
    case("redis/redlock-py-5n-3.jsonl", r#"{"redlock-library": {"library": "redlock-py", "key": "$1", "ttl": "$5ms"}}"#, TOKENS, &[]),
    case("redis/pottery-redlock-3n-1.jsonl", r#"{"redlock": {"key": "$1", "ttl": "$5ms", "node_timeout": "1s"}}"#, TOKENS, &[]),
    case("redis/npm-redlock4-3n-1.jsonl", r#"{"redlock-library": {"library": "node-redlock", "key": "$2", "ttl": "$4ms"}}"#, TOKENS, &[]),
    case("redis/npm-redlock5-1.jsonl", r#"{"redlock-library": {"library": "node-redlock", "key": "$2", "ttl": "$4ms"}}"#, TOKENS, &[]),
    case("redis/npm-redlock5-5n-3.jsonl", r#"{"redlock-library": {"library": "node-redlock", "key": "$2", "ttl": "$4ms"}}"#, TOKENS, &[]),
    case("redis/npm-redis-semaphore-mutex-1.jsonl", r#"{"set-nx-px": {"key": "$1", "ttl": "$5ms"}}"#, ONE, &[]),
    case("redis/php-illuminate-lock-predis-1.jsonl", r#"{"set-nx-px": {"key": "$1", "ttl": "$5ms"}}"#, ONE, &[]),
];

const ZK: &[Case] = &[
    case("zookeeper/hand-pred-1.jsonl", r#"{"sequential": {"directory": "/lock"}}"#, ONE, &["create /lock PERSISTENT"]).named(&[("lock-", "n-")]),
    case("zookeeper/hand-all-1.jsonl", r#"{"sequential": {"directory": "/lock", "watch": "all"}}"#, ONE, &["create /lock PERSISTENT"]).named(&[("lock-", "n-")]),
    case("zookeeper/hand-eph-1.jsonl", r#"{"znode": {"path": "/lock"}}"#, ONE, &[]),
    case("zookeeper/node-pred-1.jsonl", r#"{"sequential": {"directory": "/lk"}}"#, ONE, &["create /lk PERSISTENT", "exists /lk"]).named(&[("lock-", "n-")]),
    case("zookeeper/kazoo-lock-1.jsonl", r#"{"kazoo": {"directory": "/locks/k"}}"#, ONE, &["exists /locks/k", "exists /locks", "exists /", "create /locks PERSISTENT", "create /locks/k PERSISTENT"]),
    case("zookeeper/kazoo-cuts-1.jsonl", r#"{"kazoo": {"directory": "/locks/k"}}"#, ONE, &["exists /locks/k", "exists /locks", "exists /", "create /locks PERSISTENT", "create /locks/k PERSISTENT"]),
    case("zookeeper/kazoo-cut-create-reply-1.jsonl", r#"{"kazoo": {"directory": "/locks/k"}}"#, ONE, &["exists /locks/k", "exists /locks", "exists /", "create /locks PERSISTENT", "create /locks/k PERSISTENT"]),
    case("zookeeper/kazoo-cut-create-request-1.jsonl", r#"{"kazoo": {"directory": "/locks/k"}}"#, ONE, &["exists /locks/k", "exists /locks", "exists /", "create /locks PERSISTENT", "create /locks/k PERSISTENT"]),
    case("zookeeper/kazoo-partition-1.jsonl", r#"{"kazoo": {"directory": "/locks/k"}}"#, ONE, &["exists /locks/k", "exists /locks", "exists /", "create /locks PERSISTENT", "create /locks/k PERSISTENT"]),
    case("zookeeper/kazoo-kill-lock-1.jsonl", r#"{"kazoo": {"directory": "/locks/k"}}"#, ONE, &["exists /locks/k", "exists /locks", "exists /", "create /locks PERSISTENT", "create /locks/k PERSISTENT"]),
    case("zookeeper/kazoo-rw-1.jsonl", r#"{"kazoo": {"directory": "/rw"}}"#, ONE, &["exists /rw", "exists /", "create /rw PERSISTENT"]),
    case("zookeeper/curator-mutex-1.jsonl", r#"{"curator": {"directory": "/cm"}}"#, ONE, &["exists /cm"]),
    case("zookeeper/curator-mutex-cuts-1.jsonl", r#"{"curator": {"directory": "/cm"}}"#, ONE, &["exists /cm"]),
    case("zookeeper/curator-kill-1.jsonl", r#"{"curator": {"directory": "/cm"}}"#, ONE, &["exists /cm"]),
    case("zookeeper/curator-semmutex-1.jsonl", r#"{"curator": {"directory": "/cm"}}"#, ONE, &["exists /cm"]),
    case("zookeeper/curator-rw-1.jsonl", r#"{"read-write": {"directory": "/cm"}}"#, ONE, &["exists /cm"]),
    case("zookeeper/zkrecipe-writelock-1.jsonl", r#"{"write-lock": {"directory": "/wl"}}"#, ONE, &["exists /wl", "create /wl PERSISTENT"]),
    case("zookeeper/aiozk-lock-1.jsonl", r#"{"guid": {"directory": "/al"}}"#, ONE, &[]),
];

#[test]
fn every_recipe_sends_what_the_library_sent() {
    for case in CASES.iter().chain(ZK) {
        let compared = compare(case, case.recipe);
        let Compared { clients, requests, acquired, refused, released, passed, mismatches, scripts } = &compared;
        println!("{}: {clients} {requests} {acquired}/{refused} {released} {passed:?} scripts {}", case.file, scripts.len());
        for mismatch in mismatches.iter().take(6) {
            println!("    {mismatch}");
        }
        println!("    {} mismatches", mismatches.len());
    }
}
