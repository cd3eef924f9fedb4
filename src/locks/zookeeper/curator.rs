//! Curator's `InterProcessMutex`: <https://github.com/apache/curator>, `InterProcessMutex.java`, `LockInternals.java`.

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::internals::{creates_the_lock, internal_lock_loop};
use super::listener::Heeds;
use super::order::AsTexts;
use super::protection::Protection;
use super::reentrant::{Held, Reentrant};
use super::revocation::{REVOKE_MESSAGE, Revocation};
use super::waits::{Left, Waits};
use super::{Directory, delete_surely};
use crate::cx::{Cx, Grant, Lock, LockError};
use crate::store::zookeeper::Children;

/// Protected, numbered nodes in a container; the thread that has the lock may take it again.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Curator {
    directory: Directory,
    order: AsTexts,
    protection: Protection,
    reentrant: Reentrant,
    heeds: Heeds,
    revocation: Revocation,
    waits: Waits,
    retry: Retry,
    /// `threadData`: the node, and how often this thread has the lock.
    #[serde(skip)]
    held: Option<Held>,
    #[serde(skip)]
    left: Left,
}

impl Curator {
    /// What it is.
    pub const ABOUT: About = About {
        name: "curator",
        title: "Curator's InterProcessMutex: protected nodes, guaranteed deletes, an application that listens",
        source: "apache/curator InterProcessMutex.java, LockInternals.java, StandardLockInternalsDriver.java",
        store: Store::ZooKeeper,
        params: &[
            Directory::ABOUT,
            AsTexts::ABOUT,
            Protection::ABOUT,
            Reentrant::ABOUT,
            Heeds::ABOUT,
            Revocation::ABOUT,
            Waits::ABOUT,
            Retry::ABOUT,
        ],
    };

    from_its_fields!();

    /// The lock of another recipe.
    pub(super) fn inside(directory: Directory, reentrant: Reentrant) -> Self {
        Self { directory, reentrant, ..Self::default() }
    }

    fn hold(&mut self, cx: &Cx, held: Option<Held>) {
        self.reentrant.set(cx, &mut self.held, &self.directory, held);
    }
}

impl Lock for Curator {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. Whoever has it has it once more.
        if let Some((node, times)) = self.reentrant.get(cx, self.held.as_ref(), &self.directory) {
            self.hold(cx, Some((node, times + 1)));
            return Ok(Grant::default());
        }
        let until = self.waits.until(cx);
        // 2. Create _c_<id>-lock-, ephemeral and numbered.
        let node = creates_the_lock(cx, &self.directory, "lock-", self.protection).await?;
        // 3. Wait until no node is before it, each time for the one just before.
        let (order, limit) = (self.order, (until, &mut self.left));
        let before = |children: &Children| order.before(children, &node).cloned();
        let asked =
            internal_lock_loop(cx, &self.directory, &node, self.revocation, limit, before).await?;
        self.heeds.start(cx);
        self.revocation.listen(cx, asked, (self.directory.child(&node), REVOKE_MESSAGE));
        self.hold(cx, Some((node, 1)));
        Ok(Grant::default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        let held = self.reentrant.get(cx, self.held.as_ref(), &self.directory);
        let Some((node, times)) = held else { return Ok(()) };
        if times > 1 {
            self.hold(cx, Some((node, times - 1)));
            return Ok(());
        }
        // 4. The last release deletes the node, surely.
        self.heeds.stop(cx);
        self.revocation.stop(cx);
        self.hold(cx, None);
        Ok(delete_surely(cx, &self.directory.child(&node)).await.map(|_| ())?)
    }

    in_its_directory!(curator);

    /// `acquire(time, unit)`.
    fn with_arguments_of(&self, other: &Self) -> Option<Self> {
        let same = self.directory == other.directory;
        same.then(|| Self { waits: other.waits, ..self.clone() })
    }
}
