//! Revocable locks: <https://zookeeper.apache.org/doc/r3.8.0/recipes.html>, "Revocable Shared Locks".

use std::rc::Rc;

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::order::Order;
use super::protection::{Protection, create_protected};
use super::revocation::Revocation;
use super::{Directory, NO_NODE, delete_surely};
use crate::cx::{CallError, Cx, Grant, Lock, LockError, WatchId};
use crate::store::zookeeper::CreateMode;

/// What a revoker writes into the holder's node.
const UNLOCK: &str = "unlock";

/// Locks in line whose holder watches the data of its own node.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Revocable {
    directory: Directory,
    order: Order,
    revocation: Revocation,
    looks: Looks,
    retry: Retry,
    #[serde(skip)]
    node: Option<Rc<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Looks {
    #[default]
    WhenTold,
    First,
}

impl Revocable {
    /// What it is.
    pub const ABOUT: About = About {
        name: "revocable",
        title: "numbered nodes whose holder can be asked to unlock",
        source: "https://zookeeper.apache.org/doc/r3.8.0/recipes.html (Revocable Shared Locks)",
        store: Store::ZooKeeper,
        params: &[
            Directory::ABOUT,
            Order::ABOUT,
            Revocation::ABOUT,
            (
                "looks",
                "what its node says: \"when-told\" of a change, or \"first\" when it has the lock: \"when-told\"",
            ),
            Retry::ABOUT,
        ],
    };

    from_its_fields!();

    /// Waits in line; the watch on one's own data, if the holder listens.
    async fn wait(&self, cx: &Cx, me: &str) -> Result<Option<WatchId>, CallError> {
        // 2. getData(n, watch): a revoker will write "unlock".
        let asked = self.revocation.watch(cx, &self.directory.child(me)).await?;
        let mut pass = cx.looping(());
        loop {
            cx.turn(&mut pass).await;
            // 3. C = getChildren(l). If n is the lowest in C: held.
            let children = cx.zk().children(&self.directory).await?;
            if !children.contains(me) {
                return Err(NO_NODE);
            }
            let Some(before) = self.order.before(&children, me) else { return Ok(asked) };
            // 4. The revoker's part: setData(the lowest in C, "unlock").
            self.revocation.ask(cx, &self.directory, &children, UNLOCK).await?;
            // 5. p = the node just before n. If exists(p, watch): wait. Go to 3.
            let (exists, watch) = cx.zk().exists_watch(&self.directory.child(before)).await?;
            if exists {
                cx.zk().fired(watch).await;
            }
        }
    }
}

impl Lock for Revocable {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. n = create(l + "/guid-lock-", EPHEMERAL | SEQUENTIAL)
        let modes = (CreateMode::Persistent, CreateMode::EphemeralSequential);
        let name = ("", "-lock-");
        let me = create_protected(cx, &self.directory, modes, name, Protection::BySession).await?;
        let path = self.directory.child(&me);
        match self.wait(cx, &me).await {
            Ok(asked) => {
                self.node = Some(me);
                // Whoever asked before the watch was left is heard by those who look first.
                let asked = asked.filter(|_| self.looks == Looks::WhenTold);
                self.revocation.listen(cx, asked, (path, UNLOCK));
                Ok(Grant::default())
            }
            Err(error) => {
                delete_surely(cx, &path).await?;
                Err(error.into())
            }
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 6. delete(n)
        self.revocation.stop(cx);
        Ok(super::give_back(cx, &self.directory, &mut self.node).await?)
    }

    in_its_directory!(queue);
}
