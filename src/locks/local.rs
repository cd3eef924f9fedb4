//! A mutex inside one process, as Java's `synchronized` or C++'s `std::mutex` is: other processes do not see it.

use serde::Deserialize;

use super::{About, Store};
use crate::cx::{Cx, Grant, Lock, LockError};
use crate::json::{Problem, Section};

/// Threads of one process exclude each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LocalMutex {}

impl LocalMutex {
    /// What it is.
    pub const ABOUT: About = About {
        name: "local",
        title: "a mutex inside each process, which other processes do not see",
        source: "Java's `synchronized`, C++'s `std::mutex`",
        store: Store::None,
        params: &[],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

/// Takes the mutex of this process, when it is free.
pub(super) async fn lock_here(cx: &Cx) {
    let (taken, freed) = (cx.cell::<bool>("mutex"), cx.cell::<()>("mutex freed"));
    let mut pass = cx.looping(());
    loop {
        cx.turn(&mut pass).await;
        // Threads of one process take turns between awaits only: test and set are one step.
        if !taken.get() {
            return taken.set(true);
        }
        freed.changed().await;
    }
}

/// Frees the mutex of this process.
pub(super) fn unlock_here(cx: &Cx) {
    cx.cell::<bool>("mutex").set(false);
    cx.cell::<()>("mutex freed").set(());
}

impl Lock for LocalMutex {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        lock_here(cx).await;
        Ok(Grant::default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        unlock_here(cx);
        Ok(())
    }

    fn place(&self) -> String {
        "mutex".to_owned()
    }
}
