//! What models can name: recipes, workloads, properties and faults, joined at the top.

use crate::cx::{LockBox, WorkBox};
use crate::json::{Problem, Section};
use crate::locks;
use crate::property;
use crate::sim::FaultKind;
use crate::workload;

/// One thing that a model can name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct About {
    /// Its name in model files.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// Where it comes from; empty where it is only described here.
    pub source: &'static str,
    /// What it needs: a store, or the ledger; empty if nothing.
    pub needs: &'static str,
    /// Its parameters, each with what it means and its default.
    pub params: &'static [(&'static str, &'static str)],
}

/// All lock recipes.
pub fn recipes() -> Vec<About> {
    let about = |entry: &locks::Entry| {
        let locks::About { name, title, source, store, params } = *entry.about;
        let needs = match store {
            locks::Store::None => "",
            locks::Store::Redis => "redis",
            locks::Store::ZooKeeper => "zookeeper",
        };
        About { name, title, source, needs, params }
    };
    locks::catalogue().iter().map(about).collect()
}

/// All workloads.
pub fn workloads() -> Vec<About> {
    let about = |entry: &workload::Entry| {
        let workload::About { name, title, ledger, params } = *entry.about;
        About { name, title, source: "", needs: if ledger { "ledger" } else { "" }, params }
    };
    workload::catalogue().iter().map(about).collect()
}

/// All properties.
pub fn properties() -> Vec<About> {
    let about = |entry: &property::Entry| {
        let property::About { name, title, source, params } = *entry.about;
        About { name, title, source, needs: "", params }
    };
    property::catalogue().iter().map(about).collect()
}

/// All faults.
pub fn faults() -> Vec<About> {
    FaultKind::ALL.iter().map(|&(name, kind)| fault(name, kind)).collect()
}

/// The recipe and its parameters that `{"set-nx-px": {…}}` names.
pub fn recipe(section: &Section<'_>) -> Result<(LockBox, &'static locks::About), Box<Problem>> {
    let member = section.only_member()?;
    let entry = locks::catalogue().iter().find(|entry| entry.about.name == member.name);
    let known = locks::catalogue().iter().map(|entry| entry.about.name);
    let entry = entry.ok_or_else(|| member.unknown("recipe", known))?;
    Ok((entry.build(&member.value)?, entry.about))
}

/// The workload and its parameters that `{"section": {…}}` names.
pub fn workload(
    section: &Section<'_>,
) -> Result<(WorkBox, &'static workload::About), Box<Problem>> {
    let member = section.only_member()?;
    let entry = workload::catalogue().iter().find(|entry| entry.about.name == member.name);
    let known = workload::catalogue().iter().map(|entry| entry.about.name);
    let entry = entry.ok_or_else(|| member.unknown("workload", known))?;
    Ok((entry.build(&member.value)?, entry.about))
}

/// Whether a fault of this kind hits a process as a whole; the others hit a message.
pub const fn hits_processes(kind: FaultKind) -> bool {
    matches!(kind, FaultKind::Pause | FaultKind::Crash | FaultKind::Restart | FaultKind::Partition)
}

const BUDGET: (&str, &str) = ("budget", "how often at most, or \"unlimited\": 1");
const FOR: (&str, &str) =
    ("for", "for how long, one or several: a tenth below and a tenth above each lease of the lock");
const PROCESS: (&str, &str) = ("process", "which processes it may hit: all");
const PHASE: (&str, &str) =
    ("phase", "where a thread must be, of acquiring, waiting, working, releasing: anywhere");
const REQUEST: (&str, &str) = ("request", "which requests it may hit, by name: all");

const CUT_SERVER: &[(&str, &str)] = &[BUDGET, FOR, ("server", "which follower: any")];

const PARTITION: &[(&str, &str)] = &[
    BUDGET,
    FOR,
    PROCESS,
    PHASE,
    ("server", "from which servers: the whole store"),
    (
        "way",
        "which messages it stops: \"both\", those \"to-server\", those \"to-client\": \"both\"",
    ),
];

const RESTART_SERVER: &[(&str, &str)] = &[BUDGET, FOR, ("server", "which servers: any")];

fn fault(name: &'static str, kind: FaultKind) -> About {
    let (title, source) = match kind {
        FaultKind::Pause => (
            "a process stands still; its clocks go on and its messages queue",
            "Kleppmann 2016, \"How to do distributed locking\": the garbage collector",
        ),
        FaultKind::Crash => {
            ("a process dies", "Schlichting and Schneider 1983, \"Fail-Stop Processors\"")
        }
        FaultKind::Restart => (
            "a process dies, and a new one without memory takes its place after a time",
            "Schlichting and Schneider 1983, \"Fail-Stop Processors\"",
        ),
        FaultKind::LoseRequest => (
            "a request is lost with its connection: it was not executed, and the client does not know",
            "ZooKeeper documentation, \"Recipes\": recoverable errors",
        ),
        FaultKind::LoseReply => (
            "a reply is lost with its connection: the request was executed, and the client does not know",
            "ZooKeeper documentation, \"Recipes\": recoverable errors",
        ),
        FaultKind::Reorder => (
            "a message is held while others overtake it; no time passes",
            "Fischer, Lynch and Paterson 1985: the asynchronous network",
        ),
        FaultKind::Slow => (
            "a message is held while time passes",
            "Kleppmann 2016, \"How to do distributed locking\": the delayed packet",
        ),
        FaultKind::Disconnect => (
            "a connection breaks, with the message on it; each end learns it",
            "ZooKeeper documentation, \"Recipes\": recoverable errors",
        ),
        FaultKind::RestartServer => (
            "a Redis server dies with its connections, and starts again after a time with what it had persisted",
            "Redis documentation, \"Redis persistence\"; catalogue entries F33 and F37",
        ),
        FaultKind::Partition => (
            "a process and the store hear nothing of each other for a time, and nobody is told",
            "Brewer 2000; ZooKeeper documentation, \"Sessions\"; redisson issue 3636",
        ),
        FaultKind::CrashLeader => (
            "the leader of a ZooKeeper ensemble dies and stays down; the others elect another",
            "ZooKeeper SessionTrackerImpl: the new leader gives every session its full timeout",
        ),
        FaultKind::CutServer => (
            "a follower is cut off from its leader, and answers its clients from what it has",
            "ZooKeeper documentation, \"Consistency Guarantees\": no simultaneously consistent views",
        ),
    };
    match kind {
        FaultKind::CutServer => {
            return About { name, title, source, needs: "zookeeper", params: CUT_SERVER };
        }
        FaultKind::CrashLeader => {
            return About { name, title, source, needs: "zookeeper", params: &[BUDGET] };
        }
        FaultKind::Partition => return About { name, title, source, needs: "", params: PARTITION },
        FaultKind::RestartServer => {
            return About { name, title, source, needs: "redis", params: RESTART_SERVER };
        }
        _ => {}
    }
    let params: &'static [_] = match (hits_processes(kind), kind.takes_time()) {
        (true, true) => &[BUDGET, FOR, PROCESS, PHASE],
        (true, false) => &[BUDGET, PROCESS, PHASE],
        (false, true) => &[BUDGET, FOR, PROCESS, PHASE, REQUEST],
        (false, false) => &[BUDGET, PROCESS, PHASE, REQUEST],
    };
    About { name, title, source, needs: "", params }
}
