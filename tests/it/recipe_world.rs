//! Worlds to try recipes in.

use std::collections::BTreeMap;

use lockstep::cx::{LockBox, WorkBox};
use lockstep::event::Observer;
use lockstep::json::{Document, Section};
use lockstep::locks::{self, Store};
use lockstep::property::{Event, Who};
use lockstep::run::{End, EngineBox, Limits, Run};
use lockstep::sim::{
    AnyServer, Fault, Leases, Live, ProcessSetup, Scope, ServerSetup, Setup, Timing,
};
use lockstep::store::ledger::{Fencing, Ledger};
use lockstep::store::redis::{self, RedisServer};
use lockstep::store::zookeeper::{self, ZooKeeper};
use lockstep::time::Micros;
use lockstep::{choice, workload};

pub(crate) const SAMPLED: Timing = Timing::Sampled { least: Micros(200), most: Micros(2000) };

/// `{"name": {…}}` as a recipe, with what it runs on.
pub(crate) fn lock(json: &str) -> (LockBox, Store) {
    let document = Document::parse("lock.json", json).unwrap();
    let member = document.root().only_member().unwrap();
    let entry = locks::find(&member.name).unwrap();
    (locks::build(&member.name, &member.value).unwrap(), entry.about.store)
}

/// `{"name": {…}}` as a workload.
pub(crate) fn work(json: &str) -> WorkBox {
    let document = Document::parse("work.json", json).unwrap();
    let member = document.root().only_member().unwrap();
    workload::build(&member.name, &member.value).unwrap()
}

/// Three clients with one thread each, without faults, in abstract timing.
pub(crate) fn world(lock_json: &str, work_json: &str) -> Setup {
    world_of(lock_json, work_json, &[1, 1, 1])
}

/// A client for each number, with that many threads.
pub(crate) fn world_of(lock_json: &str, work_json: &str, threads: &[usize]) -> Setup {
    let (lock, store) = lock(lock_json);
    let mut servers = Vec::new();
    let mut server = |name: String, state| {
        servers.push(ServerSetup { name, state, drift_ppm: 0 });
    };
    let wants = |kind| store == kind || matches!(store, Store::OfParts | Store::OfScript);
    if wants(Store::Redis) {
        let count = if lock_json.contains("redlock") { 3 } else { 1 };
        for number in 1..=count {
            let redis = RedisServer::new(redis::Config::default());
            server(format!("redis{number}"), AnyServer::Redis(Box::new(redis)));
        }
    }
    if wants(Store::ZooKeeper) {
        let config =
            zookeeper::Config { times: false, ..zookeeper::Config::with_tick(Micros::from_ms(20)) };
        server("zk".to_owned(), AnyServer::ZooKeeper(Box::new(ZooKeeper::new(config))));
    }
    server("ledger".to_owned(), AnyServer::Ledger(Ledger::new(20, Fencing::Off)));
    let process = |(number, &threads): (usize, &usize)| ProcessSetup {
        session_timeout_ms: 100,
        ..ProcessSetup::new(
            format!("c{}", number + 1),
            vec![(lock.clone(), work(work_json)); threads],
        )
    };
    Setup {
        servers,
        processes: threads.iter().enumerate().map(process).collect(),
        timing: Timing::Abstract,
        round_trip: Micros::from_ms(1),
        costs: lockstep::sim::Costs::default(),
        far: BTreeMap::new(),
        faults: Vec::new(),
        properties: Vec::new(),
        horizon: Micros::from_ms(10_000),
        sentinel: lockstep::sim::SentinelSetup::default(),
        lateness: None,
        most_free: 0,
        watches_place: false,
    }
}

/// A fault without a place.
pub(crate) fn fault(name: &str, budget: u32, durations_ms: &[i64]) -> Fault {
    let spans: Vec<String> = durations_ms.iter().map(|ms| format!("\"{ms}ms\"")).collect();
    let span =
        if spans.is_empty() { String::new() } else { format!(", \"for\": [{}]", spans.join(", ")) };
    fault_with(name, &format!("\"budget\": {budget}{span}"))
}

/// A fault with these fields, in a world of processes `c1`, `c2`, ... and of a Redis store.
pub(crate) fn fault_with(name: &str, fields: &str) -> Fault {
    let text = format!("{{\"{name}\": {{{fields}}}}}");
    let document = Document::parse("fault.json", text).unwrap();
    let number = |section: &Section<'_>| {
        let name: String = section.to()?;
        Ok(vec![name[1..].parse::<u16>().unwrap() - 1])
    };
    let leases = Leases::Known(Vec::new());
    let scope = Scope {
        processes: &number,
        servers: &[],
        store: "redis",
        has_replicas: false,
        ledger: None,
        leases: &leases,
    };
    Fault::from_section(&document.root(), &scope).unwrap()
}

/// What happened in a run, as far as properties care.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Story {
    /// How often anybody entered.
    pub(crate) entries: u32,
    /// How often somebody entered while another one was inside.
    pub(crate) together: u32,
    inside: Vec<Who>,
    last_read: BTreeMap<Who, i64>,
    /// How often a write replaced another value than the one that its writer had read.
    pub(crate) lost_updates: u32,
    ledger: Option<i64>,
    pub(crate) notes: BTreeMap<&'static str, i64>,
}

impl Observer for Story {
    fn on_event(&mut self, _: Micros, told: &Event<'_>) {
        match told {
            Event::Enters { who, .. } => {
                self.entries += 1;
                self.together += u32::from(!self.inside.is_empty());
                self.inside.push(*who);
            }
            Event::Leaves(who) => self.inside.retain(|inside| inside != who),
            Event::Crashes(process) => {
                self.inside.retain(|inside| inside.process != *process);
            }
            Event::Read { who, value, .. } => {
                self.last_read.insert(*who, *value);
                self.ledger.get_or_insert(*value);
            }
            Event::Wrote { who, value, .. } => {
                self.lost_updates += u32::from(self.last_read.get(who) != self.ledger.as_ref());
                self.ledger = Some(*value);
            }
            Event::Noted { what, amount, .. } => *self.notes.entry(what).or_default() += amount,
            _ => {}
        }
    }
}

pub(crate) const LIMITS: Limits =
    Limits { steps: 20_000, time: Micros::from_ms(20_000), stop_at_violation: false };

/// Runs a world to its end.
pub(crate) fn run(setup: &Setup, choices: &mut dyn choice::Choices) -> (End, Story) {
    let mut story = Story::default();
    let end = run_on(setup, &mut Live::default(), LIMITS, choices, &mut story);
    (end, story)
}

/// Runs a world on an engine, within limits, to a listener.
pub(crate) fn run_on(
    setup: &Setup,
    engine: &mut dyn EngineBox,
    limits: Limits,
    choices: &mut dyn choice::Choices,
    listener: &mut dyn Observer,
) -> End {
    let mut run = Run::new(setup, engine, choices, listener);
    run.to_end(limits, choices, listener)
}

/// A list of answers of which one in `odds` is not nominal.
pub(crate) fn answers(seed: u64, length: usize, odds: u64) -> Vec<u32> {
    // SplitMix64 (Steele, Lea and Flood 2014).
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    };
    (0..length).map(|_| if next() % odds == 0 { next() as u32 } else { 0 }).collect()
}
