//! A connection of a process to a server: two queues in which nothing overtakes.

use std::collections::VecDeque;
use std::rc::Rc;

use super::agenda::{OpRef, ProcessId, ServerId};
use super::server::{AnyMessage, AnyRequest};
pub(crate) use crate::choice::Direction;
use crate::client::redis::Push;
use crate::client::zookeeper::WatchKind;
use crate::cx::{Lane, Reads, TaskId, WatchId};
use crate::store::{Inbound, redis, zookeeper};
use crate::time::Micros;

/// Why one direction stands still.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Hold {
    /// Others overtake, but time does not move meanwhile.
    Reorder,
    /// Time passes meanwhile, at most until then.
    Slow(Micros),
    /// It travels for longer than what comes next takes, at most until then: as long as a message can.
    Late(Micros),
    /// A partition: until it heals.
    Cut,
    /// Its process stands still and has not sent it yet: until it goes on.
    Unsent,
}

/// Any time before now, where now is 0.
const BEFORE: Micros = Micros(-1);

/// What the server sent, and what the client's end makes of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Down {
    Message(AnyMessage),
    Closed,
}

/// A reply that the client's end waits for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Awaited {
    /// Whose it is; `None` when it was given up.
    pub(crate) op: Option<OpRef>,
    /// What was asked, where a fault of the model is about certain requests.
    pub(crate) what: Option<Rc<str>>,
    /// Which part of a ZooKeeper answer is read.
    pub(crate) reads: Reads,
    /// The watch that the call leaves.
    pub(crate) watch: Option<(WatchId, WatchKind, Rc<str>)>,
}

/// One connection.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Conn {
    pub(crate) process: ProcessId,
    pub(crate) to: Lane,
    /// The client's end believes that it is established.
    pub(crate) open: bool,
    /// What is on its way to the server, and which task sent it.
    pub(crate) up: VecDeque<(Inbound<AnyRequest>, Option<TaskId>)>,
    pub(crate) down: VecDeque<Down>,
    /// What the client will send as soon as a server of the ensemble has let it in.
    pub(crate) waiting: VecDeque<(Inbound<AnyRequest>, TaskId)>,
    pub(crate) up_hold: Option<Hold>,
    pub(crate) down_hold: Option<Hold>,
    pub(crate) awaited: VecDeque<Awaited>,
    /// The latest arrival so far, each way (sampled timing: nothing overtakes on a connection). In a search, when the
    /// first message that is on its way was sent.
    pub(crate) up_due: Micros,
    pub(crate) down_due: Micros,
}

impl Conn {
    pub(crate) fn new(process: ProcessId, to: Lane) -> Self {
        Self {
            process,
            to,
            open: false,
            up: VecDeque::new(),
            down: VecDeque::new(),
            waiting: VecDeque::new(),
            up_hold: None,
            down_hold: None,
            awaited: VecDeque::new(),
            up_due: Micros::ZERO,
            down_due: Micros::ZERO,
        }
    }

    pub(crate) fn server(&self) -> ServerId {
        self.to.server
    }

    pub(crate) fn hold(&self, direction: Direction) -> Option<Hold> {
        match direction {
            Direction::Up => self.up_hold,
            Direction::Down => self.down_hold,
        }
    }

    pub(crate) fn set_hold(&mut self, direction: Direction, hold: Option<Hold>) {
        match direction {
            Direction::Up => self.up_hold = hold,
            Direction::Down => self.down_hold = hold,
        }
    }

    /// The request that the server gets next. Establishing a connection or a session is none.
    pub(crate) fn next_request(&self) -> Option<&AnyRequest> {
        let (message, _) = self.up.iter().find(|(message, _)| *message != Inbound::Connect)?;
        match message {
            Inbound::Connect
            | Inbound::Disconnect
            | Inbound::Request(AnyRequest::ZooKeeper(zookeeper::Request::Connect(_))) => None,
            Inbound::Request(request) => Some(request),
        }
    }

    /// Which task has sent the request that the server gets next.
    pub(crate) fn sender(&self) -> Option<TaskId> {
        let request = |(message, _): &&(_, _)| matches!(message, Inbound::Request(_));
        self.up.iter().find(request).and_then(|(_, by)| *by)
    }

    /// Whether the client gets a message next that is no answer.
    pub(crate) fn next_is_push(&self) -> bool {
        let next = self.down.front();
        matches!(next, Some(Down::Message(AnyMessage::Redis(redis::Message::Push(push))))
            if matches!(Push::of(push), Push::Message(_)))
    }

    /// Whether what the client sends stands still for longer than a message can travel.
    pub(crate) fn is_kept_from_its_server(&self) -> bool {
        self.up_hold.is_some_and(|hold| !matches!(hold, Hold::Late(_)))
    }

    /// How many of its directions are held.
    pub(crate) fn holds(&self) -> u32 {
        u32::from(self.up_hold.is_some()) + u32::from(self.down_hold.is_some())
    }

    /// Whether the server's messages still belong to the connection that the client has.
    pub(crate) fn hears(&self) -> bool {
        self.open && !self.up.iter().any(|(message, _)| *message == Inbound::Disconnect)
    }

    /// Whether no request is on its way to the server.
    pub(crate) fn is_quiet(&self) -> bool {
        !self.up.iter().any(|(message, _)| matches!(message, Inbound::Request(_)))
    }

    /// Whether no time has passed since the first message to the server was sent.
    pub(crate) fn is_fresh(&self, now: Micros) -> bool {
        self.up_due >= now
    }

    pub(crate) fn rebase(&mut self, dt: Micros) {
        // The arrivals of messages that are already there order nothing; of those on their way it matters whether they
        // were sent just now.
        let earliest = if self.is_quiet() { Micros::ZERO } else { BEFORE };
        self.up_due = (self.up_due - dt).max(earliest);
        self.down_due = (self.down_due - dt).max(Micros::ZERO);
        for hold in [&mut self.up_hold, &mut self.down_hold] {
            if let Some(Hold::Slow(until) | Hold::Late(until)) = hold {
                *until -= dt;
            }
        }
    }

    /// Whether [`rebase`](Self::rebase) would change anything.
    pub(crate) fn has_times(&self) -> bool {
        let quiet = self.is_quiet();
        quiet && self.up_due != Micros::ZERO
            || !quiet && self.up_due > BEFORE
            || self.down_due > Micros::ZERO
            || matches!(self.up_hold, Some(Hold::Slow(_) | Hold::Late(_)))
            || matches!(self.down_hold, Some(Hold::Slow(_) | Hold::Late(_)))
    }
}
