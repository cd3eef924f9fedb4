//! What is written against a [`Cx`]: a lock recipe, the work done under it, a task beside it.

use std::fmt;
use std::hash::Hash;

use super::Cx;
use super::grant::{Grant, LockError};
use super::kept::Kept;
use crate::time::Micros;

/// A lock recipe: plain data between its calls, an `async fn` during one.
pub trait Lock: Clone + Eq + Hash + fmt::Debug + 'static {
    /// Tries to acquire, or waits until it has.
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError>;

    /// Gives the lock back.
    async fn release(&mut self, cx: &Cx) -> Result<(), LockError>;

    /// How long (µs) a client waits after an acquisition that failed, and how much jitter is added at most.
    fn retry(&self) -> (Micros, Micros) {
        (Micros::from_ms(100), Micros::ZERO)
    }

    /// Where the lock lives in its store: the key, or the node or directory.
    fn place(&self) -> String;

    /// All places, of a lock that lives in several.
    fn places(&self) -> Vec<String> {
        vec![self.place()]
    }

    /// Whether who waits stands in a queue in the store: a numbered node, or an element of a list.
    fn is_queue(&self) -> bool {
        false
    }

    /// For how long (µs) what a thread places where the lock lives counts for others, who may take it over or remove it
    /// after that; none if only the store knows.
    fn counts_for(&self) -> Option<Micros> {
        None
    }

    /// Whether its grants name the node that is the lock ([`Grant::node`]).
    fn names_node(&self) -> bool {
        false
    }

    /// Puts in order what a call has left that was interrupted, if the recipe [`cleans_up`](Self::cleans_up): the `catch`
    /// and the `finally` of a library.
    async fn clean_up(&mut self, _cx: &Cx) -> Result<(), LockError> {
        Ok(())
    }

    /// Whether [`clean_up`](Self::clean_up) is to run after an acquisition that was interrupted.
    fn cleans_up(&self) -> bool {
        false
    }

    /// Whether it is to run after a release that was interrupted, too.
    fn cleans_up_releases(&self) -> bool {
        false
    }

    /// The store that it needs (`redis`, `zookeeper`), where that is known of the lock only.
    fn needs(&self) -> Option<&'static str> {
        None
    }

    /// Times (µs) that it compares instants with and that stand in no model.
    fn compares_with(&self) -> Vec<Micros> {
        Vec::new()
    }

    /// This object as it is, acquired with the arguments that `other` has for parameters; none if those are not
    /// arguments of an acquisition in the library.
    fn with_arguments_of(&self, _other: &Self) -> Option<Self> {
        None
    }
}

/// What a client does while it has the lock.
pub trait Work: Clone + Eq + Hash + fmt::Debug + 'static {
    /// One critical section.
    async fn section(&mut self, cx: &Cx, grant: &Grant) -> Next;

    /// Whether the client stops by itself when its grant's validity ends: what it believes ends with it.
    fn heeds_validity(&self) -> bool {
        false
    }

    /// Where the number is kept that sections read and write, if there is one.
    fn keeps(&self) -> Option<Kept> {
        None
    }
}

/// What a client does after a section.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Next {
    /// Acquires again.
    Again,
    /// Is done.
    Enough,
}

/// Something that runs beside a call: a watchdog, a listener.
pub trait Task: Clone + Eq + Hash + fmt::Debug + 'static {
    /// Runs until the end, or until it is interrupted.
    async fn run(self, cx: &Cx);
}
