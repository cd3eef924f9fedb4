//! A thread of a client: it acquires, works, releases, and again, until its work has had enough.

use crate::cx::{Call, Grant, LockBox, Next, Output, WorkBox};

/// Where a thread is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Phase {
    /// It asks for the lock, or waits for it.
    Acquiring,
    /// It was refused, and waits before it asks again.
    Waiting,
    /// It uses what the lock guards.
    Working,
    /// It gives the lock back.
    Releasing,
    /// It has had enough.
    Done,
}

impl Phase {
    /// Whether the thread wants the lock and does not have it.
    pub fn wants_lock(self) -> bool {
        matches!(self, Self::Acquiring | Self::Waiting)
    }
}

/// A thread: plain data between its calls.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Thread {
    pub(crate) lock: LockBox,
    pub(crate) work: WorkBox,
    pub(crate) phase: Phase,
    next: Next,
}

/// What a thread does next.
pub(crate) enum Step {
    /// Begins this call.
    Call(Call),
    /// Enters the section with this grant, and begins this call.
    Enter(Grant, Call),
    /// Leaves the section, and begins this call.
    Leave(Call),
    /// Asks again after a refusal, or for the next section; the flag says which.
    Ask(Call, bool),
    /// Nothing more.
    Done,
}

impl Thread {
    pub(crate) fn new(lock: LockBox, work: WorkBox) -> Self {
        Self { lock, work, phase: Phase::Acquiring, next: Next::Again }
    }

    /// Whether the thread would go on if it could.
    pub(crate) fn wants(&self) -> bool {
        self.phase != Phase::Done
    }

    /// What comes after the end of a call.
    pub(crate) fn after(&mut self, output: Output) -> Step {
        match output {
            Output::Acquired(lock, Ok(grant)) => {
                self.lock = lock;
                self.phase = Phase::Working;
                let section = self.work.section(grant.clone());
                Step::Enter(grant, section)
            }
            Output::Acquired(lock, Err(_)) => {
                let (delay, jitter) = lock.retry();
                self.lock = lock;
                self.phase = Phase::Waiting;
                Step::Call(Call::wait(delay, jitter))
            }
            Output::Worked(work, next) => {
                self.work = work;
                self.next = next;
                self.phase = Phase::Releasing;
                Step::Leave(self.lock.release())
            }
            Output::Released(lock, _) => {
                self.lock = lock;
                match self.next {
                    Next::Again => {
                        self.phase = Phase::Acquiring;
                        Step::Ask(self.lock.acquire(), true)
                    }
                    Next::Enough => {
                        self.phase = Phase::Done;
                        Step::Done
                    }
                }
            }
            Output::Ended => {
                self.phase = Phase::Acquiring;
                Step::Ask(self.lock.acquire(), false)
            }
        }
    }
}
