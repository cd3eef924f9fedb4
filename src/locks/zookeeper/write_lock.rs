//! `WriteLock` of zookeeper-recipes-lock: <https://github.com/apache/zookeeper/tree/release-3.8.0/zookeeper-recipes>.

use std::rc::Rc;

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::{Directory, NO_NODE, create_in, find_in, name_of};
use crate::cx::{Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::store::zookeeper::CreateMode;
use crate::time::Micros;

/// Numbered ephemeral nodes with the session in their names.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WriteLock {
    directory: Directory,
    defect: Defect,
    retry: Retry,
    #[serde(skip)]
    session: Option<Token>,
    #[serde(skip)]
    id: Option<Rc<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Defect {
    None,
    #[default]
    AsShipped,
}

impl WriteLock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "write-lock",
        title: "ZooKeeper's own recipe in Java: asks to be called back when the node before is gone",
        source: "apache/zookeeper zookeeper-recipes-lock WriteLock.java",
        store: Store::ZooKeeper,
        params: &[
            Directory::ABOUT,
            (
                "defect",
                "\"as-shipped\" it waits for a node that was gone before it looked; \"none\" does not: \
                 \"as-shipped\"",
            ),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Lock for WriteLock {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let session = *self.session.get_or_insert_with(|| cx.unique_token());
        let prefix = format!("x-{session}-");
        let mut id = cx.looping(self.id.clone());
        loop {
            cx.turn(&mut id).await;
            self.id.clone_from(&id);
            // 1. findPrefixInChildren, else create x-session-.
            let me = match &*id {
                Some(id) => id.clone(),
                None => match find_in(cx, &self.directory, &prefix).await? {
                    Some(id) => id,
                    None => {
                        let mode = CreateMode::EphemeralSequential;
                        name_of(&create_in(cx, &self.directory, &prefix, mode).await?).into()
                    }
                },
            };
            (*id, self.id) = (Some(me.clone()), Some(me.clone()));
            // 2. The children, sorted; the last one less than mine.
            let children = cx.zk().children(&self.directory).await?;
            if !children.contains(&me) {
                *id = None;
                continue;
            }
            let Some(before) = children.before(&me) else { return Ok(Grant::default()) };
            // 3. exists(it, LockWatcher): the watcher calls lock() again. Without a node it is never called.
            let (exists, watch) = cx.zk().exists_watch(&self.directory.child(before)).await?;
            if exists || self.defect == Defect::AsShipped {
                cx.zk().fired(watch).await;
            }
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 4. delete(id); NoNode is ignored.
        let Some(id) = self.id.take() else { return Ok(()) };
        match cx.zk().delete(&self.directory.child(&id)).await {
            Ok(()) | Err(NO_NODE) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.directory.to_string()
    }
}
