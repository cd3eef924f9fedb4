//! kazoo's `Semaphore`: <https://github.com/python-zk/kazoo/blob/2.11.0/kazoo/recipe/lock.py>.

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::kazoo::Kazoo;
use super::{Directory, NODE_EXISTS, delete_and_retry};
use crate::cx::{CallError, Cx, Grant, Lock, LockError, Token};
use crate::store::zookeeper::CreateMode;

/// Up to so many nodes in a directory, counted under a lock.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KazooSemaphore {
    directory: Directory,
    leases: Option<u32>,
    lock: Inner,
    retry: Retry,
    /// `create_path`: one for each object.
    #[serde(skip)]
    prefix: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Inner {
    /// Counting and creating are one thing.
    #[default]
    Held,
    /// They are two.
    None,
}

impl KazooSemaphore {
    /// What it is.
    pub const ABOUT: About = About {
        name: "kazoo-semaphore",
        title: "kazoo's Semaphore: up to so many at once, counted under a lock",
        source: "https://github.com/python-zk/kazoo/blob/2.11.0/kazoo/recipe/lock.py",
        store: Store::ZooKeeper,
        params: &[
            Directory::ABOUT,
            ("leases", "how many may be inside at once: 1"),
            (
                "lock",
                "the inner lock is \"held\" while nodes are counted, or there is \"none\": \"held\"",
            ),
            Retry::ABOUT,
        ],
    };

    from_its_fields!();

    /// `_assure_path`: the directory says how many leases there are, and nobody may think otherwise.
    async fn assure_path(&self, cx: &Cx) -> Result<(), LockError> {
        let leases = self.leases.unwrap_or(1).to_string();
        if !cx.zk().exists(&self.directory).await? {
            match cx.zk().create(&self.directory, CreateMode::Persistent).await {
                Ok(_) => return Ok(cx.zk().set_data(&self.directory, leases.as_bytes()).await?),
                Err(NODE_EXISTS) => {}
                Err(error) => return Err(error.into()),
            }
        }
        match cx.zk().data(&self.directory).await? {
            Some(data) if !data.is_empty() && *data != *leases.as_bytes() => Err(LockError::Busy),
            _ => Ok(()),
        }
    }

    /// `_get_lease`, until there is one.
    async fn get_lease(&self, cx: &Cx, lease: &str) -> Result<(), CallError> {
        let mut pass = cx.looping(());
        loop {
            cx.turn(&mut pass).await;
            // 4. With fewer children than leases, create one's own. Is it there?
            let (children, changed) = cx.zk().children_watch(&self.directory).await?;
            if children.len() < self.leases.unwrap_or(1) as usize {
                cx.zk().create(lease, CreateMode::Ephemeral).await?;
            }
            if cx.zk().exists(lease).await? {
                return Ok(());
            }
            // 5. Else wait for a change, and look again.
            let session = cx.zk().session();
            cx.race(cx.zk().fired(changed), cx.zk().session_changed(session)).await;
        }
    }
}

impl Lock for KazooSemaphore {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. The number of leases.
        self.assure_path(cx).await?;
        let prefix = *self.prefix.get_or_insert_with(|| cx.unique_token());
        let lease = self.directory.child(&prefix.to_string());
        // 2. Is it there already?
        if cx.zk().exists(&lease).await? {
            return Ok(Grant::default());
        }
        // 3. The inner lock.
        let mut lock = Kazoo::inside(Directory(format!("{}-__lock__", &*self.directory)));
        if self.lock == Inner::Held {
            lock.acquire(cx).await?;
        }
        let got = self.get_lease(cx, &lease).await;
        lock.release(cx).await?;
        Ok(got.map(|()| Grant::default())?)
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 6. Delete the lease. kazoo tries again after a lost connection.
        let Some(prefix) = self.prefix else { return Ok(()) };
        let lease = self.directory.child(&prefix.to_string());
        Ok(delete_and_retry(cx, &lease, *self.retry.after).await?)
    }

    in_its_directory!();
}
