//! What recipes promise: it holds in every run without faults, and each defect has a model that breaks it.

use std::collections::BTreeSet;
use std::path::Path;

use lockstep::choice::Seeded;
use lockstep::event::Nobody;
use lockstep::locks;
use lockstep::model::{Model, Verdict};
use lockstep::run::{End, Limits, Run};
use lockstep::sim::Live;
use lockstep::time::Micros;
use serde_json::Value;

use super::tidy::files;

/// A recipe and what it promises.
pub(super) struct Promise {
    pub(super) recipe: &'static str,
    /// With these parameters, and no defect.
    pub(super) with: &'static str,
    pub(super) store: &'static str,
    /// Properties besides mutual exclusion and the resource's view of it.
    pub(super) promises: &'static [&'static str],
    /// Parameters with the values that are defects: `but.validity=false` is in an object.
    defects: &'static [&'static str],
}

const REDIS: &str = r#"{"redis": {}}"#;
const REDIS_3: &str = r#"{"redis": {"servers": 3}}"#;
const ZOOKEEPER: &str = r#"{"zookeeper": {}}"#;
/// The directory is there already.
const ZOOKEEPER_DIRECTORY: &str = r#"{"zookeeper": {}}, "given": {"nodes": {"/lock": ""}}"#;
const ZOOKEEPER_TWO: &str =
    r#"{"zookeeper": {}}, "given": {"nodes": {"/lock-a": "", "/lock-b": ""}}"#;
const ZOOKEEPER_LEASES: &str =
    r#"{"zookeeper": {}}, "given": {"nodes": {"/lock": "", "/lock/leases": ""}}"#;
const SAFE: &[&str] = &["release-safety"];
const FIFO: &[&str] = &["release-safety", "fifo"];

const fn promise(
    recipe: &'static str,
    with: &'static str,
    store: &'static str,
    promises: &'static [&'static str],
    defects: &'static [&'static str],
) -> Promise {
    Promise { recipe, with, store, promises, defects }
}

#[rustfmt::skip]
pub(super) const PROMISES: &[Promise] = &[
    promise("local", "", r#"{"none": {}}"#, &[], &[]),
    promise("setnx", "", REDIS, SAFE, &[]),
    promise("setnx-expire", "", REDIS, SAFE, &["repair=setex"]),
    promise("timestamp", "", REDIS, SAFE, &["takeover=del"]),
    promise("set-nx-px", "", REDIS, SAFE, &["release=del", "on_unknown=gives-up"]),
    promise("set-nx-px", r#""on_unknown": "get""#, REDIS, SAFE, &[]),
    promise("set-nx-px-watch", "", REDIS, SAFE, &["release=watch-del", "release=get-del"]),
    promise("redis-py", "", REDIS, SAFE, &["token=shared"]),
    promise("redis-py", r#""timeout": "90ms", "renew": "extend""#, REDIS, SAFE, &[]),
    promise("sherlock", "", REDIS, SAFE, &["expire=none"]),
    promise("shedlock", r#""at_least": "5ms""#, REDIS, SAFE, &["unlock=del"]),
    promise("watchdog", "", REDIS, SAFE, &["defect=sets-again", "defect=gives-up", "defect=outlives-release"]),
    promise("fenced", "", REDIS, SAFE, &[]),
    promise("laravel", "", REDIS, SAFE, &["release=force-release"]),
    promise("spring", "", REDIS, SAFE, &["defect=leaks-local-lock"]),
    promise("presence", r#""jitter": "250ms""#, REDIS, &[], &[]),
    promise("multi-lock", "", REDIS, SAFE, &[]),
    promise("python-redis-lock", "", REDIS, SAFE, &[]),
    promise("redisson-spin", "", REDIS, SAFE, &[]),
    promise("redisson", "", REDIS, SAFE, &["defect=renewal-gives-up", "defect=renewal-in-callback", "defect=retries-acquire"]),
    promise("redisson-fair", "", REDIS, SAFE, &[]),
    promise("redisson-fenced", "", REDIS, &["release-safety", "fencing-order"], &[]),
    promise("redisson-multi-lock", "", REDIS, SAFE, &["converts_unit_every_round=true"]),
    promise("redisson", r#""replicas": 1"#, r#"{"redis": {"replicas": 1}}"#, &[], &[]),
    promise("redisson-faster-multi-lock", "", REDIS, SAFE, &[]),
    promise("redisson-read-write", "", REDIS, SAFE, &[]),
    promise("keyspace-events", "", r#"{"redis": {"notify": "Egxe"}}"#, SAFE, &["trusts_events=true"]),
    promise("replicated", r#""wait": 1"#, r#"{"redis": {"replicas": 1}}"#, &[], &["checks_on=replica"]),
    promise("redis-semaphore", "", REDIS, SAFE, &["clock=client", "count=then-add"]),
    promise("redlock", "", REDIS_3, SAFE, &[]),
    promise("redlock", r#""order": "in-turn", "extensions": 3"#, REDIS_3, SAFE, &[]),
    promise("redlock-library", r#""library": "redlock-py""#, REDIS_3, SAFE, &["but.on_error=raises"]),
    promise("redlock-library", r#""library": "redlock""#, REDIS_3, SAFE, &[]),
    promise("redlock-library", r#""library": "pottery", "extends": true"#, REDIS_3, SAFE, &[]),
    promise("redlock-library", r#""library": "aioredlock""#, REDIS_3, SAFE, &["library=aioredlock"]),
    promise("redlock-library", r#""library": "redsync""#, REDIS_3, SAFE, &[]),
    promise("redlock-library", r#""library": "node-redlock""#, REDIS_3, SAFE, &["but.validity=false"]),
    promise("redlock-library", r#""library": "redlock-rb""#, REDIS_3, SAFE, &[]),
    promise("redlock-library", r#""library": "redlock-net""#, REDIS_3, SAFE, &[]),
    promise("redisson-redlock", "", REDIS_3, SAFE, &["validity=false"]),
    promise("znode", "", ZOOKEEPER, SAFE, &["mode=persistent"]),
    promise("sequential", "", ZOOKEEPER_DIRECTORY, FIFO, &["mode=persistent", "watch=all", "watch=own", "order=texts", "order=reply"]),
    promise("kazoo", "", ZOOKEEPER_DIRECTORY, FIFO, &["contenders=all"]),
    promise("guid", "", ZOOKEEPER_DIRECTORY, FIFO, &["order=names", "owner=unchecked", "fence=sequence", "fence=session"]),
    promise("curator", "", ZOOKEEPER_DIRECTORY, FIFO, &["protection=by-name", "heeds=nothing", "heeds=lost", "revocation=asked"]),
    promise("write-lock", r#""defect": "none""#, ZOOKEEPER_DIRECTORY, SAFE, &[]),
    promise("read-write", "", ZOOKEEPER_DIRECTORY, FIFO, &[]),
    promise("semaphore", "", ZOOKEEPER_LEASES, &[], &[]),
    promise("aiozk", "", ZOOKEEPER_DIRECTORY, FIFO, &[]),
    promise("leader-latch", "", ZOOKEEPER_DIRECTORY, FIFO, &["owner=unchecked", "policy=session"]),
    promise("leader-selector", "", ZOOKEEPER_DIRECTORY, FIFO, &["listener=does-nothing", "policy=session", "requeue=by-hand"]),
    promise("election", "", ZOOKEEPER_DIRECTORY, FIFO, &[]),
    promise("revocable", "", ZOOKEEPER_DIRECTORY, FIFO, &["revocation=asked", "revocation=deleted"]),
    promise("curator-read-write", "", ZOOKEEPER_DIRECTORY, FIFO, &["role=upgrade", "role=downgrade-own-number"]),
    promise("curator-multi-lock", "", ZOOKEEPER_TWO, SAFE, &["reentrant=object", "order=opposite"]),
    promise("kazoo-semaphore", "", ZOOKEEPER_DIRECTORY, &[], &["lock=none"]),
    // A lease is not given back: the next holder removes the one that has ended.
    promise("kazoo-lease", "", ZOOKEEPER_DIRECTORY, &[], &[]),
    promise("nested", r#""locks": [{"sequential": {"directory": "/lock-a"}}, {"znode": {"path": "/lock-b/held"}}]"#, ZOOKEEPER_TWO, SAFE, &["registry=per-object", "order=opposite"]),
];

/// What promises nothing.
const WITHOUT_A_ROW: &[&str] = &["none"];

/// How many clients, in how many runs: 1000 in all.
const LOADS: [(u32, u64); 6] = [(2, 700), (3, 230), (5, 50), (10, 15), (20, 4), (50, 1)];

fn model(promise: &Promise, clients: u32) -> Model {
    let properties = ["mutual-exclusion", "mutual-exclusion-by-act", "lost-update"];
    let properties: Vec<_> = properties.iter().chain(promise.promises).collect();
    // A mutex of one process is for its threads.
    let clients = match promise.recipe {
        "local" => format!(r#"{{"processes": 1, "threads": {}}}"#, clients.min(32)),
        _ => format!(r#"{{"processes": {clients}}}"#),
    };
    let text = format!(
        r#"{{"title": "Nominal load", "why": "2026", "store": {}, "lock": {{"{}": {{{}}}}},
            "clients": {clients}, "work": {{"counter": {{"work": "3ms", "rounds": 2}}}},
            "network": {{"latency": ["200us", "2ms"]}}, "properties": {properties:?}}}"#,
        promise.store, promise.recipe, promise.with
    );
    Model::parse("promise.json", text).unwrap_or_else(|bad| panic!("{bad}"))
}

/// What went wrong in the run with this seed, and which properties had something to judge.
fn run(model: &Model, seed: u64) -> Result<u64, String> {
    let setup = model.sampled_setup();
    let (mut engine, mut choices) = (Live::default(), Seeded::new(seed));
    let mut run = Run::new(&setup, &mut engine, &mut choices, &mut Nobody);
    let limits =
        Limits { steps: 2_000_000, time: Micros::from_ms(600_000), stop_at_violation: true };
    match run.to_end(limits, &mut choices, &mut Nobody) {
        End::Done => Ok(run.happened()),
        end => Err(format!("seed {seed}: {end:?} {:?}", run.violation())),
    }
}

#[test]
fn every_recipe_keeps_its_promises_under_nominal_load() {
    let mut broken = Vec::new();
    for promise in PROMISES {
        let mut happened = 0;
        for (clients, seeds) in LOADS {
            let model = model(promise, clients);
            for seed in 0..seeds {
                match run(&model, seed) {
                    Ok(judged) => happened |= judged,
                    Err(why) => {
                        broken.push(format!(
                            "{} {}, {clients} clients, {why}",
                            promise.recipe, promise.with
                        ));
                        break;
                    }
                }
            }
        }
        let all = (1 << (3 + promise.promises.len())) - 1;
        if happened != all {
            broken.push(format!("{}: judged {happened:b} of {all:b}", promise.recipe));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_recipe_promises_something() {
    let promised: BTreeSet<&str> = PROMISES.iter().map(|promise| promise.recipe).collect();
    let all = locks::catalogue().iter().map(|entry| entry.about.name);
    let missing: Vec<&str> =
        all.filter(|name| !WITHOUT_A_ROW.contains(name) && !promised.contains(name)).collect();
    assert!(missing.is_empty(), "without a row in `PROMISES`: {missing:?}");
}

/// Whether a lock has `a.b=c` among its parameters.
fn has(parameters: &Value, defect: &str) -> bool {
    let (path, value) = defect.split_once('=').unwrap();
    let found = path.split('.').try_fold(parameters, |object, name| object.get(name));
    match found {
        Some(Value::String(text)) => text == value,
        Some(other) => serde_json::from_str::<Value>(value).is_ok_and(|value| value == *other),
        None => false,
    }
}

/// The recipes of models that are violated, with their parameters.
fn violated() -> Vec<(String, Value)> {
    let mut violated = Vec::new();
    for (name, text) in files("models", &["json"]) {
        let model = Model::parse(Path::new(&name), text.as_str()).unwrap();
        if model.expect().is_some_and(|expect| expect.verdict == Verdict::Violated) {
            let json: Value = serde_json::from_str(&text).unwrap();
            let roles = json["clients"]["roles"].as_object().into_iter().flatten();
            let locks = [&json["lock"]].into_iter().chain(roles.map(|(_, role)| &role["lock"]));
            let locks = locks.filter_map(Value::as_object).flatten();
            violated.extend(locks.map(|(name, with)| (name.clone(), with.clone())));
        }
    }
    violated
}

/// The defects: those of the table, and every value of a parameter `defect` of its recipes.
fn defects() -> BTreeSet<(String, String)> {
    let table = PROMISES.iter().flat_map(|promise| {
        promise.defects.iter().map(|defect| (promise.recipe.to_owned(), (*defect).to_owned()))
    });
    let mut defects: BTreeSet<(String, String)> = table.collect();
    for entry in locks::catalogue() {
        for (_, text) in entry.about.params.iter().filter(|(name, _)| *name == "defect") {
            let values = text.split('"').skip(1).step_by(2).filter(|value| *value != "none");
            defects.extend(
                values.map(|value| (entry.about.name.to_owned(), format!("defect={value}"))),
            );
        }
    }
    defects
}

#[test]
fn every_defect_breaks_a_model() {
    let violated = violated();
    let shown = |(recipe, defect): &(String, String)| {
        violated.iter().any(|(name, with)| name == recipe && has(with, defect))
    };
    let defects = defects();
    assert!(defects.len() >= 50, "{defects:?}");
    let not_shown: Vec<_> = defects.iter().filter(|defect| !shown(defect)).collect();
    assert!(not_shown.is_empty(), "no model with `expect` violated has {not_shown:?}");
}
