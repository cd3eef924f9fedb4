//! One process without a world: whoever drives it says how each of its operations ends.
//!
//! In a [`World`](super::World) the model decides what a recipe learns. Where something else does, such as a recording
//! of what a real library was answered, a recipe runs here: its tasks are those of the live engine, and what they ask
//! for is handed out one by one.
//!
//! ```
//! use lockstep::cx::{Cx, Grant, Lock, LockBox, LockError, Op, OpResult, Output, Surroundings};
//! use lockstep::sim::solo::{Did, Solo};
//! use lockstep::time::Micros;
//!
//! #[derive(Clone, PartialEq, Eq, Hash, Debug)]
//! struct Sleepy;
//!
//! impl Lock for Sleepy {
//!     async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
//!         cx.sleep(Micros::from_ms(5)).await;
//!         Err(LockError::Busy)
//!     }
//!     async fn release(&mut self, _: &Cx) -> Result<(), LockError> {
//!         Ok(())
//!     }
//!     fn place(&self) -> String {
//!         "nowhere".to_owned()
//!     }
//! }
//!
//! let mut solo = Solo::new(Surroundings::default());
//! solo.begin(&LockBox::new(Sleepy).acquire());
//! let Some(Did::Asks(op, Op::Sleep(_))) = solo.next_did() else { panic!("it sleeps first") };
//! solo.answer(op, OpResult::Done);
//! let ended = solo.next_did();
//! assert!(matches!(ended, Some(Did::Ends(Output::Acquired(_, Err(LockError::Busy))))));
//! ```

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::engine::{Engine, Handle, Live};
use crate::cx::{
    Act, Call, Local, Op, OpId, OpResult, Output, Session, Surroundings, TaskId, data_of,
};
use crate::time::Micros;

/// Names one operation of a process, from its start to its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OpRef {
    task: TaskId,
    op: OpId,
}

/// What the tasks of a process did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Did {
    /// One waits for this, until [`Solo::answer`] says how it ended.
    ///
    /// Whoever waits at the head of a loop ([`Op::Turn`]) is answered with the state that it has there.
    Asks(OpRef, Op),
    /// Nobody waits for it any more.
    GivesUp(OpRef),
    /// One wrote this cell: who waits for it to be [changed](Op::Changed) can go on.
    Wrote(&'static str),
    /// The call that [`Solo::begin`] began is over.
    Ends(Output),
}

#[derive(Debug)]
struct Running {
    handle: Handle,
    ops: Vec<OpId>,
}

/// The tasks of one process: a thread, which runs the calls that it is given, and what these start beside it.
#[derive(Debug)]
pub struct Solo {
    engine: Live,
    around: Rc<Surroundings>,
    local: Local,
    tasks: BTreeMap<TaskId, Running>,
    did: VecDeque<Did>,
}

/// A moment of a process to which it can go back.
#[derive(Clone, Debug)]
pub struct Moment {
    local: Local,
    tasks: Vec<TaskId>,
}

/// The task that runs the calls.
const THREAD: TaskId = 0;

/// So old (µs) that no instant of a recording is: none is taken for equally old as another.
const OLDEST: Micros = Micros(i64::MAX / 4);

impl Solo {
    /// A process that knows this of its world, and has done nothing yet.
    pub fn new(around: Surroundings) -> Self {
        Self {
            engine: Live::default(),
            local: Local::new(around.number, OLDEST, true),
            around: Rc::new(around),
            tasks: BTreeMap::new(),
            did: VecDeque::new(),
        }
    }

    /// From here on its clocks show this (the wall clock in µs since 1970).
    pub fn set_clocks(&mut self, monotonic: Micros, wall: Micros) {
        self.local.monotonic = monotonic;
        self.local.wall = wall;
        self.local.ahead = wall - monotonic;
    }

    /// From here on its ZooKeeper library knows this of the session.
    pub fn set_session(&mut self, session: Session) {
        self.local.session = session;
    }

    /// The thread begins a call, in place of one that is not over.
    pub fn begin(&mut self, call: &Call) {
        self.interrupt(THREAD);
        let acts = self.start(THREAD, call);
        self.take(THREAD, acts);
    }

    /// The call that is not over is given up.
    pub fn stop(&mut self) {
        self.interrupt(THREAD);
    }

    /// An operation has ended, in this way; nothing happens if nobody waits for it any more.
    pub fn answer(&mut self, OpRef { task, op }: OpRef, result: OpResult) {
        let Some(running) = self.tasks.get_mut(&task) else { return };
        let Some(at) = running.ops.iter().position(|known| *known == op) else { return };
        running.ops.remove(at);
        let ran = self.engine.resume(running.handle, op, result, &mut self.local);
        self.take(task, ran.acts);
    }

    /// What the tasks did that was not told yet, in order.
    pub fn next_did(&mut self) -> Option<Did> {
        self.did.pop_front()
    }

    /// Whether no task runs, neither the thread nor one beside it.
    pub fn is_idle(&self) -> bool {
        self.tasks.is_empty()
    }

    /// What [`back_to`](Self::back_to) goes back to.
    pub fn moment(&self) -> Moment {
        Moment { local: self.local.clone(), tasks: self.tasks.keys().copied().collect() }
    }

    /// Goes back: tasks that began since are given up, and what the process keeps is as it was.
    ///
    /// A future cannot be put back. Tasks that ran at that moment already stay where they are.
    pub fn back_to(&mut self, moment: Moment) {
        let begun: Vec<TaskId> =
            self.tasks.keys().copied().filter(|task| !moment.tasks.contains(task)).collect();
        for task in begun {
            self.interrupt(task);
        }
        self.local = moment.local;
    }

    fn start(&mut self, task: TaskId, call: &Call) -> Vec<Act> {
        self.local.keep(task, &call.handles());
        let ran = self.engine.begin(&self.around, task, call, &mut self.local);
        self.tasks.insert(task, Running { handle: ran.handle, ops: Vec::new() });
        ran.acts
    }

    fn interrupt(&mut self, task: TaskId) {
        let Some(running) = self.tasks.remove(&task) else { return };
        self.engine.end(running.handle);
        self.give_up(task, running.ops);
        self.local.keep(task, &[]);
    }

    fn give_up(&mut self, task: TaskId, ops: Vec<OpId>) {
        self.did.extend(ops.into_iter().map(|op| Did::GivesUp(OpRef { task, op })));
    }

    /// Takes what a task did, then what those did that it started.
    fn take(&mut self, task: TaskId, acts: Vec<Act>) {
        let mut todo = VecDeque::from([(task, acts)]);
        while let Some((task, acts)) = todo.pop_front() {
            for act in acts {
                match act {
                    Act::Start(op, what) => {
                        if let Some(running) = self.tasks.get_mut(&task) {
                            running.ops.push(op);
                        }
                        self.did.push_back(Did::Asks(OpRef { task, op }, what));
                    }
                    Act::Cancel(op) => {
                        if let Some(running) = self.tasks.get_mut(&task) {
                            running.ops.retain(|known| *known != op);
                        }
                        self.did.push_back(Did::GivesUp(OpRef { task, op }));
                    }
                    Act::Spawn(number, call) => {
                        self.interrupt(number);
                        todo.retain(|(of, _)| *of != number);
                        let acts = self.start(number, &call);
                        todo.push_back((number, acts));
                    }
                    Act::Interrupt(number) => {
                        self.interrupt(number);
                        todo.retain(|(of, _)| *of != number);
                    }
                    Act::Note(..) => {}
                    Act::Finish(output) => self.finish(task, output),
                }
            }
        }
        self.did.extend(self.local.written.drain(..).map(Did::Wrote));
    }

    /// A task is over, and the engine has forgotten it. The thread keeps the recipe as it is now.
    fn finish(&mut self, task: TaskId, output: Output) {
        if let Some(running) = self.tasks.remove(&task) {
            self.give_up(task, running.ops);
        }
        if task == THREAD {
            if let Output::Acquired(lock, _) | Output::Released(lock, _) = &output {
                self.local.keep(data_of(THREAD), &lock.handles());
            }
            self.did.push_back(Did::Ends(output));
        }
        self.local.keep(task, &[]);
    }
}
