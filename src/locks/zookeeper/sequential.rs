//! Locks in line: <https://zookeeper.apache.org/doc/r3.8.0/recipes.html>, "Locks"; ATC'10, section 2.4.

use std::rc::Rc;

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::{Directory, NO_NODE, create_in, name_of};
use crate::cx::{Cx, Grant, Lock, LockError};
use crate::json::{Problem, Section};
use crate::store::zookeeper::CreateMode;
use crate::time::Micros;

/// A directory of numbered nodes: the lowest has the lock.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sequential {
    directory: Directory,
    watch: Watch,
    retry: Retry,
    #[serde(skip)]
    node: Option<Rc<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Watch {
    All,
    #[default]
    Predecessor,
}

impl Sequential {
    /// What it is.
    pub const ABOUT: About = About {
        name: "sequential",
        title: "numbered ephemeral nodes, the lowest has the lock",
        source: "https://zookeeper.apache.org/doc/r3.8.0/recipes.html (Locks)",
        store: Store::ZooKeeper,
        params: &[
            Directory::ABOUT,
            (
                "watch",
                "the \"predecessor\", or \"all\" children, which wakes a herd: \"predecessor\"",
            ),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Lock for Sequential {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. n = create(l + "/lock-", EPHEMERAL | SEQUENTIAL), unless an attempt that failed left one.
        let mut node = cx.looping(self.node.clone());
        loop {
            cx.turn(&mut node).await;
            self.node.clone_from(&node);
            let me = match &*node {
                Some(node) => node.clone(),
                None => {
                    create_in(cx, &self.directory, "lock-", CreateMode::EphemeralSequential).await?
                }
            };
            (*node, self.node) = (Some(me.clone()), Some(me.clone()));
            // 2. C = getChildren(l)
            let (children, all) = match self.watch {
                Watch::All => {
                    let (children, watch) = cx.zk().children_watch(&self.directory).await?;
                    (children, Some(watch))
                }
                Watch::Predecessor => (cx.zk().children(&self.directory).await?, None),
            };
            // 3. If n is the lowest in C: held. If it is not there, its session is over: begin anew.
            if !children.contains(name_of(&me)) {
                *node = None;
                continue;
            }
            // 4. p = the node just before n
            let Some(before) = children.before(name_of(&me)) else { return Ok(Grant::default()) };
            // 5. If exists(p, watch): wait. 6. Go to 2.
            match all {
                Some(watch) => cx.zk().fired(watch).await,
                None => {
                    let before = self.directory.child(before);
                    let (exists, watch) = cx.zk().exists_watch(&before).await?;
                    if exists {
                        cx.zk().fired(watch).await;
                    }
                }
            }
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 7. delete(n)
        let Some(node) = &self.node else { return Ok(()) };
        let deleted = cx.zk().delete(node).await;
        if !matches!(&deleted, Err(error) if error.outcome_unknown()) {
            self.node = None;
        }
        match deleted {
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
