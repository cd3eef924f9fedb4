//! Faults: what may go wrong, how often, where, and for how long.

use std::fmt;

use super::conn::Direction;
use super::thread::Phase;
use crate::time::Micros;

/// The kinds of faults.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FaultKind {
    /// A process stands still for a time; its clocks go on, its messages queue.
    Pause,
    /// A process dies.
    Crash,
    /// A process dies, and a new one without memory takes its place after a time.
    Restart,
    /// A request is lost with its connection: it is not executed, and the client does not know.
    LoseRequest,
    /// A reply is lost with its connection: the request was executed, and the client does not know.
    LoseReply,
    /// Messages of other connections overtake, while time stands still.
    Reorder,
    /// A message is held while time passes.
    Slow,
    /// A connection breaks; each end learns it.
    Disconnect,
    /// A process and servers hear nothing of each other for a time; nobody is told.
    Partition,
    /// A server dies with its connections, and starts again after a time with what it had persisted.
    RestartServer,
    /// The leader of a ZooKeeper ensemble dies and stays down; the others elect another.
    CrashLeader,
    /// A follower and the leader of a ZooKeeper ensemble hear nothing of each other for a time.
    CutServer,
}

impl FaultKind {
    /// All kinds, with the names they have in model files.
    pub const ALL: [(&'static str, Self); 12] = [
        ("pause", Self::Pause),
        ("crash", Self::Crash),
        ("restart", Self::Restart),
        ("lose-request", Self::LoseRequest),
        ("lose-reply", Self::LoseReply),
        ("reorder", Self::Reorder),
        ("slow", Self::Slow),
        ("disconnect", Self::Disconnect),
        ("partition", Self::Partition),
        ("restart-server", Self::RestartServer),
        ("crash-leader", Self::CrashLeader),
        ("cut-server", Self::CutServer),
    ];

    /// Whether the kind needs durations.
    pub const fn takes_time(self) -> bool {
        matches!(
            self,
            Self::Pause
                | Self::Restart
                | Self::Slow
                | Self::Partition
                | Self::RestartServer
                | Self::CutServer
        )
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, _) =
            Self::ALL.iter().find(|(_, kind)| kind == self).copied().unwrap_or(("fault", *self));
        f.pad(name)
    }
}

/// One kind of fault as a model allows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// What may happen.
    pub kind: FaultKind,
    /// How often at most; `None` is without a limit.
    pub budget: Option<u32>,
    /// For how long (µs): each is an alternative; of a slow message the longest is the bound.
    pub durations: Vec<Micros>,
    /// Which processes it may hit; all if empty.
    pub processes: Vec<u16>,
    /// Where a thread of the process must be; anywhere if empty.
    pub phases: Vec<Phase>,
    /// Which requests it may hit (the command, or the ZooKeeper operation); all if empty.
    pub requests: Vec<String>,
    /// What a partition cuts; its servers are also those that are restarted.
    pub cut: Cut,
}

/// What a partition cuts off.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Cut {
    /// From which servers; from the whole store (all but the ledger) if empty.
    pub servers: Vec<u16>,
    /// Which way.
    pub way: Way,
}

/// Which way messages do not get through.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Way {
    /// Neither requests nor replies.
    #[default]
    Both,
    /// No requests: what servers send still arrives.
    Up,
    /// No replies: what clients send still arrives.
    Down,
}

impl Way {
    /// All ways, with the names they have in model files.
    pub const ALL: [(&'static str, Self); 3] =
        [("both", Self::Both), ("to-server", Self::Up), ("to-client", Self::Down)];

    /// Whether it stops messages in this direction.
    pub(crate) fn stops(self, direction: Direction) -> bool {
        match self {
            Self::Both => true,
            Self::Up => direction == Direction::Up,
            Self::Down => direction == Direction::Down,
        }
    }
}

impl Fault {
    /// Whether the fault may hit the process.
    pub(crate) fn may_hit(&self, process: u16) -> bool {
        self.processes.is_empty() || self.processes.contains(&process)
    }

    /// The longest duration.
    pub(crate) fn longest(&self) -> Micros {
        self.durations.iter().copied().max().unwrap_or_default()
    }
}
