//! Curator's `InterProcessReadWriteLock`: <https://github.com/apache/curator>, `InterProcessReadWriteLock.java`.

use std::rc::Rc;

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::internals::{creates_the_lock, internal_lock_loop};
use super::number::number_of;
use super::order::AsTexts;
use super::protection::Protection;
use super::revocation::Revocation;
use super::waits::Left;
use super::{Directory, give_back};
use crate::cx::{Cx, Grant, Lock, LockError};
use crate::store::zookeeper::Children;

const READ: &str = "__READ__";
const WRITE: &str = "__WRIT__";

/// Two kinds of nodes; all readers wait for the first writer, so that they watch one node.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CuratorReadWrite {
    directory: Directory,
    order: AsTexts,
    role: Role,
    retry: Retry,
    #[serde(skip)]
    read: Option<Rc<str>>,
    #[serde(skip)]
    write: Option<Rc<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Role {
    Read,
    #[default]
    Write,
    Upgrade,
    ReadThenWrite,
    Downgrade,
    DowngradeOwnNumber,
}

impl CuratorReadWrite {
    /// What it is.
    pub const ABOUT: About = About {
        name: "curator-read-write",
        title: "Curator's InterProcessReadWriteLock: a writer may become a reader, and never the reverse",
        source: "apache/curator InterProcessReadWriteLock.java",
        store: Store::ZooKeeper,
        params: &[
            Directory::ABOUT,
            AsTexts::ABOUT,
            (
                "role",
                "\"read\", \"write\", \"upgrade\" to write, \"read-then-write\" with a release between, \"downgrade\" to read \
                 in the writer's place, or \"downgrade-own-number\": \"write\"",
            ),
            Retry::ABOUT,
        ],
    };

    from_its_fields!();

    /// `writeLock().acquire()`: nobody may be before.
    async fn write(&mut self, cx: &Cx) -> Result<(), LockError> {
        let me = creates_the_lock(cx, &self.directory, WRITE, Protection::BySession).await?;
        let before = |children: &Children| self.order.before(children, &me).cloned();
        let until = (None, &mut Left::default());
        internal_lock_loop(cx, &self.directory, &me, Revocation::Off, until, before).await?;
        self.write = Some(me);
        Ok(())
    }

    /// `readLock().acquire()`: no writer may be before, but oneself.
    async fn read(&mut self, cx: &Cx) -> Result<(), LockError> {
        let place = self.write.as_deref().filter(|_| self.role == Role::Downgrade);
        let name = format!("{READ}{}", place.map_or("", number_of));
        let me = creates_the_lock(cx, &self.directory, &name, Protection::BySession).await?;
        let writer = |node: &&Rc<str>| node.contains(WRITE);
        let before = |all: &Children| {
            let mut lower = self.order.lower(all, &me).into_iter();
            lower.find(|node| self.write.is_none() && writer(node)).cloned()
        };
        let until = (None, &mut Left::default());
        internal_lock_loop(cx, &self.directory, &me, Revocation::Off, until, before).await?;
        self.read = Some(me);
        Ok(())
    }
}

impl Lock for CuratorReadWrite {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        self.release(cx).await?; // What an attempt that failed has left.
        if matches!(self.role, Role::Read | Role::Upgrade | Role::ReadThenWrite) {
            self.read(cx).await?;
        }
        if self.role == Role::ReadThenWrite {
            give_back(cx, &self.directory, &mut self.read).await?;
        }
        if self.role != Role::Read {
            self.write(cx).await?;
        }
        if matches!(self.role, Role::Downgrade | Role::DowngradeOwnNumber) {
            self.read(cx).await?;
            give_back(cx, &self.directory, &mut self.write).await?;
        }
        Ok(Grant { shared: self.write.is_none(), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        give_back(cx, &self.directory, &mut self.write).await?;
        Ok(give_back(cx, &self.directory, &mut self.read).await?)
    }

    in_its_directory!(curator);
}
