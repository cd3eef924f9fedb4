//! The operations that change nothing but watches.

use std::rc::Rc;

use crate::store::Link;

use super::acl::{self, Identity};
use super::error::ZkError;
use super::id::{Path, SessionId};
use super::node::Node;
use super::replica::Replica;
use super::request::{AddWatchMode, Op, SetWatches};
use super::response::{Answer, EventType, KeeperState, MultiResult, WatchEvent};
use super::watch::{Mode, Watches};

/// One read: by whom, of what, and where its watches are kept.
pub(super) struct Read<'a> {
    pub(super) state: &'a Replica,
    pub(super) watches: &'a mut Watches,
    pub(super) link: Link,
    pub(super) session: SessionId,
    pub(super) identities: &'a [Identity],
    /// Events that go out before the reply.
    pub(super) events: Vec<WatchEvent>,
}

impl Read<'_> {
    pub(super) fn answer(&mut self, op: &Op) -> Result<Answer, ZkError> {
        match op {
            Op::Exists { path, watch } => self.exists(path, *watch),
            Op::GetData { path, watch } => self.get_data(path, *watch),
            Op::GetChildren { path, watch } => {
                let node = self.children(path, *watch)?;
                Ok(Answer::Children(node.children.clone()))
            }
            Op::GetChildren2 { path, watch } => {
                let node = self.children(path, *watch)?;
                Ok(Answer::ChildrenAndStat(node.children.clone(), node.stat()))
            }
            Op::GetAllChildrenNumber { path } => {
                self.readable(path)?;
                Ok(Answer::Number(self.state.tree.count_below(path) as i32))
            }
            Op::GetEphemerals { prefix } => Ok(Answer::Ephemerals(self.ephemerals(prefix))),
            Op::GetAcl { path } => self.get_acl(path),
            Op::MultiRead(parts) => self.multi_read(parts),
            Op::AddWatch { path, mode } => self.add_watch(path, *mode),
            Op::CheckWatches { path, kind } => found(self.watches.check(path, *kind)?),
            Op::RemoveWatches { path, kind } => found(self.watches.remove(path, *kind, self.link)?),
            Op::SetWatches(set) => {
                self.set_one_shots(set);
                Ok(Answer::Done)
            }
            Op::SetWatches2(set) => {
                self.set_one_shots(set);
                self.set_persistent(&set.persistent, Mode::Persistent);
                self.set_persistent(&set.persistent_recursive, Mode::Recursive);
                Ok(Answer::Done)
            }
            Op::Ping => Ok(Answer::Done),
            _ => Err(ZkError::Unimplemented),
        }
    }

    /// Needs no permission, and its watch is left also where there is nothing (facts 1, 5).
    fn exists(&mut self, path: &Path, watch: bool) -> Result<Answer, ZkError> {
        if path.contains('\0') {
            return Err(ZkError::BadArguments);
        }
        if watch {
            self.watches.data.add(path, self.link, Mode::Once);
        }
        Ok(Answer::Stat(self.state.tree.node(path)?.stat()))
    }

    fn get_data(&mut self, path: &Path, watch: bool) -> Result<Answer, ZkError> {
        let node = self.readable(path)?;
        if watch {
            self.watches.data.add(path, self.link, Mode::Once);
        }
        Ok(Answer::Data(node.data.clone(), node.stat()))
    }

    fn children(&mut self, path: &Path, watch: bool) -> Result<Rc<Node>, ZkError> {
        let node = self.readable(path)?;
        if watch {
            self.watches.child.add(path, self.link, Mode::Once);
        }
        Ok(node)
    }

    fn readable(&self, path: &str) -> Result<Rc<Node>, ZkError> {
        let node = self.state.tree.node(path)?;
        acl::check(&node.acl, acl::READ, self.identities)?;
        Ok(node.clone())
    }

    /// The prefix is one of text, not of whole names.
    fn ephemerals(&self, prefix: &str) -> Rc<[Path]> {
        let everything = matches!(prefix.trim(), "" | "/");
        let mine = self.state.tree.ephemerals(self.session);
        mine.filter(|path| everything || path.starts_with(prefix)).cloned().collect()
    }

    fn get_acl(&self, path: &str) -> Result<Answer, ZkError> {
        let node = self.state.tree.node(path)?;
        acl::check(&node.acl, acl::READ | acl::ADMIN, self.identities)?;
        let may_change = acl::check(&node.acl, acl::ADMIN, self.identities).is_ok();
        let acl = if may_change { node.acl.clone() } else { acl::masked(&node.acl) };
        Ok(Answer::Acl(acl, node.stat()))
    }

    /// The parts leave no watches, whatever they say (fact 8).
    fn multi_read(&mut self, parts: &[Op]) -> Result<Answer, ZkError> {
        let mut results = Vec::with_capacity(parts.len());
        for part in parts {
            let result = match part {
                Op::GetData { path, .. } => self
                    .readable(path)
                    .map(|node| MultiResult::Data(node.data.clone(), node.stat())),
                Op::GetChildren { path, .. } => {
                    self.readable(path).map(|node| MultiResult::Children(node.children.clone()))
                }
                _ => return Err(ZkError::MarshallingError),
            };
            results.push(result.unwrap_or_else(MultiResult::Error));
        }
        Ok(Answer::Multi(results.into()))
    }

    /// Needs no permission and no node (fact 1).
    fn add_watch(&mut self, path: &Path, mode: AddWatchMode) -> Result<Answer, ZkError> {
        let mode = match mode {
            AddWatchMode::Persistent => Mode::Persistent,
            AddWatchMode::PersistentRecursive => Mode::Recursive,
            AddWatchMode::Unknown(_) => return Err(ZkError::MarshallingError),
        };
        self.set_persistent(std::slice::from_ref(path), mode);
        Ok(Answer::Done)
    }

    fn set_persistent(&mut self, paths: &[Path], mode: Mode) {
        for path in paths {
            self.watches.child.add(path, self.link, mode);
            self.watches.data.add(path, self.link, mode);
        }
    }

    /// What happened while the client was away is told at once, the rest is watched for (fact 10).
    fn set_one_shots(&mut self, set: &SetWatches) {
        for path in &*set.data {
            match self.state.tree.get(path) {
                None => self.event(EventType::NodeDeleted, path),
                Some(node) if node.mzxid > set.relative_zxid => {
                    self.event(EventType::NodeDataChanged, path);
                }
                Some(_) => self.watches.data.add(path, self.link, Mode::Once),
            }
        }
        for path in &*set.exist {
            if self.state.tree.get(path).is_some() {
                self.event(EventType::NodeCreated, path);
            } else {
                self.watches.data.add(path, self.link, Mode::Once);
            }
        }
        for path in &*set.child {
            match self.state.tree.get(path) {
                None => self.event(EventType::NodeDeleted, path),
                Some(node) if node.pzxid > set.relative_zxid => {
                    self.event(EventType::NodeChildrenChanged, path);
                }
                Some(_) => self.watches.child.add(path, self.link, Mode::Once),
            }
        }
    }

    fn event(&mut self, kind: EventType, path: &Path) {
        self.events.push(WatchEvent {
            kind,
            path: path.clone(),
            state: KeeperState::SyncConnected,
        });
    }
}

const fn found(found: bool) -> Result<Answer, ZkError> {
    if found { Ok(Answer::Done) } else { Err(ZkError::NoWatcher) }
}
