//! What a lock costs in a run, and what it gives: requests, notifications, bytes, and how long everybody waited.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::found::Found;
use super::limits::Limits;
use super::recorder::{Watch, execute_heard};
use crate::choice::{ProcessId, Seeded, ServerId};
use crate::event::{Event, Names, Observer, Sent, Who, answer_in, is_session_over};
use crate::model::{Model, Verdict};
use crate::sim::{AnyServer, Setup};
use crate::store::effect::Change;
use crate::store::zookeeper::{Op, Request};
use crate::store::{AnyMessage, AnyRequest, Link, Outbound};
use crate::time::Micros;

/// The change that woke most.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Worst {
    /// How many clients it woke.
    pub woken: u64,
    /// Whose change it was, by name; nobody's if time or a fault made it.
    pub by: Option<String>,
    /// When (µs since the run began).
    pub at: Micros,
    /// In the run with which seed.
    pub seed: u64,
}

/// What several runs of one model come to. Percentiles are of all their samples together.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Measured {
    /// How many runs.
    pub runs: u64,
    /// The seeds whose runs violate a property, with the property.
    pub violated: Vec<(u64, &'static str)>,
    /// How many runs were stopped by a limit.
    pub cut: u64,
    /// Sections that were entered.
    pub entries: u64,
    /// Requests to the lock's servers, without pings and connections.
    pub requests: u64,
    /// Messages that servers sent without being asked in that moment.
    pub notifications: u64,
    /// Bytes of both, and of the answers, on the wire.
    pub bytes: u64,
    /// The change that woke most.
    pub worst: Option<Worst>,
    /// From the end of a section until the next one begins, while somebody waits (µs).
    pub handovers: Vec<i64>,
    /// How long each entry was waited for (µs).
    pub waits: Vec<i64>,
    /// How often somebody entered before one who stood in line earlier: in the queue of a lock that has one, else since
    /// its first request was executed.
    pub overtakings: u64,
    /// How often a client learnt that its session had ended.
    pub sessions_ended: u64,
    /// How long the busiest of the lock's servers was busy (µs).
    pub busy: i64,
    /// How long the runs took in all (µs of world time).
    pub spans: i64,
    /// The most requests that waited for a server at once.
    pub queue: u64,
    /// Steps of the runs.
    pub steps: u64,
}

/// Three numbers of many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Percentiles {
    /// Half of all are no larger.
    pub p50: i64,
    /// 99 of 100 are no larger.
    pub p99: i64,
    /// The largest.
    pub max: i64,
}

impl Percentiles {
    /// Of these samples, by nearest rank; none if there are none.
    pub fn of(samples: &[i64]) -> Option<Self> {
        let mut sorted = samples.to_vec();
        sorted.sort_unstable();
        let rank = |percent: usize| sorted.get((sorted.len() * percent).div_ceil(100).max(1) - 1);
        Some(Self { p50: *rank(50)?, p99: *rank(99)?, max: *sorted.last()? })
    }
}

impl Measured {
    /// The same with another's runs after these.
    pub fn add(&mut self, other: Self) {
        let Self { runs, violated, cut, entries, requests, notifications, bytes, .. } = other;
        let Self { worst, handovers, waits, overtakings, sessions_ended, busy, .. } = other;
        let Self { spans, queue, steps, .. } = other;
        self.runs += runs;
        self.violated.extend(violated);
        self.cut += cut;
        self.entries += entries;
        self.requests += requests;
        self.notifications += notifications;
        self.bytes += bytes;
        let known = self.worst.as_ref().map_or(0, |it| it.woken);
        if let Some(worst) = worst.filter(|it| it.woken > known) {
            self.worst = Some(worst);
        }
        self.handovers.extend(handovers);
        self.waits.extend(waits);
        self.overtakings += overtakings;
        self.sessions_ended += sessions_ended;
        self.busy += busy;
        self.spans += spans;
        self.queue = self.queue.max(queue);
        self.steps += steps;
    }

    /// So much for each section.
    pub fn each(&self, of: u64) -> Option<f64> {
        (self.entries > 0).then(|| of as f64 / self.entries as f64)
    }

    /// Which part of the time the busiest server was busy, from 0 to 1.
    pub fn utilisation(&self) -> Option<f64> {
        (self.spans > 0).then(|| self.busy as f64 / self.spans as f64)
    }

    /// Sections a second of world time.
    pub fn throughput(&self) -> Option<f64> {
        (self.spans > 0).then(|| self.entries as f64 * 1e6 / self.spans as f64)
    }
}

/// One run of `model` with `seed`; `watch` is told how far it is, and may stop it.
pub fn measure(model: &Model, seed: u64, watch: &mut Watch<'_>) -> Measured {
    let mut setup = model.sampled_setup();
    let queues = setup.processes.iter().flat_map(|it| &it.threads).any(|(lock, _)| lock.is_queue());
    // Where those who wait stand in a queue, the queue says who came first.
    setup.watches_place |= queues;
    let mut meter = Meter::new(&setup, seed, queues);
    let mut stopped = false;
    let mut watch = |steps, at| {
        let told = watch(steps, at);
        stopped |= told.is_break();
        told
    };
    let ended = execute_heard(
        &setup,
        (Limits::of(model), None),
        &mut Seeded::new(seed),
        (None, Some(&mut watch)),
        Some(&mut meter),
    );
    let busy = meter.busy.values().map(|it| it.0).max().unwrap_or(0);
    let mut sum = meter.sum;
    (sum.busy, sum.spans, sum.steps) = (busy, ended.at.0, ended.steps);
    sum.violated.extend(ended.violation.as_ref().map(|it| (seed, it.property)));
    sum.cut = u64::from(stopped || Found::of_run(&ended).verdict == Verdict::Cut);
    sum
}

impl Measured {
    /// One run of `model` with `seed`, to its end.
    pub fn of(model: &Model, seed: u64) -> Self {
        measure(model, seed, &mut |_, _| ControlFlow::Continue(()))
    }
}

struct Meter<'s> {
    setup: &'s Setup,
    seed: u64,
    /// Whether those who wait stand in a queue in the store.
    queues: bool,
    sum: Measured,
    /// Whether each server is one of the lock's, and not the ledger.
    counts: Vec<bool>,
    asked: BTreeMap<Who, Micros>,
    /// Who waits, each with its place: how many had stood in line before it.
    line: BTreeMap<Who, u64>,
    stood: u64,
    /// How many threads of each process have had enough.
    done: BTreeMap<ProcessId, usize>,
    inside: BTreeSet<Who>,
    /// Since when the lock changes hands.
    free: Option<Micros>,
    busy: BTreeMap<ServerId, Micros>,
    queued: BTreeMap<ServerId, BTreeSet<Link>>,
}

impl<'s> Meter<'s> {
    fn new(setup: &'s Setup, seed: u64, queues: bool) -> Self {
        let counts = setup.servers.iter().map(|it| !matches!(it.state, AnyServer::Ledger(_)));
        Self {
            setup,
            seed,
            queues,
            sum: Measured { runs: 1, ..Measured::default() },
            counts: counts.collect(),
            asked: BTreeMap::new(),
            line: BTreeMap::new(),
            stood: 0,
            done: BTreeMap::new(),
            inside: BTreeSet::new(),
            free: None,
            busy: BTreeMap::new(),
            queued: BTreeMap::new(),
        }
    }

    fn executed(&mut self, server: ServerId, link: Link, request: &AnyRequest, sent: &[Sent]) {
        if let Some(queued) = self.queued.get_mut(&server) {
            queued.remove(&link);
        }
        let is_ping = matches!(request, AnyRequest::ZooKeeper(Request::Call { op: Op::Ping, .. }));
        let connects = matches!(request, AnyRequest::ZooKeeper(Request::Connect(_)));
        if is_ping || connects || !self.counts[usize::from(server)] {
            return;
        }
        self.sum.requests += 1;
        let answered = u64::from(answer_in(sent, link).is_some());
        self.sum.notifications += messages(sent) - answered;
        self.sum.bytes += (request.bytes() + bytes(sent)) as u64;
    }

    /// Whether a thread of the process has not had enough: the sessions of others end, and nobody cares.
    fn wants_something(&self, process: ProcessId) -> bool {
        let threads = self.setup.processes[usize::from(process)].threads.len();
        let done = self.done.get(&process).copied().unwrap_or(0);
        done < threads
    }

    /// Somebody stands in line from now on, if it is not there yet.
    fn stands(&mut self, who: Who) {
        if self.asked.contains_key(&who)
            && let Entry::Vacant(place) = self.line.entry(who)
        {
            place.insert(self.stood);
            self.stood += 1;
        }
    }

    fn ends(&mut self, at: Micros) {
        if self.inside.is_empty() && !self.line.is_empty() {
            self.free.get_or_insert(at);
        }
    }

    fn dies(&mut self, at: Micros, process: ProcessId) {
        self.asked.retain(|who, _| who.process != process);
        self.line.retain(|who, _| who.process != process);
        self.inside.retain(|who| who.process != process);
        self.ends(at);
    }
}

impl Observer for Meter<'_> {
    fn on_event(&mut self, at: Micros, event: &Event<'_>) {
        match *event {
            Event::Executed { server, link, ref request, ref sent, .. } => {
                self.executed(server, link, request, sent);
            }
            Event::Woke { server, ref sent } if self.counts[usize::from(server)] => {
                self.sum.notifications += messages(sent);
                self.sum.bytes += bytes(sent) as u64;
            }
            Event::Wakes { by, ref clients } => {
                let woken = clients.len() as u64;
                if self.sum.worst.as_ref().is_none_or(|it| it.woken < woken) {
                    let by = by.map(|who| self.setup.who(who));
                    self.sum.worst = Some(Worst { woken, by, at, seed: self.seed });
                }
            }
            Event::Received { process, ref message, .. }
                if is_session_over(message) && self.wants_something(process) =>
            {
                self.sum.sessions_ended += 1;
            }
            Event::Asks(who) => {
                self.asked.entry(who).or_insert(at);
            }
            Event::InLine(who) if !self.queues => self.stands(who),
            Event::Kept(ref kept) if self.queues => {
                if let (Change::Placed { .. }, Some(who)) = (&kept.change, kept.by.thread()) {
                    self.stands(who);
                }
            }
            Event::Enters { who, .. } => {
                self.sum.entries += 1;
                let place = self.line.remove(&who).unwrap_or(u64::MAX);
                let before = self.line.values().filter(|it| **it < place).count();
                self.sum.overtakings += before as u64;
                self.sum.waits.extend(self.asked.remove(&who).map(|asked| (at - asked).0));
                if let Some(free) = self.free.take() {
                    self.sum.handovers.push((at - free).0);
                }
                self.inside.insert(who);
            }
            Event::Leaves(who) => {
                self.inside.remove(&who);
                self.ends(at);
            }
            Event::Done(who) => {
                *self.done.entry(who.process).or_default() += 1;
                self.asked.remove(&who);
                self.line.remove(&who);
            }
            Event::Crashes(process) => self.dies(at, process),
            Event::Restarts(process) => drop(self.done.remove(&process)),
            _ => {}
        }
    }

    fn on_queued(&mut self, server: ServerId, link: Link) {
        if self.counts[usize::from(server)] {
            let queued = self.queued.entry(server).or_default();
            queued.insert(link);
            self.sum.queue = self.sum.queue.max(queued.len() as u64);
        }
    }

    fn on_busy(&mut self, server: ServerId, took: Micros) {
        if self.counts[usize::from(server)] {
            *self.busy.entry(server).or_insert(Micros::ZERO) += took;
        }
    }
}

/// How many of these are messages: that a connection is closed is none.
fn messages(sent: &[Sent]) -> u64 {
    sent.iter().filter(|(_, it)| matches!(it, Outbound::Message(_))).count() as u64
}

fn bytes(sent: &[Sent]) -> usize {
    let of = |(_, it): &Sent| match it {
        Outbound::Message(message) => AnyMessage::bytes(message),
        Outbound::Close => 0,
    };
    sent.iter().map(of).sum()
}
