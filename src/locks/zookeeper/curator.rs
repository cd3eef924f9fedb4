//! Curator's `InterProcessMutex`: <https://github.com/apache/curator>, `LockInternals.java`, `StandardLockInternalsDriver.java`.

use std::rc::Rc;

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::listener::Heeds;
use super::{
    Directory, NO_NODE, create_with_parent, delete_surely, find_in, is_recoverable, name_of,
};
use crate::cx::{CallError, Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::store::zookeeper::CreateMode;
use crate::time::Micros;

/// Protected, numbered nodes in a container.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Curator {
    directory: Directory,
    heeds: Heeds,
    retry: Retry,
    #[serde(skip)]
    node: Option<Rc<str>>,
}

impl Curator {
    /// What it is.
    pub const ABOUT: About = About {
        name: "curator",
        title: "Curator's InterProcessMutex: protected nodes, guaranteed deletes, an application that listens",
        source: "apache/curator LockInternals.java, StandardLockInternalsDriver.java",
        store: Store::ZooKeeper,
        params: &[Directory::ABOUT, Heeds::ABOUT, Retry::ABOUT],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    /// The lock of another recipe.
    pub(super) fn inside(directory: Directory) -> Self {
        Self { directory, ..Self::default() }
    }

    /// `createsTheLock`, withProtection: the node's name, which begins with the protection id.
    async fn create(&self, cx: &Cx, id: Token) -> Result<Rc<str>, CallError> {
        let prefix = format!("_c_{id}-lock-");
        let mut tried = cx.looping(false);
        loop {
            cx.turn(&mut tried).await;
            let found = if *tried { find_in(cx, &self.directory, &prefix).await } else { Ok(None) };
            *tried = true;
            match found {
                Ok(Some(node)) => return Ok(node),
                Err(error) if is_recoverable(&error) => continue,
                found => found?,
            };
            let mode = CreateMode::EphemeralSequential;
            let parent = CreateMode::Container;
            match create_with_parent(cx, &self.directory, parent, &prefix, mode).await {
                Err(error) if is_recoverable(&error) => {}
                created => return Ok(name_of(&created?).into()),
            }
        }
    }

    /// `internalLockLoop`: returns when no node is before mine.
    async fn wait(&self, cx: &Cx, me: &str) -> Result<(), CallError> {
        let mut pass = cx.looping(());
        loop {
            cx.turn(&mut pass).await;
            // 2. The sorted children. If mine is not among them: NoNode.
            let children = cx.zk().children(&self.directory).await?;
            if !children.contains(me) {
                return Err(NO_NODE);
            }
            let Some(before) = children.before(me) else { return Ok(()) };
            // 3. getData(the one before, watch): exists would leave a watch on a node that is gone.
            match cx.zk().data_watch(&self.directory.child(before)).await {
                Ok((_, gone)) => cx.zk().fired(gone).await,
                Err(NO_NODE) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Lock for Curator {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. Create _c_<id>-lock-, ephemeral and numbered.
        let node = self.create(cx, cx.unique_token()).await?;
        if let Err(error) = self.wait(cx, &node).await {
            // 4. Every way out without the lock deletes the node, surely.
            delete_surely(cx, &self.directory.child(&node)).await?;
            return Err(error.into());
        }
        self.node = Some(node);
        self.heeds.start(cx);
        Ok(Grant::default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 5. Delete the node, surely.
        self.heeds.stop(cx);
        let Some(node) = self.node.take() else { return Ok(()) };
        delete_surely(cx, &self.directory.child(&node)).await?;
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.directory.to_string()
    }
}
