//! Habits of clients: what they do with a lock, whatever its recipe.

use crate::time::Micros;

/// What the clients of a process do with their lock, whatever its recipe.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Habits {
    /// They give back what they did not get, too: `try { acquire } finally { release }` (catalogue entry F09).
    pub always_release: bool,
    /// A clean-up beside the thread gives back a second time, so long (µs) after the thread began to (F64).
    pub release_again: Option<Micros>,
    /// After so many refusals in a row a thread gives up: it has had enough without having had the lock.
    pub tries: Option<u32>,
    /// What a thread does that has given up so.
    pub out_of_tries: OutOfTries,
    /// What a thread does whose acquisition met an error of the store.
    pub on_error: OnError,
    /// So many processes, one after the other: when all threads have had enough, a new one takes its place.
    pub lives: u32,
    /// How long (µs) it takes until the next of them begins.
    pub rest: Micros,
}

/// What a thread does that was refused so often that it does not ask again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum OutOfTries {
    /// It leaves.
    #[default]
    Leaves,
    /// It goes in all the same, without the lock.
    Enters,
}

/// What a thread does whose acquisition ended with an error of the store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum OnError {
    /// It takes that for a refusal.
    #[default]
    TriesAgain,
    /// It goes in all the same, without the lock: it fails open.
    Enters,
    /// It leaves.
    GivesUp,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            always_release: false,
            release_again: None,
            tries: None,
            out_of_tries: OutOfTries::default(),
            on_error: OnError::default(),
            lives: 1,
            rest: Micros::ZERO,
        }
    }
}
