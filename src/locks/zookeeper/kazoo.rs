//! kazoo's `Lock`, `ReadLock`, `WriteLock`: <https://github.com/python-zk/kazoo/blob/2.11.0/kazoo/recipe/lock.py>.

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::contenders::Contenders;
use super::kazoo_object::Object;
use super::listener::Heeds;
use super::order::AsTexts;
use super::role::Role;
use super::waits::{Left, Waits, look_and_wait};
use super::{Directory, is_recoverable};
use crate::cx::{Cx, Grant, Lock, LockError};

/// Numbered nodes with a prefix of one's own, watched together with the session.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Kazoo {
    directory: Directory,
    order: AsTexts,
    role: Role,
    contenders: Contenders,
    heeds: Heeds,
    waits: Waits,
    retry: Retry,
    #[serde(skip)]
    object: Object,
    #[serde(skip)]
    left: Left,
}

impl Kazoo {
    /// What it is.
    pub const ABOUT: About = About {
        name: "kazoo",
        title: "kazoo's Lock, ReadLock, WriteLock: finds its node after a lost reply, watches predecessor and session",
        source: "https://github.com/python-zk/kazoo/blob/2.11.0/kazoo/recipe/lock.py",
        store: Store::ZooKeeper,
        params: &[
            Directory::ABOUT,
            AsTexts::ABOUT,
            Role::ABOUT,
            Contenders::ABOUT,
            Heeds::ABOUT,
            Waits::ABOUT,
            Retry::ABOUT,
        ],
    };

    from_its_fields!();

    /// The lock of another recipe.
    pub(super) fn inside(directory: Directory) -> Self {
        Self { directory, ..Self::default() }
    }

    /// `_inner_acquire`; `None` asks for another attempt (`ForceRetryError`).
    async fn inner_acquire(&mut self, cx: &Cx, prefix: &str) -> Result<Option<Grant>, LockError> {
        // 1. Look for the node of an earlier attempt, else create one.
        let node = self.object.find_or_create(cx, &self.directory, prefix).await?;
        let mut at = cx.looping((cx.zk().session(), self.left));
        loop {
            cx.turn(&mut at).await;
            at.1.forget(cx).await; // wake_event.clear()
            // 2. The node that goes before mine. If mine is gone, the session ended meanwhile.
            let children = cx.zk().children(&self.directory).await?;
            if !children.contains(&node) {
                return Ok(None);
            }
            let Some(before) = self.contenders.before(*self.order, self.role, &children, &node)
            else {
                return Ok(Some(Grant { shared: self.role == Role::Read, ..Grant::default() }));
            };
            if self.waits == Waits::Not {
                return Err(LockError::Busy);
            }
            // 3. Watch it. What happens to it or to the session wakes us, also that the connection is back.
            let before = self.directory.child(&before);
            let (told, left) = &mut *at;
            let woken = look_and_wait(cx, &before, *told, self.waits.limit(), left).await;
            self.left = *left;
            *told = woken?;
        }
    }
}

impl Lock for Kazoo {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let prefix = self.object.prefix(cx, self.role);
        let mut me = cx.looping(self.clone());
        loop {
            cx.turn(&mut me).await;
            let result = me.inner_acquire(cx, &prefix).await;
            *self = me.clone();
            match result {
                Ok(Some(grant)) => return Ok(self.heeds.granted(cx, grant)),
                Err(LockError::Busy) => {
                    self.object.clean_up(cx, &self.directory).await;
                    return Err(LockError::Busy);
                }
                Err(LockError::Call(error)) if !is_recoverable(&error) => return Err(error.into()),
                _ => cx.sleep(*self.retry.after).await, // KazooRetry
            }
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 4. Delete the node.
        self.heeds.stop(cx);
        Ok(self.object.delete(cx, &self.directory, *self.retry.after).await?)
    }

    in_its_directory!(queue);

    /// `blocking` and `timeout`.
    fn with_arguments_of(&self, other: &Self) -> Option<Self> {
        let same = self.directory == other.directory && self.role == other.role;
        same.then(|| Self { waits: other.waits, ..self.clone() })
    }
}
