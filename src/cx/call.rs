//! Calls: what a process runs, as plain data that can be started any number of times.
//!
//! A future can be neither cloned nor hashed; what it was started from can. `acquire`, the work, `release` and
//! every background task are each a call of their own.

use std::fmt;
use std::future::Future;
use std::hash::{Hash, Hasher};
use std::pin::Pin;
use std::rc::Rc;

use super::Cx;
use super::grant::{Grant, LockError};
use super::handle::Handle;
use super::kept::Kept;
use super::lock::{Lock, Next, Task, Work};
use super::start::{Acquire, CleanUp, Later, Release, Run, Section, Wait};
use super::state::{State, handles_in};
use crate::time::Micros;

/// How a call ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Output {
    /// `acquire`: the recipe as it is now.
    Acquired(LockBox, Result<Grant, LockError>),
    /// The section.
    Worked(WorkBox, Next),
    /// `release`.
    Released(LockBox, Result<(), LockError>),
    /// A background task, or a wait.
    Ended,
}

pub(crate) type BoxFuture = Pin<Box<dyn Future<Output = Output>>>;

/// What can be started.
pub(crate) trait Start: State {
    fn start(&self, cx: Cx) -> BoxFuture;
    /// Which of the kinds of call it is, for messages.
    fn kind(&self) -> &'static str;
}

/// A call that can be started.
#[derive(Clone)]
pub struct Call(Rc<dyn Start>);

impl Call {
    fn new(start: impl Start) -> Self {
        Self(Rc::new(start))
    }

    /// The background task `task`.
    pub fn task<T: Task>(task: T) -> Self {
        Self::new(Run(task))
    }

    /// A wait of `delay` and up to `jitter` more.
    pub(crate) fn wait(delay: Micros, jitter: Micros) -> Self {
        Self::new(Wait { delay, jitter })
    }

    pub(crate) fn start(&self, cx: Cx) -> BoxFuture {
        self.0.start(cx)
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.0.kind()
    }
}

macro_rules! plain_box {
    ($name:ident) => {
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                Rc::ptr_eq(&self.0, &other.0) || self.0.same(&*other.0 as &dyn State)
            }
        }
        impl Eq for $name {}
        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.0.feed(state);
            }
        }
        impl $name {
            /// The instants, tokens and watches that it refers to.
            pub(crate) fn handles(&self) -> Vec<Handle> {
                handles_in(|hasher| self.0.feed(hasher))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

plain_box!(Call);
plain_box!(LockBox);
plain_box!(WorkBox);

/// Any recipe.
#[derive(Clone)]
pub struct LockBox(Rc<dyn AnyLock>);

impl LockBox {
    /// Wraps a recipe.
    pub fn new<L: Lock>(lock: L) -> Self {
        Self(Rc::new(lock))
    }

    /// One acquisition of it, from how it is now.
    pub fn acquire(&self) -> Call {
        self.0.acquire_call()
    }

    /// One release of it, from how it is now.
    pub fn release(&self) -> Call {
        self.0.release_call()
    }

    /// A release beside the thread that has the lock, after `delay`; nobody learns how it ends.
    pub(crate) fn release_later(&self, delay: Micros) -> Call {
        Call::new(Later { delay, then: self.release() })
    }

    /// See [`Lock::retry`].
    pub fn retry(&self) -> (Micros, Micros) {
        self.0.retry_after()
    }

    /// See [`Lock::place`].
    pub fn place(&self) -> String {
        self.0.lives_at()
    }

    /// See [`Lock::places`].
    pub fn places(&self) -> Vec<String> {
        self.0.lives_at_all()
    }

    /// See [`Lock::is_queue`].
    pub(crate) fn is_queue(&self) -> bool {
        self.0.has_queue()
    }

    /// See [`Lock::counts_for`].
    pub(crate) fn counts_for(&self) -> Option<Micros> {
        self.0.placed_counts_for()
    }

    /// See [`Lock::names_node`].
    pub(crate) fn names_node(&self) -> bool {
        self.0.grants_node()
    }

    /// See [`Lock::cleans_up`].
    pub(crate) fn cleans_up(&self) -> bool {
        self.0.puts_in_order()
    }

    /// See [`Lock::cleans_up_releases`].
    pub(crate) fn cleans_up_releases(&self) -> bool {
        self.0.puts_releases_in_order()
    }

    /// One clean-up after an interrupted call, from how it is now.
    pub(crate) fn clean_up(&self) -> Call {
        self.0.clean_up_call()
    }

    /// See [`Lock::needs`].
    pub(crate) fn needs(&self) -> Option<&'static str> {
        self.0.needs_store()
    }

    /// See [`Lock::compares_with`].
    pub(crate) fn compares_with(&self) -> Vec<Micros> {
        self.0.times()
    }

    /// See [`Lock::with_arguments_of`].
    pub fn with_arguments_of(&self, other: &Self) -> Option<Self> {
        self.0.with_those_of(&*other.0)
    }

    /// Acquires it as a part of another lock; the lock as it is then, and what came of it.
    pub async fn acquire_in(&self, cx: &Cx) -> (Self, Result<Grant, LockError>) {
        match self.acquire().start(cx.clone()).await {
            Output::Acquired(lock, result) => (lock, result),
            _ => unreachable!("an acquisition ends as one"),
        }
    }

    /// Releases it as a part of another lock; the lock as it is then, and what came of it.
    pub async fn release_in(&self, cx: &Cx) -> (Self, Result<(), LockError>) {
        match self.release().start(cx.clone()).await {
            Output::Released(lock, result) => (lock, result),
            _ => unreachable!("a release ends as one"),
        }
    }
}

/// Any work.
#[derive(Clone)]
pub struct WorkBox(Rc<dyn AnyWork>);

impl WorkBox {
    /// Wraps some work.
    pub fn new<W: Work>(work: W) -> Self {
        Self(Rc::new(work))
    }

    pub(crate) fn section(&self, grant: Grant) -> Call {
        self.0.section_call(grant)
    }

    /// See [`Work::heeds_validity`].
    pub(crate) fn heeds_validity(&self) -> bool {
        self.0.heeds()
    }

    /// See [`Work::keeps`].
    pub(crate) fn keeps(&self) -> Option<Kept> {
        self.0.kept()
    }
}

trait AnyLock: State {
    fn acquire_call(&self) -> Call;
    fn release_call(&self) -> Call;
    fn retry_after(&self) -> (Micros, Micros);
    fn lives_at(&self) -> String;
    fn lives_at_all(&self) -> Vec<String>;
    fn grants_node(&self) -> bool;
    fn has_queue(&self) -> bool;
    fn placed_counts_for(&self) -> Option<Micros>;
    fn puts_in_order(&self) -> bool;
    fn puts_releases_in_order(&self) -> bool;
    fn clean_up_call(&self) -> Call;
    fn needs_store(&self) -> Option<&'static str>;
    fn times(&self) -> Vec<Micros>;
    fn with_those_of(&self, other: &dyn AnyLock) -> Option<LockBox>;
}

impl<L: Lock> AnyLock for L {
    fn acquire_call(&self) -> Call {
        Call::new(Acquire(self.clone()))
    }
    fn release_call(&self) -> Call {
        Call::new(Release(self.clone()))
    }
    fn retry_after(&self) -> (Micros, Micros) {
        self.retry()
    }
    fn lives_at(&self) -> String {
        self.place()
    }
    fn lives_at_all(&self) -> Vec<String> {
        self.places()
    }
    fn grants_node(&self) -> bool {
        self.names_node()
    }
    fn has_queue(&self) -> bool {
        self.is_queue()
    }
    fn placed_counts_for(&self) -> Option<Micros> {
        self.counts_for()
    }
    fn puts_in_order(&self) -> bool {
        self.cleans_up()
    }
    fn puts_releases_in_order(&self) -> bool {
        self.cleans_up_releases()
    }
    fn clean_up_call(&self) -> Call {
        Call::new(CleanUp(self.clone()))
    }
    fn needs_store(&self) -> Option<&'static str> {
        self.needs()
    }
    fn times(&self) -> Vec<Micros> {
        self.compares_with()
    }

    fn with_those_of(&self, other: &dyn AnyLock) -> Option<LockBox> {
        let other = other.as_any().downcast_ref::<L>()?;
        self.with_arguments_of(other).map(LockBox::new)
    }
}

trait AnyWork: State {
    fn section_call(&self, grant: Grant) -> Call;
    fn heeds(&self) -> bool;
    fn kept(&self) -> Option<Kept>;
}

impl<W: Work> AnyWork for W {
    fn section_call(&self, grant: Grant) -> Call {
        Call::new(Section(self.clone(), grant))
    }
    fn heeds(&self) -> bool {
        self.heeds_validity()
    }
    fn kept(&self) -> Option<Kept> {
        self.keeps()
    }
}
