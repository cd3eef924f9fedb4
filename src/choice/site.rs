//! Where in a run something could go one way or another, and what was done there: as data.
//!
//! Everything here is numbers, compared and counted as such. The types are generic over how processes, servers and
//! faults are called, so that a trace can write the same data with names ([`Site::map`], [`Alternative::map`]); words for
//! people are made in [`report`](crate::report) and nowhere else.

use serde::{Deserialize, Serialize};

use crate::time::Micros;

/// The number of a process in its model.
pub type ProcessId = u16;
/// The number of a server in its model; the resource that the lock guards is the last one.
pub type ServerId = u16;
/// The place of a fault in its model's list, from 0.
pub type FaultId = u8;

/// Which way a message goes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// From a process to a server.
    Up,
    /// From a server to a process.
    Down,
}

/// One direction of one connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way<P = ProcessId, S = ServerId> {
    /// The process at one end.
    pub process: P,
    /// The server at the other.
    pub server: S,
    /// Which of the process's connections to it: 0 is that of its first thread.
    #[serde(default, skip_serializing_if = "is_first")]
    pub lane: u8,
    /// Which direction.
    pub direction: Direction,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
fn is_first(lane: &u8) -> bool {
    *lane == 0
}

/// What a question is about: what happens next if nothing goes wrong, or who draws.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Site<P = ProcessId, S = ServerId, F = FaultId> {
    /// The next message of a direction arrives; in sampled timing also how long it travels.
    Message(Way<P, S>),
    /// Something of a process is due.
    Process {
        /// Which.
        process: P,
        /// What.
        due: ProcessDue,
    },
    /// Something of a server is due.
    Server {
        /// Which.
        server: S,
        /// What.
        due: ServerDue,
    },
    /// The next message of one server to another arrives.
    Peer {
        /// The sender.
        from: S,
        /// The receiver.
        to: S,
    },
    /// What one server says to another lags no longer.
    CatchesUp {
        /// The sender.
        from: S,
        /// The receiver.
        to: S,
    },
    /// What a fault did is over.
    FaultEnds {
        /// Which fault.
        fault: F,
        /// Whom it had hit.
        target: Target<P, S>,
    },
    /// The servers of an ensemble elect a leader.
    Election,
    /// Sentinels fail over: the number of the group.
    Failover(u8),
    /// Sentinels give servers the right role: the number of the group.
    RolesPutRight(u8),
    /// Nothing is due any more.
    End,
    /// A recipe or a workload of a process draws.
    Draw(P),
    /// A server does what a real one leaves open.
    Store(S),
    /// Sentinels choose among replicas that are as good as each other.
    Choice,
}

/// What can be due of a process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProcessDue {
    /// A timer.
    Timer,
    /// Its pause ends.
    Resume,
    /// It comes.
    Start,
    /// Its threads have had enough.
    Exit,
    /// A new one takes its place.
    Restart,
    /// A keep-alive.
    Ping,
    /// It connects to another server.
    Reconnect,
    /// It subscribes again.
    Resubscribe,
    /// A partition that cut it off is over.
    Heal,
    /// It hears of another master.
    Switch,
    /// It has heard nothing of its server for as long as it has patience.
    Silence,
    /// It takes its session for lost by its own clock.
    GiveUp,
}

/// What can be due of a server.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServerDue {
    /// A deadline: an expiry, a timeout, the end of a session.
    Deadline,
    /// It starts again.
    Restart,
    /// It hears of its leader again.
    Rejoin,
    /// It has heard nothing of its leader for too long.
    StopServing,
    /// The others give it up as leader because they are cut off from it.
    Deposed,
    /// It gives up to lead.
    StepDown,
    /// Its followers give it up because it is silent.
    GivenUp,
}

/// One of the alternatives of a question, other than by its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Alternative<P = ProcessId, S = ServerId, F = FaultId> {
    /// What is due happens, although a message that is held could go on instead.
    Proceed,
    /// A direction that is held goes on.
    Release(Way<P, S>),
    /// What is due comes after all else that is due at the same instant.
    Defer,
    /// The message at the head of a direction travels for longer than what comes next takes, if not for longer than a
    /// message can.
    Late(Way<P, S>),
    /// A message arrives that travelled for longer.
    Arrives(Way<P, S>),
    /// A process is not there from the beginning.
    StaysAway(P),
    /// A process comes that was away, or comes once more.
    Comes {
        /// Which.
        process: P,
        /// Whether just before the next thing is due, and not right after the last one.
        late: bool,
    },
    /// A thread that was refused asks again now: its tries could as well have begun a little earlier.
    Asks {
        /// Its process.
        process: P,
        /// Which.
        thread: u8,
        /// Whether just before the next thing is due, and not right after the last one.
        late: bool,
    },
    /// A fault is over now: nobody has said how long it lasts.
    Ends {
        /// Which fault.
        fault: F,
        /// Whom it had hit.
        target: Target<P, S>,
        /// Whether just before the next thing is due, and not right after the last one.
        late: bool,
    },
    /// A fault strikes.
    Strike(Strike<P, S, F>),
    /// A number that is drawn.
    Value(u32),
}

/// One way in which a fault strikes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Strike<P = ProcessId, S = ServerId, F = FaultId> {
    /// Which of the model's faults.
    pub fault: F,
    /// Whom it hits.
    pub target: Target<P, S>,
    /// For how long (µs), if the kind takes time; by how much a clock jumps.
    #[serde(rename = "span_us", default, skip_serializing_if = "is_zero")]
    pub span: Micros,
    /// Whether it strikes at the last moment, just before the next thing is due, and not right after the last one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// Whether whoever it hits has not sent yet what is about to arrive from it: it had looked at its clock and made up
    /// its mind, and stands still, or dies, before it sends.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsent: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields by reference")]
fn is_zero(span: &Micros) -> bool {
    *span == Micros::ZERO
}

/// Whom a fault hits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Target<P = ProcessId, S = ServerId> {
    /// A process.
    Process(P),
    /// The call of a thread of a process.
    Thread(P, u8),
    /// The message at the head of this direction of a connection.
    Message(Way<P, S>),
    /// A server.
    Server(S),
    /// Whoever leads when it strikes.
    Leader,
    /// What the first server says to the second.
    Words(S, S),
    /// The sides that the fault names.
    Sides,
    /// All servers of the store.
    All,
}

/// An answer that is not the nominal one, addressed so that it survives the removal of others.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation<P = ProcessId, S = ServerId, F = FaultId> {
    /// What the question was about.
    pub site: Site<P, S, F>,
    /// How often there was a question of that site, this one included.
    pub nth: u64,
    /// The alternative taken.
    pub take: Alternative<P, S, F>,
}

/// How the names of one kind become those of another: none where there is no such thing.
pub struct Renaming<'a, P, S, F, P2, S2, F2> {
    /// Of processes.
    pub process: &'a dyn Fn(&P) -> Option<P2>,
    /// Of servers.
    pub server: &'a dyn Fn(&S) -> Option<S2>,
    /// Of faults.
    pub fault: &'a dyn Fn(&F) -> Option<F2>,
}

impl<P, S, F, P2, S2, F2> std::fmt::Debug for Renaming<'_, P, S, F, P2, S2, F2> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Renaming")
    }
}

impl<P, S> Way<P, S> {
    fn map<F, P2, S2, F2>(&self, names: &Renaming<'_, P, S, F, P2, S2, F2>) -> Option<Way<P2, S2>> {
        let Self { process, server, lane, direction } = self;
        let (process, server) = ((names.process)(process)?, (names.server)(server)?);
        Some(Way { process, server, lane: *lane, direction: *direction })
    }
}

impl Target {
    /// The process that it is, or that a message is of.
    pub(crate) fn process(self) -> Option<ProcessId> {
        match self {
            Self::Process(process) | Self::Thread(process, _) => Some(process),
            Self::Message(way) => Some(way.process),
            Self::Server(_) | Self::Leader | Self::Words(..) | Self::Sides | Self::All => None,
        }
    }
}

impl<P, S> Target<P, S> {
    fn map<F, P2, S2, F2>(
        &self,
        names: &Renaming<'_, P, S, F, P2, S2, F2>,
    ) -> Option<Target<P2, S2>> {
        Some(match self {
            Self::Process(process) => Target::Process((names.process)(process)?),
            Self::Thread(process, thread) => Target::Thread((names.process)(process)?, *thread),
            Self::Message(way) => Target::Message(way.map(names)?),
            Self::Server(server) => Target::Server((names.server)(server)?),
            Self::Leader => Target::Leader,
            Self::Words(from, to) => Target::Words((names.server)(from)?, (names.server)(to)?),
            Self::Sides => Target::Sides,
            Self::All => Target::All,
        })
    }
}

impl<P, S, F> Site<P, S, F> {
    /// The same with other names.
    pub fn map<P2, S2, F2>(
        &self,
        names: &Renaming<'_, P, S, F, P2, S2, F2>,
    ) -> Option<Site<P2, S2, F2>> {
        let server = |it: &S| (names.server)(it);
        Some(match self {
            Self::Message(way) => Site::Message(way.map(names)?),
            Self::Process { process, due } => {
                Site::Process { process: (names.process)(process)?, due: *due }
            }
            Self::Server { server: it, due } => Site::Server { server: server(it)?, due: *due },
            Self::Peer { from, to } => Site::Peer { from: server(from)?, to: server(to)? },
            Self::CatchesUp { from, to } => {
                Site::CatchesUp { from: server(from)?, to: server(to)? }
            }
            Self::FaultEnds { fault, target } => {
                Site::FaultEnds { fault: (names.fault)(fault)?, target: target.map(names)? }
            }
            Self::Election => Site::Election,
            Self::Failover(group) => Site::Failover(*group),
            Self::RolesPutRight(group) => Site::RolesPutRight(*group),
            Self::End => Site::End,
            Self::Draw(process) => Site::Draw((names.process)(process)?),
            Self::Store(it) => Site::Store(server(it)?),
            Self::Choice => Site::Choice,
        })
    }
}

impl<P, S, F> Alternative<P, S, F> {
    /// The same with other names.
    pub fn map<P2, S2, F2>(
        &self,
        names: &Renaming<'_, P, S, F, P2, S2, F2>,
    ) -> Option<Alternative<P2, S2, F2>> {
        Some(match self {
            Self::Proceed => Alternative::Proceed,
            Self::Release(way) => Alternative::Release(way.map(names)?),
            Self::Defer => Alternative::Defer,
            Self::Late(way) => Alternative::Late(way.map(names)?),
            Self::Arrives(way) => Alternative::Arrives(way.map(names)?),
            Self::StaysAway(process) => Alternative::StaysAway((names.process)(process)?),
            Self::Comes { process, late } => {
                Alternative::Comes { process: (names.process)(process)?, late: *late }
            }
            Self::Asks { process, thread, late } => Alternative::Asks {
                process: (names.process)(process)?,
                thread: *thread,
                late: *late,
            },
            Self::Ends { fault, target, late } => Alternative::Ends {
                fault: (names.fault)(fault)?,
                target: target.map(names)?,
                late: *late,
            },
            Self::Strike(Strike { fault, target, span, late, unsent }) => {
                Alternative::Strike(Strike {
                    fault: (names.fault)(fault)?,
                    target: target.map(names)?,
                    span: *span,
                    late: *late,
                    unsent: *unsent,
                })
            }
            Self::Value(value) => Alternative::Value(*value),
        })
    }
}

impl<P, S, F> Deviation<P, S, F> {
    /// The same with other names.
    pub fn map<P2, S2, F2>(
        &self,
        names: &Renaming<'_, P, S, F, P2, S2, F2>,
    ) -> Option<Deviation<P2, S2, F2>> {
        let Self { site, nth, take } = self;
        Some(Deviation { site: site.map(names)?, nth: *nth, take: take.map(names)? })
    }
}
