//! Leader election: <https://zookeeper.apache.org/doc/r3.8.0/recipes.html>, "Leader Election".

use std::rc::Rc;

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::listener::Heeds;
use super::order::Order;
use super::protection::{Protection, create_protected};
use super::{Directory, delete_surely, held};
use crate::cx::{CallError, Cx, Grant, Lock, LockError};
use crate::store::zookeeper::CreateMode;

/// Volunteers in line: the one with the smallest number leads, each of the others watches the one before it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Election {
    directory: Directory,
    order: Order,
    heeds: Heeds,
    defect: Defect,
    retry: Retry,
    #[serde(skip)]
    z: Option<Rc<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Defect {
    #[default]
    None,
    LeadsWhenNotified,
    WatchesMissing,
}

impl Election {
    /// What it is.
    pub const ABOUT: About = About {
        name: "election",
        title: "leader election: the volunteer with the smallest number leads, each other one watches the one before",
        source: "https://zookeeper.apache.org/doc/r3.8.0/recipes.html (Leader Election)",
        store: Store::ZooKeeper,
        params: &[
            Directory::ABOUT,
            Order::ABOUT,
            Heeds::ABOUT,
            (
                "defect",
                "\"leads-when-notified\" without a look at who is smallest, \"watches-missing\" nodes, which nobody will \
                 delete: \"none\"",
            ),
            Retry::ABOUT,
        ],
    };

    from_its_fields!();

    /// Until this one is to lead.
    async fn volunteer(&mut self, cx: &Cx) -> Result<(), CallError> {
        let mut z = cx.looping(self.z.clone());
        loop {
            cx.turn(&mut z).await;
            // 1. Create znode z with path ELECTION/guid-n_, SEQUENCE and EPHEMERAL.
            let me = match &*z {
                Some(me) => me.clone(),
                None => {
                    let modes = (CreateMode::Persistent, CreateMode::EphemeralSequential);
                    create_protected(cx, &self.directory, modes, ("", "-n_"), Protection::ByName)
                        .await?
                }
            };
            (*z, self.z) = (Some(me.clone()), Some(me.clone()));
            // 2. Let C be the children of ELECTION. If z is gone with its session, volunteer again.
            let children = cx.zk().children(&self.directory).await?;
            if !children.contains(&me) {
                *z = None;
                continue;
            }
            // If z is the smallest node in C: lead.
            let Some(before) = self.order.before(&children, &me) else { return Ok(()) };
            // 3. Watch for changes on the node with the largest number below that of z.
            let (exists, watch) = cx.zk().exists_watch(&self.directory.child(before)).await?;
            if exists || self.defect == Defect::WatchesMissing {
                cx.zk().fired(watch).await;
                // On a notification of its deletion: the new set of children, and the same again.
                if self.defect == Defect::LeadsWhenNotified {
                    return Ok(());
                }
            }
        }
    }
}

impl Lock for Election {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        self.volunteer(cx).await?;
        self.heeds.start(cx);
        Ok(held(self.z.as_deref().map(|me| self.directory.child(me).into())))
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // The leader resigns, or dies: its node is deleted.
        self.heeds.stop(cx);
        let Some(me) = self.z.take() else { return Ok(()) };
        Ok(delete_surely(cx, &self.directory.child(&me)).await.map(|_| ())?)
    }

    in_its_directory!(queue);
    names_its_node!();
}
