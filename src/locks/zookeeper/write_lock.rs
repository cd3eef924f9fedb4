//! `WriteLock` of zookeeper-recipes-lock: <https://github.com/apache/zookeeper/tree/release-3.8.0/zookeeper-recipes>.

use std::rc::Rc;

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::{Directory, NO_NODE, create_in, find_in, name_of};
use crate::cx::{CallError, Cx, Grant, Lock, LockError, Token};
use crate::store::zookeeper::CreateMode;

/// Numbered ephemeral nodes with the session in their names.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WriteLock {
    directory: Directory,
    defect: Defect,
    retry: Retry,
    /// Each lock has a client, and so a session, of its own.
    #[serde(skip)]
    session: Option<Token>,
    #[serde(skip)]
    id: Option<Rc<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Defect {
    None,
    #[default]
    AsShipped,
    WaitsForMissing,
    NeverOwner,
}

impl WriteLock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "write-lock",
        title: "ZooKeeper's own recipe in Java: asks to be called back when the node before is gone",
        source: "apache/zookeeper zookeeper-recipes-lock WriteLock.java",
        store: Store::ZooKeeper,
        params: &[
            Directory::ABOUT,
            (
                "defect",
                "\"waits-for-missing\", \"never-owner\", \"as-shipped\" both, \"none\": \"as-shipped\"",
            ),
            Retry::ABOUT,
        ],
    };

    from_its_fields!();

    fn has(&self, defect: Defect) -> bool {
        self.defect == defect || self.defect == Defect::AsShipped
    }

    /// `LockZooKeeperOperation.execute`: whether the lock is held.
    async fn execute(&mut self, cx: &Cx, session: Token) -> Result<bool, CallError> {
        // 1. findPrefixInChildren, else create x-session-. What is found is a bare name, what is created a path.
        let (prefix, mode) = (format!("x-{session}-"), CreateMode::EphemeralSequential);
        let id = match self.id.clone() {
            Some(id) => id,
            None => match find_in(cx, &self.directory, &prefix).await? {
                Some(name) => name,
                None => create_in(cx, &self.directory, &prefix, mode).await?,
            },
        };
        self.id = Some(id.clone());
        // 2. The children, sorted; the last one less than mine.
        let children = cx.zk().children(&self.directory).await?;
        if !children.contains(name_of(&id)) {
            self.id = None;
            return Ok(false);
        }
        let Some(before) = children.before(name_of(&id)) else {
            // 3. isOwner: the id is compared with the first one's path.
            if !id.starts_with('/') && self.has(Defect::NeverOwner) {
                std::future::pending::<()>().await;
            }
            return Ok(true);
        };
        // 4. exists(it, LockWatcher): the watcher calls lock() again. Without a node it is never called.
        let (exists, watch) = cx.zk().exists_watch(&self.directory.child(before)).await?;
        if exists || self.has(Defect::WaitsForMissing) {
            cx.zk().fired(watch).await;
        }
        Ok(false)
    }
}

impl Lock for WriteLock {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let session = *self.session.get_or_insert_with(|| cx.unique_token());
        let mut id = cx.looping(self.id.clone());
        loop {
            cx.turn(&mut id).await;
            self.id.clone_from(&id);
            match self.execute(cx, session).await {
                Ok(true) => return Ok(Grant::default()),
                Ok(false) => {}
                // `retryOperation`; the end of the session is thrown.
                Err(error) if error.outcome_unknown() => cx.sleep(*self.retry.after).await,
                Err(error) => return Err(error.into()),
            }
            id.clone_from(&self.id);
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 5. delete(id); NoNode is ignored.
        let Some(id) = self.id.take() else { return Ok(()) };
        let deleted = cx.zk().delete(&self.directory.child(name_of(&id))).await;
        if deleted == Err(NO_NODE) { Ok(()) } else { Ok(deleted?) }
    }

    in_its_directory!(queue);
}
