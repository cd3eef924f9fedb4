//! What a world is made of: fixed before the run, and the same for every run of a model.

use std::collections::BTreeMap;

use super::clock::Clock;
use super::cost::Costs;
use super::fault::Fault;
use super::habits::Habits;
use super::sentinel::SentinelSetup;
use super::server::AnyServer;
use crate::choice::{ProcessId, ServerId};
use crate::client::redis::Settings;
use crate::client::zookeeper::Library;
use crate::cx::{LockBox, WorkBox};
use crate::event::{Names, Who};
use crate::property::PropertyBox;
use crate::store::effect::Item;
use crate::time::Micros;

/// Where due times come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Timing {
    /// Messages take no time; time moves when none is in flight.
    Abstract,
    /// Each message takes a drawn time, and servers are busy while they serve.
    Sampled {
        /// The shortest latency one way (µs).
        least: Micros,
        /// The longest latency one way (µs).
        most: Micros,
    },
}

/// One server.
#[derive(Clone, Debug)]
pub struct ServerSetup {
    /// Its name, as in `redis` or `zk`.
    pub name: String,
    /// Its state at the beginning.
    pub state: AnyServer,
    /// By how many parts per million its clock goes fast.
    pub drift_ppm: i64,
}

/// When a process comes, in a search.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Arrival {
    /// When its setup says.
    #[default]
    Given,
    /// Then, or at any other moment, or never; and the phase of its tries is any.
    Free,
}

/// One process.
#[derive(Clone, Debug)]
pub struct ProcessSetup {
    /// Its name, as in `c1`.
    pub name: String,
    /// Its threads: the lock and the work of each.
    pub threads: Vec<(LockBox, WorkBox)>,
    /// Its clocks.
    pub clock: Clock,
    /// The session timeout (ms) that its ZooKeeper client asks for.
    pub session_timeout_ms: i32,
    /// Which ZooKeeper client library it uses.
    pub library: Library,
    /// How its Redis client library is set up.
    pub redis: Settings,
    /// When it begins (µs).
    pub starts: Micros,
    /// Whether a search tries all moments for that.
    pub arrival: Arrival,
    /// What its threads do with their locks, whatever the recipe.
    pub habits: Habits,
}

impl ProcessSetup {
    /// A process that begins at once, with good habits and right clocks, and asks for sessions of 6 seconds.
    pub fn new(name: impl Into<String>, threads: Vec<(LockBox, WorkBox)>) -> Self {
        Self {
            name: name.into(),
            threads,
            clock: Clock::default(),
            session_timeout_ms: 6000,
            library: Library::default(),
            redis: Settings::default(),
            starts: Micros::ZERO,
            arrival: Arrival::Given,
            habits: Habits::default(),
        }
    }
}

/// A world before its first event.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The servers.
    pub servers: Vec<ServerSetup>,
    /// The processes.
    pub processes: Vec<ProcessSetup>,
    /// Where due times come from.
    pub timing: Timing,
    /// What a loop's pass waits (µs) if it took no time.
    pub round_trip: Micros,
    /// What servers and clients take for their work, in sampled timing.
    pub costs: Costs,
    /// How much longer (µs) every message travels, one way, between a process and a server that are far apart.
    pub far: BTreeMap<(u16, u16), Micros>,
    /// How long (µs) a message can travel without a fault, in a search: what happens until then may come before it. None
    /// if it takes no time at all.
    pub lateness: Option<Micros>,
    /// How many choices that cost nothing, and faults beside them, a search tries in one run.
    pub most_free: u8,
    /// The faults, with their budgets.
    pub faults: Vec<Fault>,
    /// The properties that are judged.
    pub properties: Vec<PropertyBox>,
    /// Longer than every duration that anything compares with (µs).
    pub horizon: Micros,
    /// Redis servers with replicas.
    pub sentinel: SentinelSetup,
    /// Whether anybody wants to know what happens where the lock lives.
    pub watches_place: bool,
}

impl Setup {
    /// The same with the other timing.
    #[must_use]
    pub fn with_timing(&self, timing: Timing) -> Self {
        Self { timing, ..self.clone() }
    }

    /// Whether a search lets a process choose its moments.
    pub(crate) fn arrives_freely(&self, process: ProcessId) -> bool {
        self.is_abstract() && self.processes[usize::from(process)].arrival != Arrival::Given
    }

    /// Whether it may come once more when its tries are over.
    pub(crate) fn comes_again(&self, process: ProcessId) -> bool {
        let habits = &self.processes[usize::from(process)].habits;
        self.arrives_freely(process) && habits.tries.is_some() && habits.lives == 1
    }

    pub(crate) fn is_abstract(&self) -> bool {
        self.timing == Timing::Abstract
    }
}

impl Names for Setup {
    fn who(&self, who: Who) -> String {
        let process = &self.processes[usize::from(who.process)];
        if process.threads.len() < 2 {
            process.name.clone()
        } else {
            format!("{}.t{}", process.name, who.thread + 1)
        }
    }

    fn process(&self, process: ProcessId) -> String {
        self.processes[usize::from(process)].name.clone()
    }

    fn server(&self, server: ServerId) -> String {
        self.servers[usize::from(server)].name.clone()
    }

    fn item(&self, server: ServerId, item: &Item) -> String {
        let is_redis = |it: &&ServerSetup| matches!(it.state, AnyServer::Redis(_));
        let part = item.part.as_ref().map(|part| format!("{} of ", part.text()));
        let text = format!("{}{}", part.unwrap_or_default(), item.place);
        if self.servers.iter().filter(is_redis).count() > 1 {
            format!("{text} on {}", self.servers[usize::from(server)].name)
        } else {
            text
        }
    }
}
