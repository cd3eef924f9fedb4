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
    /// So many processes, one after the other: when all threads have had enough, a new one takes its place.
    pub lives: u32,
    /// How long (µs) it takes until the next of them begins.
    pub rest: Micros,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            always_release: false,
            release_again: None,
            tries: None,
            lives: 1,
            rest: Micros::ZERO,
        }
    }
}
