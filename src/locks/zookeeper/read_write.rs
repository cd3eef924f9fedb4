//! Shared Locks: <https://zookeeper.apache.org/doc/r3.8.0/recipes.html>; ATC'10, section 2.4, "Read/Write Locks".

use std::rc::Rc;

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::role::Role;
use super::{Directory, NO_NODE, create_in, name_of};
use crate::cx::{Cx, Grant, Lock, LockError};
use crate::store::zookeeper::{Children, CreateMode};

/// Numbered nodes of two kinds: a reader waits for writers only.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadWrite {
    directory: Directory,
    role: Role,
    defect: Defect,
    retry: Retry,
    #[serde(skip)]
    node: Option<Rc<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Defect {
    #[default]
    None,
    #[serde(rename = "goes-to-3")]
    GoesTo3,
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
            Role::ABOUT,
            (
                "defect",
                "a reader \"goes-to-3\", as the paper has it, and never lists again: \"none\"",
            ),
            Retry::ABOUT,
        ],
    };

    from_its_fields!();

    /// The node that I wait for: a writer for the one just before, a reader for the last writer.
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
        let mut at = cx.looping((self.node.clone(), None));
        loop {
            cx.turn(&mut at).await;
            self.node.clone_from(&at.0);
            let mode = CreateMode::EphemeralSequential;
            let me = match &at.0 {
                Some(node) => node.clone(),
                None => name_of(&create_in(cx, &self.directory, prefix, mode).await?).into(),
            };
            (at.0, self.node) = (Some(me.clone()), Some(me.clone()));
            // 2. C = getChildren(l)
            let children = match at.1.take() {
                Some(stale) => stale,
                None => cx.zk().children(&self.directory).await?,
            };
            if !children.contains(&me) {
                at.0 = None;
                continue;
            }
            // 3. If no node that I wait for is lower: held. 4. p = the last of them.
            let Some(before) = self.before(&children, &me) else {
                return Ok(Grant { shared: self.role == Role::Read, ..Grant::default() });
            };
            // 5. If exists(p, watch): wait. 6. Go to 2; the paper says 3 for readers.
            let (exists, watch) = cx.zk().exists_watch(&self.directory.child(before)).await?;
            if exists {
                cx.zk().fired(watch).await;
            }
            let stale = self.role == Role::Read && self.defect == Defect::GoesTo3;
            at.1 = stale.then_some(children);
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 7. delete(n)
        let Some(node) = self.node.take() else { return Ok(()) };
        let deleted = cx.zk().delete(&self.directory.child(&node)).await;
        deleted.map_err(|error| if error == NO_NODE { LockError::Lost } else { error.into() })
    }

    in_its_directory!(queue);
}
