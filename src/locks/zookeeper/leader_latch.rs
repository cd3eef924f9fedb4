//! Curator's `LeaderLatch`: <https://github.com/apache/curator>, `LeaderLatch.java`.

use std::rc::Rc;

use serde::Deserialize;

use super::super::{About, Retry, Store, lost};
use super::listener::Policy;
use super::order::AsTexts;
use super::protection::{Owner, Protection, create_protected_in_background};
use super::{Directory, NO_NODE, delete_surely, held};
use crate::cx::{CallError, Cx, Grant, Lock, LockError};
use crate::store::zookeeper::CreateMode;

/// Leadership as a lock: a participant stays in line while its leadership is interrupted, and leads again.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeaderLatch {
    directory: Directory,
    order: AsTexts,
    protection: Protection,
    owner: Owner,
    policy: Policy,
    retry: Retry,
    #[serde(skip)]
    our_path: Option<Rc<str>>,
}

impl LeaderLatch {
    /// What it is.
    pub const ABOUT: About = About {
        name: "leader-latch",
        title: "Curator's LeaderLatch: the first participant leads, until its connection is not sure",
        source: "apache/curator LeaderLatch.java (CURATOR-696)",
        store: Store::ZooKeeper,
        params: &[
            Directory::ABOUT,
            AsTexts::ABOUT,
            Protection::ABOUT,
            Owner::ABOUT,
            Policy::ABOUT,
            Retry::ABOUT,
        ],
    };

    from_its_fields!();

    /// `checkLeadership`, until this one is the leader.
    async fn lead(&mut self, cx: &Cx) -> Result<(), CallError> {
        let mut path = cx.looping(self.our_path.clone());
        loop {
            cx.turn(&mut path).await;
            // 1. reset(): a new protected node, if there is none.
            let me = match &*path {
                Some(me) => me.clone(),
                None => {
                    let modes = (CreateMode::Container, CreateMode::EphemeralSequential);
                    let (at, name) = (&self.directory, ("_c_", "-latch-"));
                    create_protected_in_background(cx, at, modes, name, self.protection).await?
                }
            };
            (*path, self.our_path) = (Some(me.clone()), Some(me.clone()));
            // 2. The sorted children. Not among them: reset().
            let children = cx.zk().children(&self.directory).await?;
            if !children.contains(&me) {
                *path = None;
                continue;
            }
            // 3. The first leads, if its node belongs to this session; else reset().
            let Some(previous) = self.order.before(&children, &me) else {
                let own = self.directory.child(&me);
                if self.owner.counts(cx, &own).await? {
                    return Ok(());
                }
                delete_surely(cx, &own).await?;
                *path = None;
                continue;
            };
            // 4. All others watch the one before, with getData, and look again when the connection is back.
            let session = cx.zk().session();
            match cx.zk().data_watch(&self.directory.child(previous)).await {
                Ok((_, gone)) => {
                    cx.race(cx.zk().fired(gone), cx.zk().session_changed(session)).await;
                }
                Err(NO_NODE) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Lock for LeaderLatch {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 5. await(): the leadership ends with the connection or the session, as the policy says.
        self.lead(cx).await?;
        self.policy.heeds().start(cx);
        Ok(held(self.our_path.as_deref().map(|me| self.directory.child(me).into())))
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        self.policy.heeds().stop(cx);
        // Whoever has lost the leadership stays in line, and leads again when it is its turn.
        if lost(cx, cx.surroundings().thread).get() {
            return Err(LockError::Lost);
        }
        // 6. close(): delete the node, surely.
        let Some(me) = self.our_path.take() else { return Ok(()) };
        Ok(delete_surely(cx, &self.directory.child(&me)).await.map(|_| ())?)
    }

    in_its_directory!(queue);
    names_its_node!();
}
