//! Simple Locks: Hunt et al., "ZooKeeper: Wait-free coordination for Internet-scale systems", ATC'10, section 2.4.

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::mode::Mode;
use super::{NO_NODE, NODE_EXISTS, held};
use crate::cx::{Cx, Grant, Lock, LockError};
use crate::time::Micros;

/// One node: whoever created it has the lock, all others watch it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Znode {
    path: String,
    mode: Mode,
    retry: Retry,
}

impl Default for Znode {
    fn default() -> Self {
        Self { path: "/lock".to_owned(), mode: Mode::Ephemeral, retry: Retry::default() }
    }
}

impl Znode {
    /// What it is.
    pub const ABOUT: About = About {
        name: "znode",
        title: "one node that everybody watches",
        source: "Hunt et al., ATC'10, section 2.4 (Simple Locks)",
        store: Store::ZooKeeper,
        params: &[("path", "the lock's node: \"/lock\""), Mode::ABOUT, Retry::ABOUT],
    };

    from_its_fields!();
}

impl Lock for Znode {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let mut pass = cx.looping(());
        loop {
            cx.turn(&mut pass).await;
            // 1. Create the node: whoever succeeds has the lock.
            match cx.zk().create(&self.path, self.mode.plain()).await {
                Ok(node) => return Ok(held(Some(node))),
                Err(NODE_EXISTS) => {}
                Err(error) => return Err(error.into()),
            }
            // 2. Everybody else watches it, and tries again when it is gone.
            let (exists, watch) = cx.zk().exists_watch(&self.path).await?;
            if exists {
                cx.zk().fired(watch).await;
            }
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. Delete the node.
        match cx.zk().delete(&self.path).await {
            Err(NO_NODE) => Err(LockError::Lost),
            result => Ok(result?),
        }
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.path.clone()
    }

    names_its_node!();
}
