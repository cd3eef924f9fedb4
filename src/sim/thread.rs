//! A thread of a client: it acquires, works, releases, and again, until its work has had enough.

use super::habits::{Habits, OnError, OutOfTries};
use crate::cx::{Call, Grant, LockBox, LockError, Next, Output, WorkBox};

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
    habits: Habits,
    next: Next,
    /// It gives back what it did not get.
    refused: bool,
    /// Refusals in a row, where they are counted.
    refusals: u32,
    /// One wait between tries may still be shorter than it is.
    pub(crate) unphased: bool,
}

/// What a thread does next.
pub(crate) enum Step {
    /// Begins this call.
    Call(Call),
    /// Enters the section with this grant, and begins this call.
    Enter(Grant, Call),
    /// Enters the section without the lock, and begins this call.
    EnterWithout(Call),
    /// Leaves the section, and begins this call; a clean-up beside the thread begins the other one.
    Leave(Call, Option<Call>),
    /// Asks again after a refusal, or for the next section; the flag says which.
    Ask(Call, bool),
    /// Nothing more, because it was refused too often.
    GiveUp,
    /// Nothing more.
    Done,
}

impl Thread {
    pub(crate) fn new(lock: LockBox, work: WorkBox, habits: Habits, unphased: bool) -> Self {
        let (refused, refusals) = (false, 0);
        let (phase, next) = (Phase::Acquiring, Next::Again);
        Self { lock, work, phase, habits, next, refused, refusals, unphased }
    }

    /// Whether the thread would go on if it could.
    pub(crate) fn wants(&self) -> bool {
        self.phase != Phase::Done
    }

    /// Whether it was refused so often that it asks no more.
    pub(crate) fn has_given_up(&self) -> bool {
        self.phase == Phase::Done && self.habits.tries.is_some_and(|tries| self.refusals >= tries)
    }

    /// It has given up, and asks again after all.
    pub(crate) fn comes_again(&mut self) {
        self.phase = Phase::Acquiring;
        self.refusals = 0;
    }

    /// What comes after the end of a call.
    pub(crate) fn after(&mut self, output: Output) -> Step {
        match output {
            Output::Acquired(lock, Ok(grant)) => {
                self.lock = lock;
                self.refusals = 0;
                self.phase = Phase::Working;
                let section = self.work.section(grant.clone());
                Step::Enter(grant, section)
            }
            Output::Acquired(lock, Err(error)) => {
                self.lock = lock;
                let on_error = match error {
                    LockError::Call(_) => self.habits.on_error,
                    LockError::GaveUp => OnError::GivesUp,
                    _ => OnError::TriesAgain,
                };
                match on_error {
                    OnError::Enters => return self.enter_without(),
                    OnError::GivesUp => {
                        self.phase = Phase::Done;
                        return Step::GiveUp;
                    }
                    OnError::TriesAgain => {}
                }
                if error == LockError::Interrupted && self.lock.cleans_up() {
                    self.refused = true;
                    self.phase = Phase::Releasing;
                    return Step::Call(self.lock.clean_up());
                }
                if self.habits.always_release {
                    self.refused = true;
                    self.phase = Phase::Releasing;
                    return Step::Call(self.lock.release());
                }
                self.refuse()
            }
            Output::Worked(work, next) => {
                self.work = work;
                self.next = next;
                self.phase = Phase::Releasing;
                // What cleans up has the lock as it was held.
                let again = self.habits.release_again;
                Step::Leave(self.lock.release(), again.map(|after| self.lock.release_later(after)))
            }
            Output::Released(lock, Err(LockError::Interrupted)) if lock.cleans_up_releases() => {
                self.lock = lock;
                Step::Call(self.lock.clean_up())
            }
            Output::Released(lock, _) => {
                self.lock = lock;
                if std::mem::take(&mut self.refused) {
                    return self.refuse();
                }
                match self.next {
                    Next::Again => {
                        self.phase = Phase::Acquiring;
                        Step::Ask(self.lock.acquire(), true)
                    }
                    Next::Enough => {
                        self.phase = Phase::Done;
                        self.unphased = false;
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

    /// What comes after an acquisition whose grant is over by now: the lock goes back, as after a refusal.
    pub(crate) fn gives_back(&mut self, output: Output) -> Step {
        match output {
            Output::Acquired(lock, _) => {
                self.lock = lock;
                self.refused = true;
                self.phase = Phase::Releasing;
                Step::Call(self.lock.release())
            }
            other => self.after(other),
        }
    }

    /// It goes in without the lock.
    fn enter_without(&mut self) -> Step {
        self.refusals = 0;
        self.phase = Phase::Working;
        Step::EnterWithout(self.work.section(Grant::default()))
    }

    /// What comes after a refusal: another attempt, or none.
    fn refuse(&mut self) -> Step {
        if let Some(tries) = self.habits.tries {
            self.refusals += 1;
            if self.refusals >= tries {
                if self.habits.out_of_tries == OutOfTries::Enters {
                    return self.enter_without();
                }
                self.phase = Phase::Done;
                self.unphased = false;
                return Step::GiveUp;
            }
        }
        let (delay, jitter) = self.lock.retry();
        self.phase = Phase::Waiting;
        Step::Call(Call::wait(delay, jitter))
    }
}
