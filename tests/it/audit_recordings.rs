//! The holders that an audit finds in recordings are those of which the recordings' own clients know.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lockstep::audit::{Audit, Options};
use lockstep::trace::Trace;
use serde_json::Value;

use super::recipe_conformance::acquired;
use super::tidy::files;

fn open(name: &str) -> Trace {
    Trace::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The locks that clients were granted by a plain command, from the calls and the answers: key and token.
fn granted(trace: &Trace) -> BTreeMap<String, Vec<(String, String)>> {
    // What each client read last under a key: who gets that back from GETSET was the first.
    let mut read: BTreeMap<(String, String), Value> = BTreeMap::new();
    let mut granted: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for line in &trace.events {
        let event: Value = line.parse().unwrap();
        let Some(call) = event["call"].as_array() else { continue };
        let words: Vec<&str> = call.iter().map(|word| word.as_str().unwrap_or("?")).collect();
        let has = |word: &str| words.iter().any(|it| it.eq_ignore_ascii_case(word));
        let place =
            (event["client"].as_str().unwrap().to_owned(), words.get(1).unwrap_or(&"").to_string());
        if words[0].eq_ignore_ascii_case("GET") {
            read.insert(place.clone(), event["reply"].clone());
        }
        let got = match &*words[0].to_ascii_uppercase() {
            "SET" => has("NX") && event["reply"]["ok"] == "OK",
            "SETNX" => event["reply"] == 1,
            "GETSET" => event["reply"].is_null() || read.get(&place) == Some(&event["reply"]),
            _ => false,
        };
        if got {
            let client = event["client"].as_str().unwrap().to_owned();
            granted.entry(words[1].to_owned()).or_default().push((client, words[2].to_owned()));
        }
    }
    granted
}

/// As many as the acquisitions, or more.
const AT_LEAST: usize = usize::MAX;

/// Recordings whose holds are not as many as the acquisitions of their recipe, how many there are, and why.
const OTHERWISE: [(&str, usize, &str); 4] = [
    ("redis/monitor-paired", 41, "who has the lock gets it again four times: that is one hold"),
    ("redis/npm-redlock5-1", 54, "ten acquisitions are of two keys at once"),
    ("redis/recipe-redisson-1", 58, "one holder is killed, which the recipe does not follow"),
    ("redis/npm-redis-semaphore-sem-1", AT_LEAST, "who acquires several permits has several holds"),
];

#[test]
fn the_holders_of_redis_recordings_are_those_that_the_clients_know() {
    let mut wrong = Vec::new();
    let (mut compared, mut files_with_locks) = (0, 0);
    for (name, _) in files("traces/recorded/redis", &["jsonl"]) {
        let file = name.trim_start_matches("traces/recorded/").trim_end_matches(".jsonl");
        if ["redis/conf-", "redis/fuzz-"].iter().any(|it| file.starts_with(it)) {
            continue;
        }
        let trace = open(&name);
        let audit = Audit::of_redis_recording(&trace.header, &trace.events, &Options::default());
        let audit = audit.unwrap();
        files_with_locks += 1;
        let mut plain = false;
        for (key, expected) in granted(&trace) {
            let mut found: Vec<(String, String)> = audit
                .holds
                .iter()
                .filter(|(lock, _)| **lock == *key)
                .map(|(_, hold)| (hold.client.to_string(), hold.token.to_string()))
                .collect();
            let mut expected = expected;
            expected.sort();
            found.sort();
            compared += expected.len();
            // Others may have got it by a script: those are counted below.
            let scripts = trace.events.iter().any(|line| line.text.contains("[\"EVAL"));
            let all = if scripts {
                expected.iter().all(|one| found.contains(one))
            } else {
                plain = true;
                found == expected
            };
            if !all {
                let (found, expected) = (found.len(), expected.len());
                wrong.push(format!("{file} {key}: found {found}, the clients know of {expected}"));
            }
        }
        let servers = trace.header.members["config"]["nodes"].as_array().map_or(1, Vec::len);
        if let Some(acquired) = acquired(file).filter(|_| servers == 1 && !plain) {
            let holds: usize = audit.holds.len();
            compared += holds;
            let known = OTHERWISE.iter().find(|(name, ..)| *name == file);
            let expected = known.map_or(acquired, |(_, holds, _)| *holds);
            if holds != expected && (expected != AT_LEAST || holds < acquired) {
                wrong.push(format!(
                    "{file}: {holds} holds, the recipe got the lock {acquired} times"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 1000 && files_with_locks > 40, "{compared} in {files_with_locks}");
}

/// A path, and a session.
type Held = (String, String);

/// Recordings of ZooKeeper without a lock.
const NO_LOCK: [&str; 5] = ["conf-", "rand-", "restart-", "ensemble-move-", "kazoo-barrier-"];

fn number(name: &str) -> Option<i64> {
    name.get(name.len().checked_sub(10)?..)?.parse().ok()
}

fn reads(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("read") || name.contains("rlock")
}

/// What the clients of a recording know from their own answers: that a node of theirs is the first of its directory, and
/// that a node of a fixed name is theirs. Path and session.
fn known(trace: &Trace) -> (BTreeSet<Held>, Vec<Held>) {
    let mut own: BTreeMap<String, String> = BTreeMap::new();
    let (mut first, mut fixed) = (BTreeSet::new(), Vec::new());
    for line in &trace.events {
        let event: Value = line.parse().unwrap();
        let (call, reply) = (&event["call"], &event["reply"]);
        let (Some(session), Some(op)) = (event["session"].as_str(), call["op"].as_str()) else {
            continue;
        };
        let ephemeral = call["mode"].as_str().is_some_and(|mode| mode.starts_with("EPHEMERAL"));
        if op.starts_with("create")
            && ephemeral
            && let Some(path) = reply["path"].as_str()
        {
            own.insert(path.to_owned(), session.to_owned());
            if number(path).is_none() {
                fixed.push((path.to_owned(), session.to_owned()));
            }
        }
        let Some(children) = reply["children"].as_array() else { continue };
        let directory = call["path"].as_str().unwrap();
        let mut names: Vec<&str> = children.iter().filter_map(Value::as_str).collect();
        names.retain(|name| number(name).is_some());
        names.sort_by_key(|name| number(name));
        for (at, name) in names.iter().enumerate() {
            let before = &names[..at];
            let may = at == 0 || reads(name) && before.iter().all(|name| reads(name));
            let path = format!("{directory}/{name}");
            if may && own.get(&path).is_some_and(|owner| owner == session) {
                first.insert((path, session.to_owned()));
            }
        }
    }
    (first, fixed)
}

#[test]
fn the_holders_of_zookeeper_recordings_are_those_that_the_clients_know() {
    let mut wrong = Vec::new();
    let (mut compared, mut with_locks, mut unaware) = (0, 0, 0);
    for (name, _) in files("traces/recorded/zookeeper", &["jsonl"]) {
        let file = name.trim_start_matches("traces/recorded/zookeeper/").trim_end_matches(".jsonl");
        if NO_LOCK.iter().any(|begins| file.starts_with(begins)) {
            continue;
        }
        let trace = open(&name);
        let options = Options::default();
        let audit = Audit::of_zookeeper_recording(&trace.header, &trace.events, &options).unwrap();
        let (first, fixed) = known(&trace);
        let found: BTreeSet<(String, String)> = audit
            .holds
            .iter()
            .filter(|(_, hold)| number(&hold.token).is_some())
            .map(|(key, hold)| (format!("{key}/{}", hold.token), hold.client.to_string()))
            .collect();
        with_locks += usize::from(!audit.holds.is_empty());
        compared += first.len();
        // Whoever knows that it is first is a holder.
        for (path, session) in first.difference(&found) {
            wrong.push(format!("{file}: {session} knows that {path} is first"));
        }
        // The other holders never looked while they were first (the defect of some recipes, and of who was killed or gave
        // up), or never learnt the name of their node.
        unaware += found.difference(&first).count();
        for path in audit.locks.iter().map(|lock| lock.key.to_string()) {
            let mut holders: Vec<(String, String)> = audit
                .holds
                .iter()
                .filter(|(key, hold)| **key == *path && number(&hold.token).is_none())
                .map(|(key, hold)| (key.to_string(), hold.client.to_string()))
                .collect();
            let mut clients: Vec<(String, String)> =
                fixed.iter().filter(|(fixed, _)| *fixed == path).cloned().collect();
            compared += clients.len();
            holders.sort();
            clients.sort();
            if !clients.is_empty() && holders != clients {
                let (holders, clients) = (holders.len(), clients.len());
                wrong.push(format!("{file} {path}: {holders} holders, {clients} clients"));
            }
        }
        // Sequential nodes are given in order: no two hold at once.
        let sum = audit.sum();
        if sum.overlaps > 0 {
            wrong.push(format!("{file}: {} overlaps", sum.overlaps));
        }
    }
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 1200 && with_locks > 100, "{compared} in {with_locks}");
    assert!(unaware * 10 < compared, "{unaware} of {compared}");
}
