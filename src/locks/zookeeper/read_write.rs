//! Shared Locks: <https://zookeeper.apache.org/doc/r3.8.0/recipes.html>; ATC'10, section 2.4, "Read/Write Locks".

use std::rc::Rc;

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::{Directory, NO_NODE, create_in, name_of};
use crate::cx::{Cx, Grant, Lock, LockError};
use crate::json::{Problem, Section};
use crate::store::zookeeper::{Children, CreateMode};
use crate::time::Micros;

/// Numbered nodes of two kinds: a reader waits for writers only.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadWrite {
    directory: Directory,
    role: Role,
    retry: Retry,
    #[serde(skip)]
    node: Option<Rc<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Role {
    Read,
    #[default]
    Write,
}

impl ReadWrite {
    /// What it is.
    pub const ABOUT: About = About {
        name: "read-write",
        title: "readers share, writers exclude everybody",
        source: "https://zookeeper.apache.org/doc/r3.8.0/recipes.html (Shared Locks)",
        store: Store::ZooKeeper,
        params: &[
            Directory::ABOUT,
            ("role", "whether this client wants to \"read\" or to \"write\": \"write\""),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    /// The node that I wait for: a writer for the one just before, a reader for the last writer before.
    fn before<'c>(&self, children: &'c Children, me: &str) -> Option<&'c Rc<str>> {
        let lower = children.in_sequence().take_while(|child| &***child != me);
        match self.role {
            Role::Write => lower.last(),
            Role::Read => lower.filter(|child| child.starts_with("write-")).last(),
        }
    }
}

impl Lock for ReadWrite {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. n = create(l + "/read-" or "/write-", EPHEMERAL | SEQUENTIAL), unless an attempt left one.
        let prefix = if self.role == Role::Read { "read-" } else { "write-" };
        let mut node = cx.looping(self.node.clone());
        loop {
            cx.turn(&mut node).await;
            self.node.clone_from(&node);
            let me = match &*node {
                Some(node) => node.clone(),
                None => {
                    let mode = CreateMode::EphemeralSequential;
                    name_of(&create_in(cx, &self.directory, prefix, mode).await?).into()
                }
            };
            (*node, self.node) = (Some(me.clone()), Some(me.clone()));
            // 2. C = getChildren(l)
            let children = cx.zk().children(&self.directory).await?;
            if !children.contains(&me) {
                *node = None;
                continue;
            }
            // 3. If no node that I wait for is lower: held. 4. p = the last of them.
            let Some(before) = self.before(&children, &me) else {
                return Ok(Grant { shared: self.role == Role::Read, ..Grant::default() });
            };
            // 5. If exists(p, watch): wait. 6. Go to 2.
            let (exists, watch) = cx.zk().exists_watch(&self.directory.child(before)).await?;
            if exists {
                cx.zk().fired(watch).await;
            }
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 7. delete(n)
        let Some(node) = self.node.take() else { return Ok(()) };
        match cx.zk().delete(&self.directory.child(&node)).await {
            Err(NO_NODE) => Err(LockError::Lost),
            result => Ok(result?),
        }
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.directory.to_string()
    }
}
