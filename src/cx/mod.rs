//! What a recipe can do: typed store calls, instants, sleeps, cells, loops, parallel requests.
//!
//! A [`Cx`] is the only way from a recipe to the world. Whatever a task learns through it is an observation, so
//! a task is a pure function of its history: that is what lets `check` treat an `async fn` as plain data.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::hash::Hash;
use std::rc::Rc;

mod broken;
mod call;
mod cell;
mod evalsha;
mod grant;
mod handle;
mod kept;
mod ledger;
mod local;
mod lock;
mod looping;
mod op;
mod owners;
mod pending;
mod redis;
mod start;
mod state;
mod subscription;
mod zookeeper;

pub use broken::Broken;
pub use call::{Call, LockBox, Output, WorkBox};
pub use cell::Cell;
pub use evalsha::Scripts;
pub use grant::{Grant, LockError};
pub use handle::{Instant, Token, WallReading, WatchId};
pub use kept::{KEPT_AT, Kept};
pub use ledger::LedgerClient;
pub use local::{Session, TaskId};
pub use lock::{Lock, Next, Task, Work};
pub use looping::Looping;
pub use op::{CallError, Handling, Lane, Op, OpResult, Reads, Request, Seen, Votes};
pub use pending::{Either, Gathering, Pending};
pub use redis::{Arg, RedisClient, Script, Set};
pub use state::{State, Value};
pub use subscription::{Message, Subscription};
pub use zookeeper::ZooKeeperClient;

pub(crate) use call::BoxFuture;
pub(crate) use handle::Handle;
pub(crate) use local::{Answer, Ask, Local, clean_up_of, data_of, thread_of};
pub(crate) use op::{Act, Did, Observation, OpId};
pub(crate) use subscription::subscription_of;

use crate::time::Micros;
use local::deep;

/// What the world tells a recipe about itself before it starts.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Surroundings {
    /// The numbers of the Redis masters, in the order of the model.
    pub redis: Vec<u16>,
    /// How the process's Redis library sends scripts.
    pub scripts: Scripts,
    /// The numbers of each master's replicas.
    pub replicas: Vec<Vec<u16>>,
    /// The number of the ZooKeeper service, if there is one.
    pub zookeeper: Option<u16>,
    /// The number of the resource that the lock guards, if there is one.
    pub ledger: Option<u16>,
    /// The number of the process in the model, from 0.
    pub number: u16,
    /// The name of the process, as in `c1`.
    pub process: String,
    /// Which of the process's threads this is, from 0.
    pub thread: u8,
}

/// A recipe's way to the world. Cheap to clone. It knows how many locks deep in others its recipe is.
#[derive(Clone)]
pub struct Cx(Rc<Inner>, u8);

struct Inner {
    around: Rc<Surroundings>,
    task: TaskId,
    run: RefCell<Run>,
}

/// One run of a task's future.
pub(crate) struct Run {
    /// Whether anybody listens: not while a crashed task is dropped.
    alive: bool,
    next_op: OpId,
    next_loop: u32,
    /// Recorded observations that come before anything new.
    pub(crate) script: VecDeque<Observation>,
    /// What the process answers with; there while the future is polled.
    pub(crate) local: Option<Local>,
    /// What the task has done.
    pub(crate) did: Vec<Did>,
    /// How much it had done when the script was used up.
    pub(crate) scripted: usize,
    /// Answers that were not in the script.
    pub(crate) answered: Vec<(usize, Answer)>,
    results: Vec<(OpId, OpResult)>,
    owned: Vec<Handle>,
    /// The script did not fit what the task did.
    pub(crate) strayed: bool,
}

impl fmt::Debug for Cx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cx").field("task", &self.0.task).finish_non_exhaustive()
    }
}

impl Cx {
    pub(crate) fn new(around: Rc<Surroundings>, task: TaskId, owned: Vec<Handle>) -> Self {
        let run = Run {
            alive: true,
            next_op: 0,
            next_loop: 0,
            script: VecDeque::new(),
            local: None,
            did: Vec::new(),
            scripted: 0,
            answered: Vec::new(),
            results: Vec::new(),
            owned,
            strayed: false,
        };
        Self(Rc::new(Inner { around, task, run: RefCell::new(run) }), 0)
    }

    /// How many locks can be one inside the other.
    pub const DEEPEST: usize = 5;

    /// The way to the world of a lock that is `depth` locks deep in others: its background tasks are its own.
    #[must_use]
    pub fn deeper(&self, depth: usize) -> Self {
        Self(self.0.clone(), self.1 + depth as u8)
    }

    /// What the world is made of.
    pub fn surroundings(&self) -> &Surroundings {
        &self.0.around
    }

    /// A reading of this process's monotonic clock.
    pub fn now(&self) -> Instant {
        match self.ask(Ask::Now) {
            Answer::Instant(instant) => instant,
            _ => unreachable!("the process answers Now with an instant"),
        }
    }

    /// Whether `instant` has come, by this process's monotonic clock.
    pub fn is_past(&self, instant: Instant) -> bool {
        self.ask(Ask::IsPast(instant)) == Answer::Yes(true)
    }

    /// The time (µs) since `instant`, by this process's monotonic clock.
    pub fn elapsed(&self, instant: Instant) -> Micros {
        self.span(Ask::Since(instant))
    }

    /// The time (µs) until `instant`, or zero, by this process's monotonic clock.
    pub fn until(&self, instant: Instant) -> Micros {
        self.span(Ask::Until(instant))
    }

    fn span(&self, ask: Ask) -> Micros {
        match self.ask(ask) {
            Answer::Span(span) => span,
            _ => unreachable!("the process answers with a span"),
        }
    }

    /// This process's wall clock (ms since 1970).
    ///
    /// From the first use on, absolute time is part of the state, and a search needs a bound. Who only subtracts one
    /// reading from a later one does not need it: [`wall_clock`](Self::wall_clock).
    pub fn wall_clock_ms(&self) -> i64 {
        match self.ask(Ask::WallClock) {
            Answer::Number(ms) => ms,
            _ => unreachable!("the process answers WallClock with a number"),
        }
    }

    /// A reading of this process's wall clock, for [`wall_ms_since`](Self::wall_ms_since).
    pub fn wall_clock(&self) -> WallReading {
        match self.ask(Ask::Wall) {
            Answer::Instant(reading) => WallReading(reading),
            _ => unreachable!("the process answers Wall with a reading"),
        }
    }

    /// By how many ms this process's wall clock says more than it did at `reading`: less than nothing if it was set back.
    pub fn wall_ms_since(&self, reading: WallReading) -> i64 {
        match self.ask(Ask::WallSince(reading.0)) {
            Answer::Number(ms) => ms,
            _ => unreachable!("the process answers WallSince with a number"),
        }
    }

    /// A text that nobody else has.
    pub fn unique_token(&self) -> Token {
        match self.ask(Ask::Token) {
            Answer::Token(token) => token,
            _ => unreachable!("the process answers Token with a token"),
        }
    }

    /// Waits (µs, by this process's monotonic clock).
    pub fn sleep(&self, span: Micros) -> Pending<()> {
        self.op(Op::Sleep(span), |_| ())
    }

    /// Waits until `instant`.
    pub fn sleep_until(&self, instant: Instant) -> Pending<()> {
        self.sleep(self.until(instant))
    }

    /// Waits so long (µs), and a drawn time of up to so much more.
    pub async fn wait(&self, (delay, jitter): (Micros, Micros)) {
        // A jitter in whole milliseconds: its finer parts decide nothing.
        let extra = match jitter.as_ms() {
            0 => 0,
            ms => self.delay(ms as u32 + 1).await,
        };
        self.sleep(delay + Micros::from_ms(i64::from(extra))).await;
    }

    /// One of `0..n`: a decision of the recipe or of the workload.
    pub fn draw(&self, n: u32) -> Pending<u32> {
        self.op(Op::Draw(n), |result| match result {
            OpResult::Drawn(number) => number,
            other => unreachable!("a draw gave {other:?}"),
        })
    }

    /// One of `0..n`, which decides nothing but how long the process waits: jitter. A search tries few values of it.
    pub fn delay(&self, n: u32) -> Pending<u32> {
        self.op(Op::Delay(n), |result| match result {
            OpResult::Drawn(number) => number,
            other => unreachable!("a draw gave {other:?}"),
        })
    }

    /// Starts a task of the same process beside this one, in place of the one of that number if it still runs.
    ///
    /// Numbers from 32 on are free for recipes; lower ones are the process's threads.
    pub fn spawn(&self, number: TaskId, task: impl Task) {
        self.act(Act::Spawn(deep(number, self.1), Call::task(task)));
    }

    /// Stops a task of the same process; nothing happens if it has ended.
    pub fn interrupt(&self, number: TaskId) {
        self.act(Act::Interrupt(deep(number, self.1)));
    }

    /// Adds `amount` to a number of the report.
    pub fn note(&self, what: &'static str, amount: i64) {
        self.act(Act::Note(what, amount));
    }

    fn act(&self, act: Act) {
        let mut run = self.0.run.borrow_mut();
        if run.alive {
            run.did.push(Did::Act(act));
        }
    }

    fn ask(&self, ask: Ask) -> Answer {
        let mut run = self.0.run.borrow_mut();
        let run = &mut *run;
        let answer = match run.script.pop_front() {
            Some(Observation::Answer(answer)) => {
                run.did.push(Did::Ask(ask));
                if run.script.is_empty() {
                    run.scripted = run.did.len();
                }
                answer
            }
            Some(other) => {
                // The task asked where it had not asked before: it was not deterministic.
                run.script.push_front(other);
                run.strayed = true;
                run.did.push(Did::Ask(ask.clone()));
                let task = self.0.task;
                run.local.as_mut().map_or(Answer::Done, |local| local.answer(task, &ask))
            }
            None => {
                let task = self.0.task;
                let answer = match &mut run.local {
                    Some(local) => local.answer(task, &ask),
                    None => Answer::Done,
                };
                run.did.push(Did::Ask(ask));
                run.answered.push((run.did.len(), answer.clone()));
                answer
            }
        };
        match &answer {
            Answer::Instant(instant) => run.owned.extend(state::handles_in(|mut hasher| {
                instant.hash(&mut hasher);
            })),
            Answer::Watch(watch) => run.owned.push(Handle::Watch(watch.0)),
            Answer::Slot(slot) => run.owned.push(Handle::Subscription(*slot)),
            Answer::Token(token) => run.owned.extend(state::handles_in(|mut hasher| {
                token.hash(&mut hasher);
            })),
            _ => {}
        }
        answer
    }

    /// Lets an engine at the run.
    pub(crate) fn with_run<R>(&self, f: impl FnOnce(&mut Run) -> R) -> R {
        f(&mut self.0.run.borrow_mut())
    }
}

impl Run {
    /// Hands the result of an operation over, to be found at the next poll.
    pub(crate) fn deliver(&mut self, op: OpId, result: OpResult) {
        self.results.push((op, result));
    }

    /// From here on nothing that the task does is heard.
    pub(crate) fn die(&mut self) {
        self.alive = false;
    }
}
