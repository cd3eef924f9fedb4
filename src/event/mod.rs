//! What happens in a run: the one record that properties, tallies, traces and reports are made of.
//!
//! The world tells each [`Event`] once, to the properties and to an [`Observer`]. An event holds numbers and what was
//! sent as it was sent; names belong to traces and reports. Whoever keeps events keeps [`Record`]s.

mod answer;
mod kept;
mod names;

pub use answer::{answer_in, is_session_over};
pub use kept::{By, Kept};
pub use names::{Names, Who};

use std::borrow::Cow;

use crate::choice::{Alternative, ProcessId, ServerId, Site};
use crate::store::ledger::Account;
use crate::store::{AnyMessage, AnyRequest, Link, Outbound};
use crate::time::Micros;

/// What a server sends, and over which link.
pub type Sent = (Link, Outbound<AnyMessage>);

/// An event with its place in a run.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// When it happened (µs since the run began).
    pub at: Micros,
    /// The step in which it happened; 0 before the first.
    pub step: u64,
    /// What happened.
    pub event: Event<'static>,
}

/// The event that tells the violation of a run, if there is one: of several the last, which is the worst.
pub fn violation(events: &[Record]) -> Option<&Record> {
    let last = events.iter().rposition(|it| matches!(it.event, Event::Violated { .. }))?;
    events.get(last)
}

/// Something that happened.
#[derive(Clone, PartialEq, Debug)]
pub enum Event<'a> {
    /// A server executed a request. What it did to what it keeps follows, as [`Event::Kept`].
    Executed {
        /// The server.
        server: ServerId,
        /// The process that asked.
        process: ProcessId,
        /// Which of its threads, if it was one.
        thread: Option<u8>,
        /// The connection.
        link: Link,
        /// What was asked.
        request: Cow<'a, AnyRequest>,
        /// What the server sent to this connection and to others.
        sent: Cow<'a, [Sent]>,
    },
    /// A server did something that no client asked for: it was time, or a fault made it.
    Woke {
        /// The server.
        server: ServerId,
        /// What it sent.
        sent: Cow<'a, [Sent]>,
    },
    /// A message reached a process.
    Received {
        /// The process.
        process: ProcessId,
        /// The server that had sent it.
        server: ServerId,
        /// The message.
        message: Cow<'a, AnyMessage>,
    },
    /// A process learnt that its connection is gone.
    Lost {
        /// The process.
        process: ProcessId,
        /// The server at the other end.
        server: ServerId,
    },
    /// A timer of a process fired.
    Timer(ProcessId),
    /// Something became of what stands where the lock lives.
    Kept(Kept),
    /// One act of a server told other clients something that they wait for: of what somebody changed, and not that
    /// their own time is over.
    Wakes {
        /// Whose request changed it, if it was one.
        by: Option<Who>,
        /// The clients, in the order of their numbers, without the one that made the request.
        clients: Cow<'a, [ProcessId]>,
    },
    /// A thread begins to ask for the lock, for a new section.
    Asks(Who),
    /// The first request of a thread's acquisition was executed: from here on it is in line.
    InLine(Who),
    /// A thread will enter its section without the lock, which it did not get. [`Enters`](Self::Enters) follows.
    GoesInWithout(Who),
    /// A thread enters its section.
    Enters {
        /// Who.
        who: Who,
        /// Until when (µs since the run began) it believes to have the lock, if it heeds that.
        until: Option<Micros>,
        /// Until when (µs since the run began) the lock is its own by the protocol, if the grant says.
        lease: Option<Micros>,
        /// Its fencing token.
        fence: Option<i64>,
        /// Whether others that share may be inside too.
        shared: bool,
    },
    /// A thread got the lock when its grant, which it heeds, was over: it does not begin, and gives the lock back.
    /// [`Refused`](Self::Refused) follows.
    TooLate {
        /// Who.
        who: Who,
        /// When the grant was over (µs since the run began).
        until: Micros,
    },
    /// A thread leaves its section, and believes no more.
    Leaves(Who),
    /// A thread's acquisition failed, or ended without the lock.
    Refused(Who),
    /// A thread will not ask again: it was refused too often. [`Done`](Self::Done) follows.
    GivesUp(Who),
    /// A thread has had enough.
    Done(Who),
    /// The ledger executed a thread's read, or a store that of the number that is kept there.
    Read {
        /// Who.
        who: Who,
        /// Of which account.
        account: Account,
        /// What it said.
        value: i64,
    },
    /// The ledger executed a thread's write, or a store that of the number that is kept there.
    Wrote {
        /// Who.
        who: Who,
        /// Of which account.
        account: Account,
        /// What it says now.
        value: i64,
    },
    /// The ledger refused a thread's token.
    Fenced(Who),
    /// A process stops for good.
    Crashes(ProcessId),
    /// A process ends by itself: its threads have had enough.
    Exits(ProcessId),
    /// A new process takes the place of one that crashed or ended.
    Restarts(ProcessId),
    /// A process stands still.
    Pauses(ProcessId),
    /// A process goes on.
    Resumes(ProcessId),
    /// Something became of a server.
    Server {
        /// The server.
        server: ServerId,
        /// What.
        turn: ServerTurn,
    },
    /// Something other than the nominal happens.
    Deviated {
        /// What was about to happen instead.
        site: Site,
        /// What is done there.
        take: Alternative,
        /// Whether it is a fault (1) or the end of one (0).
        cost: u8,
    },
    /// A recipe or workload counted something.
    Noted {
        /// The process.
        process: ProcessId,
        /// What.
        what: &'static str,
        /// How much.
        amount: i64,
    },
    /// A property was violated.
    Violated {
        /// Which.
        property: &'static str,
        /// Why.
        why: Cow<'a, str>,
    },
}

/// What becomes of a server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ServerTurn {
    /// It dies, and what it had in memory with it.
    Crashes,
    /// It starts again, with what it had persisted.
    Restarts,
    /// Sentinels make it the master.
    Promoted,
    /// Sentinels make it a replica of the server of this number.
    Follows(ServerId),
}

impl Event<'_> {
    /// The same with nothing borrowed.
    #[must_use]
    pub fn into_owned(self) -> Event<'static> {
        match self {
            Self::Executed { server, process, thread, link, request, sent } => {
                let (request, sent) =
                    (Cow::Owned(request.into_owned()), Cow::Owned(sent.into_owned()));
                Event::Executed { server, process, thread, link, request, sent }
            }
            Self::Woke { server, sent } => {
                Event::Woke { server, sent: Cow::Owned(sent.into_owned()) }
            }
            Self::Received { process, server, message } => {
                Event::Received { process, server, message: Cow::Owned(message.into_owned()) }
            }
            Self::Violated { property, why } => {
                Event::Violated { property, why: Cow::Owned(why.into_owned()) }
            }
            Self::Lost { process, server } => Event::Lost { process, server },
            Self::Timer(process) => Event::Timer(process),
            Self::Kept(kept) => Event::Kept(kept),
            Self::Wakes { by, clients } => {
                Event::Wakes { by, clients: Cow::Owned(clients.into_owned()) }
            }
            Self::Asks(who) => Event::Asks(who),
            Self::InLine(who) => Event::InLine(who),
            Self::GoesInWithout(who) => Event::GoesInWithout(who),
            Self::Enters { who, until, lease, fence, shared } => {
                Event::Enters { who, until, lease, fence, shared }
            }
            Self::TooLate { who, until } => Event::TooLate { who, until },
            Self::Leaves(who) => Event::Leaves(who),
            Self::Refused(who) => Event::Refused(who),
            Self::GivesUp(who) => Event::GivesUp(who),
            Self::Done(who) => Event::Done(who),
            Self::Read { who, account, value } => Event::Read { who, account, value },
            Self::Wrote { who, account, value } => Event::Wrote { who, account, value },
            Self::Fenced(who) => Event::Fenced(who),
            Self::Crashes(process) => Event::Crashes(process),
            Self::Exits(process) => Event::Exits(process),
            Self::Restarts(process) => Event::Restarts(process),
            Self::Pauses(process) => Event::Pauses(process),
            Self::Resumes(process) => Event::Resumes(process),
            Self::Server { server, turn } => Event::Server { server, turn },
            Self::Deviated { site, take, cost } => Event::Deviated { site, take, cost },
            Self::Noted { process, what, amount } => Event::Noted { process, what, amount },
        }
    }
}

/// Whoever hears what happens.
pub trait Observer {
    /// Hears what happened, at `at` (µs since the run began).
    fn on_event(&mut self, at: Micros, event: &Event<'_>);

    /// Hears that step `step` (from 1) begins at `at` (µs since the run began).
    fn on_step(&mut self, _step: u64, _at: Micros) {}

    /// Hears that a request on `link` has to wait until `server` has dealt with others (sampled timing only).
    fn on_queued(&mut self, _server: ServerId, _link: Link) {}

    /// Hears that `server` is busy with a request for so long (µs; sampled timing only).
    fn on_busy(&mut self, _server: ServerId, _took: Micros) {}

    /// Whether it has found that a property is violated, which a world cannot: one that judges waiting.
    fn found_violation(&self) -> bool {
        false
    }

    /// Whether the run may stop.
    fn has_heard_enough(&self) -> bool {
        false
    }
}

/// Nobody.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Observer for Nobody {
    fn on_event(&mut self, _: Micros, _: &Event<'_>) {}
}
