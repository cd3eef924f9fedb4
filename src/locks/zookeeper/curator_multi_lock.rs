//! Curator's `InterProcessMultiLock`: <https://github.com/apache/curator>, `InterProcessMultiLock.java`.

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::Directory;
use super::curator::Curator;
use super::reentrant::Reentrant;
use crate::cx::{Cx, Grant, Lock, LockError};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// Several mutexes, one after the other, all or nothing.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CuratorMultiLock {
    directories: Vec<Directory>,
    order: Order,
    reentrant: Reentrant,
    retry: Retry,
    /// Those that are held, in the order in which they were acquired.
    #[serde(skip)]
    held: Vec<Curator>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Order {
    #[default]
    AsListed,
    Opposite,
}

impl Default for CuratorMultiLock {
    fn default() -> Self {
        let directories = ["/lock-a", "/lock-b"].map(|path| Directory(path.to_owned())).to_vec();
        let (order, reentrant, retry, held) = Default::default();
        Self { directories, order, reentrant, retry, held }
    }
}

impl CuratorMultiLock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "curator-multi-lock",
        title: "Curator's InterProcessMultiLock: several mutexes, one after the other",
        source: "apache/curator InterProcessMultiLock.java",
        store: Store::ZooKeeper,
        params: &[
            ("directories", "the locks' directories: [\"/lock-a\", \"/lock-b\"]"),
            ("order", "\"as-listed\", or \"opposite\" in every second process: \"as-listed\""),
            Reentrant::ABOUT,
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let lock: Self = section.to()?;
        if lock.directories.is_empty() {
            return Err(section.field("directories")?.error("there is no lock to acquire"));
        }
        Ok(lock)
    }

    /// Whether this process takes the locks from the end of the list.
    fn backwards(&self, cx: &Cx) -> bool {
        let even = cx.surroundings().process.ends_with(['0', '2', '4', '6', '8']);
        self.order == Order::Opposite && even
    }
}

impl Lock for CuratorMultiLock {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. Each lock waits until it is there.
        let mut directories = self.directories.clone();
        if self.backwards(cx) {
            directories.reverse();
        }
        for directory in directories {
            let mut lock = Curator::inside(directory, self.reentrant);
            if let Err(error) = lock.acquire(cx).await {
                // 2. One failed: release all that were acquired.
                self.release(cx).await?;
                return Err(error);
            }
            self.held.push(lock);
        }
        Ok(Grant::default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. In the opposite order, all of them, also if one fails.
        let mut result = Ok(());
        while let Some(mut lock) = self.held.pop() {
            result = result.and(lock.release(cx).await);
        }
        result
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    stands_in_a_queue!();

    fn place(&self) -> String {
        self.directories[0].to_string()
    }
}
