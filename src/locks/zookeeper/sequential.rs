//! Locks in line: <https://zookeeper.apache.org/doc/r3.8.0/recipes.html>, "Locks"; ATC'10, section 2.4.

use std::rc::Rc;

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::mode::Mode;
use super::order::Order;
use super::watching::{Watching, woken};
use super::{Directory, NO_NODE, create_in, held, name_of};
use crate::cx::{CallError, Cx, Grant, Lock, LockError};

/// A directory of numbered nodes: the lowest has the lock.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sequential {
    directory: Directory,
    mode: Mode,
    watch: Watching,
    order: Order,
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
    OwnsWhenWoken,
    WaitsForMissing,
    IgnoresSession,
    ArmsOnce,
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
            Mode::ABOUT,
            Watching::ABOUT,
            Order::ABOUT,
            (
                "defect",
                "\"owns-when-woken\" without another look, \"waits-for-missing\" nodes, \"ignores-session\" and its end, \
                 \"arms-once\" and not again: \"none\"",
            ),
            Retry::ABOUT,
        ],
    };

    from_its_fields!();
}

impl Lock for Sequential {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. n = create(l + "/lock-", EPHEMERAL | SEQUENTIAL), unless an attempt that failed left one.
        let mut at = cx.looping((self.node.clone(), None));
        loop {
            cx.turn(&mut at).await;
            self.node.clone_from(&at.0);
            let me = match &at.0 {
                Some(node) => node.clone(),
                None => create_in(cx, &self.directory, "lock-", self.mode.numbered()).await?,
            };
            (at.0, self.node) = (Some(me.clone()), Some(me.clone()));
            // 2. C = getChildren(l). 3. If n is the lowest in C: held. If it is not there, begin anew.
            let (children, all) = self.watch.list(cx, &self.directory).await?;
            let me = name_of(&me);
            if !children.contains(me) {
                at.0 = None;
                continue;
            }
            // 4. p = the node just before n
            let Some(p) = self.order.before(&children, me) else {
                return Ok(held(self.node.clone()));
            };
            // 5. If exists(p, watch): wait. 6. Go to 2.
            let missing = self.defect == Defect::WaitsForMissing;
            let watch = match at.1 {
                None => self.watch.look(cx, &self.directory, (p, me), all, missing).await?,
                again => again,
            };
            if let Some(watch) = watch {
                at.1 = (self.defect == Defect::ArmsOnce).then_some(watch);
                woken(cx, watch, self.defect == Defect::IgnoresSession).await;
                if self.defect == Defect::OwnsWhenWoken {
                    return Ok(held(self.node.clone()));
                }
            }
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 7. delete(n)
        let Some(node) = self.node.take() else { return Ok(()) };
        let deleted = cx.zk().delete(&node).await;
        self.node = Some(node).filter(|_| deleted.as_ref().is_err_and(CallError::outcome_unknown));
        deleted.map_err(|error| if error == NO_NODE { LockError::Lost } else { error.into() })
    }

    in_its_directory!(queue);
    names_its_node!();
}
