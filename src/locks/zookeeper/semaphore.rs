//! Curator's `InterProcessSemaphoreV2`: <https://github.com/apache/curator>, `InterProcessSemaphoreV2.java`.

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::curator::Curator;
use super::protection::{Protection, create_protected};
use super::reentrant::Reentrant;
use super::{Directory, delete_surely};
use crate::cx::{CallError, Cx, Grant, Lock, LockError};
use crate::store::zookeeper::CreateMode;
use crate::time::Micros;

/// A few leases, handed out under a mutex.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Semaphore {
    directory: Directory,
    leases: Option<u32>,
    defect: Defect,
    retry: Retry,
    #[serde(skip)]
    lease: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Defect {
    #[default]
    None,
    KeepsLeaseOnError,
}

impl Semaphore {
    /// What it is.
    pub const ABOUT: About = About {
        name: "semaphore",
        title: "Curator's InterProcessSemaphoreV2: up to so many at once",
        source: "apache/curator InterProcessSemaphoreV2.java",
        store: Store::ZooKeeper,
        params: &[
            Directory::ABOUT,
            ("leases", "how many may be inside at once: 1"),
            ("defect", "\"none\", or \"keeps-lease-on-error\" after it was created: \"none\""),
            Retry::ABOUT,
        ],
    };

    from_its_fields!();

    /// Waits until my lease is one of the allowed number.
    async fn wait(&self, cx: &Cx, leases: &str, lease: &str) -> Result<(), CallError> {
        let mut pass = cx.looping(());
        loop {
            cx.turn(&mut pass).await;
            let (children, changed) = cx.zk().children_watch(leases).await?;
            if !children.contains(lease) {
                return Err(super::NO_NODE);
            }
            if children.len() <= self.leases.unwrap_or(1) as usize {
                return Ok(());
            }
            let session = cx.zk().session();
            cx.race(cx.zk().fired(changed), cx.zk().session_changed(session)).await;
        }
    }
}

impl Lock for Semaphore {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. The mutex: only its holder asks for leases.
        let (locks, leases) = (self.directory.child("locks"), self.directory.child("leases"));
        let mut mutex = Curator::inside(Directory(locks), Reentrant::default());
        mutex.acquire(cx).await?;
        // 2. Create _c_<id>-lease-, then wait until there are no more of them than allowed.
        let modes = (CreateMode::Container, CreateMode::EphemeralSequential);
        let (leases, name) = (Directory(leases), ("_c_", "-lease-"));
        let taken = match create_protected(cx, &leases, modes, name, Protection::BySession).await {
            Ok(lease) => {
                let waited = self.wait(cx, &leases, &lease).await;
                if waited.is_err() && self.defect == Defect::None {
                    delete_surely(cx, &leases.child(&lease)).await?;
                }
                waited.map(|()| leases.child(&lease))
            }
            Err(error) => Err(error),
        };
        // 3. Release the mutex.
        mutex.release(cx).await?;
        self.lease = Some(taken?);
        Ok(Grant::default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 4. Delete the lease, surely.
        let Some(lease) = self.lease.take() else { return Ok(()) };
        delete_surely(cx, &lease).await?;
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    stands_in_a_queue!();

    fn place(&self) -> String {
        self.directory.child("leases")
    }
}
