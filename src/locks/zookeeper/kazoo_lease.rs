//! kazoo's `NonBlockingLease`: <https://github.com/python-zk/kazoo/blob/2.11.0/kazoo/recipe/lease.py>.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Directory;
use super::kazoo::Kazoo;
use crate::cx::{CallError, Cx, Grant, Lock, LockError};
use crate::store::zookeeper::CreateMode;

/// A persistent node that says who has the lease, and until when by the holder's clock.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KazooLease {
    directory: Directory,
    duration: Span<10_000>,
    retry: Retry,
}

impl KazooLease {
    /// What it is.
    pub const ABOUT: About = About {
        name: "kazoo-lease",
        title: "kazoo's NonBlockingLease: a node with the end of the lease, by the clocks of the clients",
        source: "https://github.com/python-zk/kazoo/blob/2.11.0/kazoo/recipe/lease.py",
        store: Store::ZooKeeper,
        params: &[
            Directory::ABOUT,
            ("duration", "of the lease; it is not given back before: \"10s\""),
            Retry::ABOUT,
        ],
    };

    from_its_fields!();

    /// What is done under the inner lock; whether the lease was obtained.
    async fn attempt(&self, cx: &Cx) -> Result<bool, CallError> {
        let around = cx.surroundings();
        let identifier = format!("{}.{}", around.process, around.thread);
        let holder_path = self.directory.child("lease_holder");
        // 2. Now, in UTC by my clock, as milliseconds; kazoo writes whole seconds.
        let now_ms = cx.wall_clock_ms();
        if cx.zk().exists(&holder_path).await? {
            // 3. Somebody else's that has not ended: no. Any other goes.
            let data = cx.zk().data(&holder_path).await?.unwrap_or_default();
            let text = String::from_utf8_lossy(&data);
            if let Some((holder, end)) = text.split_once(' ')
                && holder != identifier
                && end.parse().is_ok_and(|end: i64| now_ms < end)
            {
                return Ok(false);
            }
            cx.zk().delete(&holder_path).await?;
        }
        // 4. A node with my name and the end of the lease.
        let data = format!("{identifier} {}", now_ms + self.duration.as_ms());
        cx.zk().create_with(&holder_path, data.as_bytes(), CreateMode::Persistent).await?;
        Ok(true)
    }
}

impl Lock for KazooLease {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let asked_at = cx.now();
        // 1. The inner lock, in the same directory.
        let mut lock = Kazoo::inside(self.directory.clone());
        lock.acquire(cx).await?;
        let obtained = self.attempt(cx).await;
        // 5. Whatever came of it.
        lock.release(cx).await?;
        match obtained {
            Ok(true) => Ok(Grant { until: Some(asked_at + *self.duration), ..Grant::default() }),
            Ok(false) => Err(LockError::Busy),
            Err(error) => Err(error.into()),
        }
    }

    async fn release(&mut self, _: &Cx) -> Result<(), LockError> {
        // A lease is not given back: it ends.
        Ok(())
    }

    in_its_directory!();
    counts_for_its!(duration);
}
