//! What a recipe can do: typed store calls, instants, sleeps, cells, loops, parallel requests.
//!
//! A [`Cx`] is the only way from a recipe to the world. Whatever a task learns through it is an observation, so
//! a task is a pure function of its history: that is what lets `check` treat an `async fn` as plain data.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

mod call;
mod ledger;
mod local;
mod op;
mod redis;
mod state;
mod zookeeper;

pub use call::{Call, Grant, Lock, LockBox, LockError, Next, Output, Task, Work, WorkBox};
pub use ledger::LedgerClient;
pub use local::{Instant, Session, TaskId, Token, WatchId};
pub use op::{CallError, Lane, Op, OpResult, Reads, Request, Seen};
pub use redis::{Arg, RedisClient, Script, Set};
pub use state::{State, Value};
pub use zookeeper::ZooKeeperClient;

pub(crate) use call::BoxFuture;
pub(crate) use local::{Answer, Ask, Handle, Local, data_of};
pub(crate) use op::{Act, Did, Observation, OpId};

use crate::time::Micros;

/// What the world tells a recipe about itself before it starts.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Surroundings {
    /// The numbers of the Redis servers, in the order of the model.
    pub redis: Vec<u16>,
    /// The number of the ZooKeeper service, if there is one.
    pub zookeeper: Option<u16>,
    /// The number of the resource that the lock guards, if there is one.
    pub ledger: Option<u16>,
    /// The name of the process, as in `c1`.
    pub process: String,
    /// Which of the process's threads this is, from 0.
    pub thread: u8,
}

/// A recipe's way to the world. Cheap to clone.
#[derive(Clone)]
pub struct Cx(Rc<Inner>);

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
        Self(Rc::new(Inner { around, task, run: RefCell::new(run) }))
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
    /// From the first use on, absolute time is part of the state, and a search needs a bound.
    pub fn wall_clock_ms(&self) -> i64 {
        match self.ask(Ask::WallClock) {
            Answer::Number(ms) => ms,
            _ => unreachable!("the process answers WallClock with a number"),
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

    /// One of `0..n`: jitter, or a decision of the workload.
    pub fn draw(&self, n: u32) -> Pending<u32> {
        self.op(Op::Draw(n), |result| match result {
            OpResult::Drawn(number) => number,
            _ => 0,
        })
    }

    /// The cell of this name, shared by the tasks of the process.
    pub fn cell<T: Clone + Eq + Hash + fmt::Debug + Default + 'static>(
        &self,
        name: &'static str,
    ) -> Cell<T> {
        Cell { cx: self.clone(), name, content: PhantomData }
    }

    /// Starts a task of the same process beside this one, in place of the one of that number if it still runs.
    ///
    /// Numbers from 32 on are free for recipes; lower ones are the process's threads.
    pub fn spawn(&self, number: TaskId, task: impl Task) {
        self.act(Act::Spawn(number, Call::task(task)));
    }

    /// Stops a task of the same process; nothing happens if it has ended.
    pub fn interrupt(&self, number: TaskId) {
        self.act(Act::Interrupt(number));
    }

    /// Adds `amount` to a number of the report.
    pub fn note(&self, what: &'static str, amount: i64) {
        self.act(Act::Note(what, amount));
    }

    /// Waits for all of `pending`; the results are in their order, however they arrived.
    pub fn join<T: 'static>(&self, pending: Vec<Pending<T>>) -> Gathering<T> {
        let need = pending.len() as u32 + 1;
        self.gather(pending, need)
    }

    /// Waits until `need` of `pending` have said yes, or all have ended. The rest is given up (`None`).
    pub fn quorum<T: 'static>(&self, pending: Vec<Pending<T>>, need: usize) -> Gathering<T> {
        self.gather(pending, need as u32)
    }

    fn gather<T: 'static>(&self, pending: Vec<Pending<T>>, need: u32) -> Gathering<T> {
        let decode = pending.iter().map(|pending| pending.decode).collect();
        let ops: Rc<[Op]> = pending.into_iter().map(Pending::into_op).collect();
        let inner = self.op(Op::Gather { ops, need }, |result| match result {
            OpResult::Gathered(results) => results.to_vec(),
            _ => Vec::new(),
        });
        Gathering { inner, decode }
    }

    /// Waits for the first of the two; the other is given up.
    pub async fn race<A, B>(&self, mut a: Pending<A>, mut b: Pending<B>) -> Either<A, B> {
        std::future::poll_fn(|context| {
            if let Poll::Ready(a) = Pin::new(&mut a).poll(context) {
                return Poll::Ready(Either::First(a));
            }
            Pin::new(&mut b).poll(context).map(Either::Second)
        })
        .await
    }

    /// Begins a loop: `state` is all that survives a pass of it.
    ///
    /// [`turn`](Self::turn) must stand at the loop's head.
    pub fn looping<S: Clone + Eq + Hash + fmt::Debug + 'static>(&self, state: S) -> Looping<S> {
        let mut run = self.0.run.borrow_mut();
        run.next_loop += 1;
        let head = run.next_loop;
        Looping { state, head, keep: run.owned.clone(), ops: run.next_op, loops: run.next_loop }
    }

    /// The head of a loop: what happened in earlier passes is forgotten, but for `state`.
    ///
    /// A pass in which no time passed first waits one round trip of the model, so that every cycle moves time.
    pub async fn turn<S: Clone + Eq + Hash + fmt::Debug + 'static>(&self, state: &mut Looping<S>) {
        {
            let mut run = self.0.run.borrow_mut();
            run.next_op = state.ops;
            run.next_loop = state.loops;
        }
        let mut keep = state.keep.clone();
        for handle in state::handles_in(|hasher| state.state.feed(hasher)) {
            if !keep.contains(&handle) {
                keep.push(handle);
            }
        }
        self.0.run.borrow_mut().owned = keep.clone();
        self.ask(Ask::Keep(keep.into()));
        let turn = Op::Turn { head: state.head, state: Value::new(state.state.clone()) };
        let resumed = self.op(turn, |result| match result {
            OpResult::Resumed(value) => Some(value),
            _ => None,
        });
        if let Some(value) = resumed.await
            && let Some(survived) = value.get::<S>()
        {
            state.state = survived.clone();
        }
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
            Answer::Token(token) => run.owned.extend(state::handles_in(|mut hasher| {
                token.hash(&mut hasher);
            })),
            _ => {}
        }
        answer
    }

    fn op<T>(&self, op: Op, decode: fn(OpResult) -> T) -> Pending<T> {
        Pending { cx: self.clone(), op: Some(op), decode, id: None }
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

/// The first or the second of two results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Either<A, B> {
    /// The first ended first.
    First(A),
    /// The second ended first.
    Second(B),
}

/// An operation: it starts when it is first waited for, and is given up when it is dropped.
#[must_use = "an operation does nothing until it is waited for"]
pub struct Pending<T> {
    cx: Cx,
    op: Option<Op>,
    decode: fn(OpResult) -> T,
    id: Option<OpId>,
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("op", &self.op)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl<T> Pending<T> {
    /// The client gives up after `span` (µs, by its own clock): [`CallError::TimedOut`].
    pub fn within(mut self, span: Micros) -> Self {
        if let Some(Op::Call { within, .. }) = &mut self.op {
            *within = Some(span);
        }
        self
    }

    fn into_op(mut self) -> Op {
        // Only an operation that has not started can become part of another one.
        self.op.take().expect("an operation joins others before it is waited for")
    }
}

impl<T> Future for Pending<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        let this = &mut *self;
        let mut run = this.cx.0.run.borrow_mut();
        match this.id {
            None => {
                let id = run.next_op;
                run.next_op += 1;
                this.id = Some(id);
                if let Some(op) = this.op.take()
                    && run.alive
                {
                    run.did.push(Did::Act(Act::Start(id, op)));
                }
                Poll::Pending
            }
            Some(id) => match run.results.iter().position(|(of, _)| *of == id) {
                Some(place) => {
                    let (_, result) = run.results.remove(place);
                    this.id = None;
                    drop(run);
                    Poll::Ready((this.decode)(result))
                }
                None => Poll::Pending,
            },
        }
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            let mut run = self.cx.0.run.borrow_mut();
            run.results.retain(|(of, _)| *of != id);
            if run.alive {
                run.did.push(Did::Act(Act::Cancel(id)));
            }
        }
    }
}

/// Several operations at once.
#[must_use = "operations do nothing until they are waited for"]
pub struct Gathering<T> {
    inner: Pending<Vec<Option<OpResult>>>,
    decode: Vec<fn(OpResult) -> T>,
}

impl<T> fmt::Debug for Gathering<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T> Future for Gathering<T> {
    type Output = Vec<Option<T>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        Pin::new(&mut this.inner).poll(context).map(|results| {
            let decoded = results.into_iter().zip(&this.decode);
            decoded.map(|(result, decode)| result.map(decode)).collect()
        })
    }
}

/// What survives a pass of a loop: see [`Cx::looping`].
#[derive(Debug)]
pub struct Looping<S> {
    state: S,
    head: u32,
    keep: Vec<Handle>,
    ops: OpId,
    loops: u32,
}

impl<S> std::ops::Deref for Looping<S> {
    type Target = S;
    fn deref(&self) -> &S {
        &self.state
    }
}

impl<S> std::ops::DerefMut for Looping<S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.state
    }
}

/// A value that the tasks of one process share.
pub struct Cell<T> {
    cx: Cx,
    name: &'static str,
    content: PhantomData<T>,
}

impl<T> fmt::Debug for Cell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cell {}", self.name)
    }
}

impl<T: Clone + Eq + Hash + fmt::Debug + Default + 'static> Cell<T> {
    /// The content, or the default before the first [`set`](Self::set).
    pub fn get(&self) -> T {
        match self.cx.ask(Ask::Read(self.name)) {
            Answer::Value(Some(value)) => value.get::<T>().cloned().unwrap_or_default(),
            _ => T::default(),
        }
    }

    /// Puts `content` into the cell, and wakes who waits for a change.
    pub fn set(&self, content: T) {
        self.cx.ask(Ask::Write(self.name, Value::new(content)));
    }

    /// Waits until somebody writes the cell, from now on.
    pub fn changed(&self) -> Pending<()> {
        self.cx.op(Op::Changed(self.name), |_| ())
    }
}
