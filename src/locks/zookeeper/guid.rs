//! Locks in line with a GUID: <https://zookeeper.apache.org/doc/r3.8.0/recipes.html>, "Recoverable Errors and the GUID".

use std::rc::Rc;

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::fence::Fence;
use super::order::Order;
use super::protection::{Owner, Protection, create_protected};
use super::{Directory, delete_surely, held};
use crate::cx::{Cx, Grant, Lock, LockError};
use crate::store::zookeeper::CreateMode;

/// Numbered ephemeral nodes whose names begin with something that nobody else has.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Guid {
    directory: Directory,
    order: Order,
    owner: Owner,
    fence: Fence,
    retry: Retry,
    #[serde(skip)]
    node: Option<Rc<str>>,
}

impl Guid {
    /// What it is.
    pub const ABOUT: About = About {
        name: "guid",
        title: "numbered ephemeral nodes with a GUID: one's own is found again after a lost reply",
        source: "https://zookeeper.apache.org/doc/r3.8.0/recipes.html (Recoverable Errors and the GUID)",
        store: Store::ZooKeeper,
        params: &[Directory::ABOUT, Order::ABOUT, Owner::ABOUT, Fence::ABOUT, Retry::ABOUT],
    };

    from_its_fields!();
}

impl Lock for Guid {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. n = create(l + "/guid-lock-", EPHEMERAL | SEQUENTIAL), unless an attempt that failed left one.
        let mut node = cx.looping(self.node.clone());
        loop {
            cx.turn(&mut node).await;
            self.node.clone_from(&node);
            let me = match &*node {
                Some(node) => node.clone(),
                None => {
                    let modes = (CreateMode::Persistent, CreateMode::EphemeralSequential);
                    let name = ("", "-lock-");
                    create_protected(cx, &self.directory, modes, name, Protection::ByName).await?
                }
            };
            (*node, self.node) = (Some(me.clone()), Some(me.clone()));
            // 2. C = getChildren(l). 3. If n is the lowest in C: held. If it is gone, begin anew.
            let children = cx.zk().children(&self.directory).await?;
            if !children.contains(&me) {
                *node = None;
                continue;
            }
            let Some(before) = self.order.before(&children, &me) else {
                if !self.owner.counts(cx, &self.directory.child(&me)).await? {
                    *node = None;
                    continue;
                }
                let fence = self.fence.token(cx, &self.directory, &me).await?;
                let own = Some(self.directory.child(&me).into());
                return Ok(Grant { fence, ..held(own) });
            };
            // 4. p = the node just before n. 5. If exists(p, watch): wait. 6. Go to 2.
            let (exists, watch) = cx.zk().exists_watch(&self.directory.child(before)).await?;
            if exists {
                cx.zk().fired(watch).await;
            }
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 7. delete(n), whatever happens to replies.
        let Some(node) = self.node.take() else { return Ok(()) };
        Ok(delete_surely(cx, &self.directory.child(&node)).await.map(|_| ())?)
    }

    in_its_directory!(queue);
    names_its_node!();
}
