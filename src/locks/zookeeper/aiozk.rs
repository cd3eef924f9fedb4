//! aiozk's `Lock` and `SharedLock`: <https://github.com/zipfian-science/aiozk>, `aiozk/recipes/base_lock.py`.

use std::rc::Rc;

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::role::Role;
use super::{Directory, create_with_parent, delete_surely, name_of};
use crate::cx::{CallError, Cx, Grant, Lock, LockError};
use crate::store::zookeeper::{Children, CreateMode};

/// Numbered nodes with a UUID that nobody looks for, in a container.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Aiozk {
    directory: Directory,
    role: Role,
    retry: Retry,
    #[serde(skip)]
    node: Option<Rc<str>>,
}

impl Aiozk {
    /// What it is.
    pub const ABOUT: About = About {
        name: "aiozk",
        title: "aiozk's Lock and SharedLock: numbered nodes in a container, a UUID that nobody looks for",
        source: "aiozk 0.32.0, aiozk/recipes: traces/recorded/zookeeper/aiozk-lock-1.jsonl, aiozk-shared-1.jsonl",
        store: Store::ZooKeeper,
        params: &[Directory::ABOUT, Role::ABOUT, Retry::ABOUT],
    };

    from_its_fields!();

    /// Whom a client waits for: a reader for the last writer before, a writer for the node just before.
    fn blocker<'c>(&self, children: &'c Children, me: &str) -> Option<&'c Rc<str>> {
        let lower = children.in_sequence().take_while(|node| &***node != me);
        match self.role {
            Role::Write => lower.last(),
            Role::Read => lower.filter(|node| node.starts_with("write-")).last(),
        }
    }

    async fn wait(&self, cx: &Cx, me: &str) -> Result<(), CallError> {
        let mut pass = cx.looping(());
        loop {
            cx.turn(&mut pass).await;
            // 2. The children; nobody to wait for: held.
            let children = cx.zk().children(&self.directory).await?;
            if !children.contains(me) {
                return Err(super::NO_NODE);
            }
            let Some(blocker) = self.blocker(&children, me) else { return Ok(()) };
            // 3. exists(it, watch): wait for its deletion, unless it is gone already.
            let (exists, watch) = cx.zk().exists_watch(&self.directory.child(blocker)).await?;
            if exists {
                cx.zk().fired(watch).await;
            }
        }
    }
}

impl Lock for Aiozk {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. Create read-<uuid>- or write-<uuid>-, ephemeral and numbered; the container first if it is missing.
        let kind = if self.role == Role::Read { "read" } else { "write" };
        let name = format!("{kind}-{}-", cx.unique_token());
        let (parent, mode) = (CreateMode::Container, CreateMode::EphemeralSequential);
        let created = create_with_parent(cx, &self.directory, parent, &name, mode).await?;
        let me: Rc<str> = name_of(&created).into();
        if let Err(error) = self.wait(cx, &me).await {
            delete_surely(cx, &self.directory.child(&me)).await?;
            return Err(error.into());
        }
        self.node = Some(me);
        Ok(Grant { shared: self.role == Role::Read, ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 4. Delete the node.
        let Some(node) = self.node.take() else { return Ok(()) };
        Ok(cx.zk().delete(&self.directory.child(&node)).await?)
    }

    in_its_directory!(queue);
}
