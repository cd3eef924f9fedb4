//! A process: its tasks, its clocks, its client libraries.

use std::collections::VecDeque;
use std::rc::Rc;

use super::agenda::{ConnId, Due, OpRef, ServerId};
use super::clock::Clock;
use super::engine::Handle;
use super::fault::Cut;
use super::tasks::WHOLE;
use super::thread::Thread;
use crate::client::redis::{Attempt, RedisClient};
use crate::client::zookeeper::ZkClient;
use crate::cx::{
    Lane, Local, OpId, OpResult, Session, Subscription, TaskId, Value, Votes, WatchId,
};
use crate::time::Micros;

/// What an operation of a task waits for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Waiting {
    /// A reply on this connection, at most until then; what the library may do if none comes.
    Reply { conn: ConnId, until: Option<Micros>, attempt: Option<Rc<Attempt>> },
    /// This instant, when the library sends a request again.
    Again { until: Micros, attempt: Rc<Attempt> },
    /// A message on the subscription, at most until then.
    Message { from: Subscription, until: Option<Micros> },
    /// This instant (world time).
    Timer(Micros),
    /// A write to the cell.
    Changed(&'static str),
    /// The watch.
    Fired(WatchId),
    /// Another session state than this.
    SessionChanged(Session),
    /// The parts: what each waits for or how it ended.
    Gather { parts: Vec<Part>, votes: Votes },
    /// A round trip, before the next pass of a loop that took no time.
    Turn { until: Micros, state: Value },
}

/// One part of a gathering.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Part {
    Waits(Waiting),
    Ended(OpResult),
}

/// A task that has begun and has not ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Running {
    /// As the engine knows it.
    pub(crate) handle: Handle,
    /// What it waits for.
    pub(crate) ops: Vec<(OpId, Waiting)>,
    /// The loops that turned at this instant.
    pub(crate) turned: Vec<(u32, Micros)>,
}

/// A process.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Process {
    pub(crate) alive: bool,
    /// It has not come yet.
    pub(crate) away: bool,
    /// It may come once more when its threads have given up.
    pub(crate) again: bool,
    /// How many processes of its kind there are, one after the other, with this one.
    pub(crate) lives: u32,
    /// It stands still; what was due for it meanwhile, in order.
    pub(crate) paused: Option<VecDeque<Due>>,
    /// It is cut off from these servers.
    pub(crate) cut: Option<Rc<Cut>>,
    pub(crate) clock: Clock,
    pub(crate) local: Local,
    pub(crate) tasks: Vec<(TaskId, Running)>,
    pub(crate) threads: Vec<Thread>,
    pub(crate) redis: RedisClient,
    pub(crate) zk: Option<ZkClient>,
    /// The ZooKeeper server that its client has chosen.
    pub(crate) zk_server: ServerId,
    /// The Redis server of each group that its client takes for the master.
    pub(crate) masters: Vec<ServerId>,
    /// The connections that were used, by their lanes.
    pub(crate) conns: Vec<(Lane, ConnId)>,
}

impl Process {
    pub(crate) fn task(&self, task: TaskId) -> Option<&Running> {
        self.tasks.iter().find(|(id, _)| *id == task).map(|(_, running)| running)
    }

    pub(crate) fn task_mut(&mut self, task: TaskId) -> Option<&mut Running> {
        self.tasks.iter_mut().find(|(id, _)| *id == task).map(|(_, running)| running)
    }

    /// What an operation of a task, or a part of one, waits for.
    pub(crate) fn waiting(&self, op: OpRef) -> Option<&Waiting> {
        let (_, waiting) = self.task(op.task)?.ops.iter().find(|(id, _)| *id == op.op)?;
        match waiting {
            waiting if op.slot == WHOLE => Some(waiting),
            Waiting::Gather { parts, .. } => match parts.get(usize::from(op.slot)) {
                Some(Part::Waits(waiting)) => Some(waiting),
                _ => None,
            },
            _ => None,
        }
    }

    /// The same, to be changed.
    pub(crate) fn waiting_mut(&mut self, op: OpRef) -> Option<&mut Waiting> {
        let ops = &mut self.task_mut(op.task)?.ops;
        let (_, waiting) = ops.iter_mut().find(|(id, _)| *id == op.op)?;
        match waiting {
            waiting if op.slot == WHOLE => Some(waiting),
            Waiting::Gather { parts, .. } => match parts.get_mut(usize::from(op.slot)) {
                Some(Part::Waits(waiting)) => Some(waiting),
                _ => None,
            },
            _ => None,
        }
    }

    /// How many of its threads want something.
    pub(crate) fn wants(&self) -> u32 {
        self.threads.iter().filter(|thread| thread.wants()).count() as u32
    }

    /// Sets what the tasks can read of the clocks.
    pub(crate) fn set_clocks(&mut self, now: Micros, total: Micros) {
        self.local.monotonic = self.clock.monotonic(now);
        self.local.wall = self.clock.wall(total);
        self.local.ahead = self.clock.ahead();
    }

    pub(crate) fn rebase(&mut self, dt: Micros) {
        self.local.monotonic = self.clock.monotonic(dt);
        self.local.rebase();
        self.local.wall = Micros::ZERO;
        self.local.ahead = Micros::ZERO;
        self.clock.rebase();
        for (_, running) in &mut self.tasks {
            running.turned.retain(|(_, at)| *at >= dt);
            for (_, at) in &mut running.turned {
                *at -= dt;
            }
            for (_, waiting) in &mut running.ops {
                waiting.rebase(dt);
            }
        }
    }
}

impl Waiting {
    /// Sets when the timer is due.
    pub(crate) fn set_due(&mut self, due: Micros) {
        match self {
            Self::Timer(until)
            | Self::Turn { until, .. }
            | Self::Again { until, .. }
            | Self::Message { until: Some(until), .. }
            | Self::Reply { until: Some(until), .. } => {
                *until = due;
            }
            _ => {}
        }
    }

    fn rebase(&mut self, dt: Micros) {
        match self {
            Self::Timer(until)
            | Self::Turn { until, .. }
            | Self::Again { until, .. }
            | Self::Message { until: Some(until), .. }
            | Self::Reply { until: Some(until), .. } => {
                *until -= dt;
            }
            Self::Gather { parts, .. } => {
                for part in parts {
                    if let Part::Waits(waiting) = part {
                        waiting.rebase(dt);
                    }
                }
            }
            _ => {}
        }
    }
}
