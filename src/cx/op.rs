//! What a task waits for, and what it gets: the only way in which a recipe and the world meet.

use std::rc::Rc;

use super::call::{Call, Output};
use super::handle::WatchId;
use super::local::{Answer, Ask, Session, TaskId};
use super::state::Value;
use super::subscription::{Message, Subscription};
use crate::store::ledger;
use crate::store::redis::{Bytes, Reply};
use crate::store::zookeeper::{self, Children, ZkError};
use crate::time::Micros;

/// Names one operation of a task, from its start to its end.
pub(crate) type OpId = u32;

/// Which connection of the process a request goes out on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Lane {
    /// The server, by its number in the model.
    pub server: u16,
    /// The connection to it: WATCH, SUBSCRIBE and blocked state belong to one.
    pub lane: u8,
}

/// A request of a store client.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// A Redis command with its arguments.
    Redis(Rc<[Bytes]>),
    /// A ZooKeeper operation.
    ZooKeeper {
        /// The operation.
        op: zookeeper::Op,
        /// The watch that it leaves, if it leaves one.
        watch: Option<WatchId>,
        /// Which part of the answer the recipe reads.
        reads: Reads,
    },
    /// A request to the resource that the lock guards.
    Ledger(ledger::Request),
}

/// Something that takes time, or that somebody else must answer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// A request and its reply.
    Call {
        /// Where it goes.
        to: Lane,
        /// What is asked.
        request: Request,
        /// How long (µs) the client waits for the reply, by its own clock.
        within: Option<Micros>,
        /// What the client library may do by itself.
        handling: Handling,
    },
    /// The next message on a subscription.
    Message {
        /// Which.
        from: Subscription,
        /// How long (µs) the client waits for it, by its own clock.
        within: Option<Micros>,
    },
    /// Time passes (µs, by the process's monotonic clock).
    Sleep(Micros),
    /// One of `n` alternatives.
    Draw(u32),
    /// One of `0..n`, which decides nothing but how long is waited.
    Delay(u32),
    /// Somebody of the same process writes the cell.
    Changed(&'static str),
    /// A watch that an earlier call of this task left fires, or can never fire any more.
    Fired(WatchId),
    /// The ZooKeeper session's state is another one than this.
    SessionChanged(Session),
    /// Several operations at once; it ends when their votes decide, or all have ended.
    Gather {
        /// The operations; results are delivered in this order.
        ops: Rc<[Op]>,
        /// How many votes decide.
        votes: Votes,
    },
    /// The head of a loop, with all that survives a pass.
    Turn {
        /// Which of the call's loops.
        head: u32,
        /// What survives.
        state: Value,
    },
}

/// How many votes of several operations decide, so that the rest is not waited for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Votes {
    /// So many that say yes.
    pub yes: u32,
    /// So many that say no.
    pub no: u32,
}

impl Votes {
    /// All are waited for.
    pub const ALL: Self = Self { yes: u32::MAX, no: u32::MAX };

    /// Whether so many results, of those that are there, decide.
    pub fn decide<'r>(self, results: impl Iterator<Item = &'r OpResult>) -> bool {
        let (mut yes, mut no) = (0, 0);
        for result in results {
            *if result.says_yes() { &mut yes } else { &mut no } += 1;
        }
        yes >= self.yes || no >= self.no
    }
}

/// What a Redis client library may do with a call by itself, if it is set up to.
///
/// A call with a limit of its own, as of [`Pending::within`](super::Pending::within), is left alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Handling {
    /// Give up after the library's timeout, and send it again if its fate is unknown.
    #[default]
    Library,
    /// Give up, but never send it again: Redisson's `NoRetry` commands.
    NoRetry,
    /// Wait as long as it takes: commands that block.
    Patient,
}

/// Which part of a ZooKeeper answer a recipe reads: only that is an observation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reads {
    /// That it is done.
    Nothing,
    /// The path of the new node.
    Path,
    /// Whether the node exists; `NoNode` is an answer and not an error.
    Existence,
    /// The names of the children.
    Children,
    /// The data.
    Data,
    /// The zxid that created the node.
    Czxid,
    /// The version of the data.
    Version,
    /// The data and their version.
    DataAndVersion,
    /// The session that the node belongs to, or 0.
    Owner,
}

/// The part of a ZooKeeper answer that was read.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Seen {
    /// It is done.
    Done,
    /// The path of the new node.
    Path(Rc<str>),
    /// Whether the node exists.
    Exists(bool),
    /// The children.
    Children(Children),
    /// The data.
    Data(Option<Rc<[u8]>>),
    /// The data and their version.
    Versioned(Option<Rc<[u8]>>, i32),
    /// A zxid, a version or a session.
    Number(i64),
}

/// Why a call failed, and whether it happened all the same.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum CallError {
    /// The connection broke while the request was out: it may have been executed or not.
    ConnectionLost,
    /// No reply in time: it may have been executed, or may be yet.
    TimedOut,
    /// It was not sent: there is no connection, or no session.
    NotSent,
    /// The store refused, with this text: it was not executed.
    Refused(Bytes),
    /// ZooKeeper refused, with this code: it was not executed.
    ZooKeeper(ZkError),
}

impl CallError {
    /// Whether the command may have been executed.
    pub fn outcome_unknown(&self) -> bool {
        matches!(self, Self::ConnectionLost | Self::TimedOut)
    }
}

/// How an operation ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum OpResult {
    /// A Redis server's reply, an error reply included.
    Redis(Reply),
    /// What the recipe reads of a ZooKeeper server's answer.
    ZooKeeper(Seen),
    /// The resource's reply.
    Ledger(ledger::Reply),
    /// No reply.
    Failed(CallError),
    /// A message on a channel.
    Message(Message),
    /// The time is over, the cell was written, the watch fired.
    Done,
    /// The number drawn.
    Drawn(u32),
    /// The session's new state.
    Session(Session),
    /// The results by slot; `None` where the operation was given up because the others had decided.
    Gathered(Rc<[Option<OpResult>]>),
    /// A new pass of the loop begins with this.
    Resumed(Value),
}

impl OpResult {
    /// Whether a vote with this result counts as a yes: a reply that is no error, not nil and not 0.
    pub fn says_yes(&self) -> bool {
        let no = matches!(
            self,
            Self::Redis(Reply::Nil | Reply::Error(_) | Reply::Int(0)) | Self::Failed(_)
        );
        !no
    }
}

/// What a task did that concerns the world.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Act {
    /// It started to wait for something.
    Start(OpId, Op),
    /// It gave up waiting.
    Cancel(OpId),
    /// It started another task of the same process.
    Spawn(TaskId, Call),
    /// It stopped another task of the same process.
    Interrupt(TaskId),
    /// It counts something for the report.
    Note(&'static str, i64),
    /// The call is over.
    Finish(Output),
}

/// What a task observed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Observation {
    /// The process answered.
    Answer(Answer),
    /// An operation ended.
    Op(OpId, OpResult),
    /// A pass of the loop began with this state.
    Resume(Value),
}

/// One thing a task did, in order.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Did {
    /// Asked its process.
    Ask(Ask),
    /// Acted upon the world.
    Act(Act),
}
