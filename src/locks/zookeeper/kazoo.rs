//! kazoo's `Lock`, `ReadLock`, `WriteLock`: <https://github.com/python-zk/kazoo/blob/2.11.0/kazoo/recipe/lock.py>.

use std::rc::Rc;

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::contenders::Contenders;
use super::listener::Heeds;
use super::order::AsTexts;
use super::role::Role;
use super::waits::{Waits, woken_within};
use super::{Directory, NO_NODE, create_in, delete_and_retry, find_in, is_recoverable, name_of};
use crate::cx::{Cx, Either, Grant, Lock, LockError, Token};
use crate::store::zookeeper::CreateMode;

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
    /// `prefix`: one for each lock object.
    #[serde(skip)]
    prefix: Option<Token>,
    #[serde(skip)]
    create_tried: bool,
    #[serde(skip)]
    node: Option<Rc<str>>,
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
        let tried = std::mem::replace(&mut self.create_tried, true);
        let found = if tried { find_in(cx, &self.directory, prefix).await? } else { None };
        let mode = CreateMode::EphemeralSequential;
        let node: Rc<str> = match found {
            Some(node) => node,
            None => name_of(&create_in(cx, &self.directory, prefix, mode).await?).into(),
        };
        self.node = Some(node.clone());
        let mut told = cx.looping(cx.zk().session());
        loop {
            cx.turn(&mut told).await;
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
            match cx.zk().data_watch(&self.directory.child(&before)).await {
                Ok((_, gone)) => {
                    *told = match woken_within(cx, gone, *told, self.waits.limit()).await {
                        Some(Either::First(())) => cx.zk().session(),
                        Some(Either::Second(session)) => session,
                        None => return Err(LockError::Busy), // LockTimeout
                    };
                }
                Err(NO_NODE) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl Lock for Kazoo {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let prefix = *self.prefix.get_or_insert_with(|| cx.unique_token());
        let name = if self.role == Role::Read { "rlock" } else { "lock" };
        let mut me = cx.looping(self.clone());
        loop {
            cx.turn(&mut me).await;
            let result = me.inner_acquire(cx, &format!("{prefix}__{name}__")).await;
            *self = me.clone();
            match result {
                Ok(Some(grant)) => return Ok(self.heeds.granted(cx, grant)),
                // `_best_effort_cleanup`
                Err(LockError::Busy) => {
                    if let Some(node) = self.node.take() {
                        let _ = cx.zk().delete(&self.directory.child(&node)).await;
                    }
                    return Err(LockError::Busy);
                }
                Err(LockError::Call(error)) if !is_recoverable(&error) => return Err(error.into()),
                _ => cx.sleep(*self.retry.after).await, // KazooRetry
            }
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 4. Delete the node, again and again until a server has answered. It may be gone already.
        self.heeds.stop(cx);
        let Some(node) = self.node.take() else { return Ok(()) };
        Ok(delete_and_retry(cx, &self.directory.child(&node), *self.retry.after).await?)
    }

    in_its_directory!();

    /// `blocking` and `timeout`.
    fn with_arguments_of(&self, other: &Self) -> Option<Self> {
        let same = self.directory == other.directory && self.role == other.role;
        same.then(|| Self { waits: other.waits, ..self.clone() })
    }
}
