//! The watches that a client library knows of.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::store::zookeeper::{
    AddWatchMode, EventType, Path, SetWatches, WatchEvent, WatcherType, Zxid,
};

/// The watches of one session.
#[derive(Clone, Debug, Default)]
pub(super) struct Watches {
    data: BTreeSet<Path>,
    exist: BTreeSet<Path>,
    child: BTreeSet<Path>,
    persistent: BTreeSet<Path>,
    recursive: BTreeSet<Path>,
}

impl Watches {
    /// `get -w`, or `stat -w` of a node that is there.
    pub(super) fn data(&mut self, path: &str) {
        self.data.insert(path.into());
    }

    /// `stat -w` of a node that is not there.
    pub(super) fn exist(&mut self, path: &str) {
        self.exist.insert(path.into());
    }

    /// `ls -w`.
    pub(super) fn child(&mut self, path: &str) {
        self.child.insert(path.into());
    }

    /// `addWatch`.
    pub(super) fn add(&mut self, path: &str, mode: AddWatchMode) {
        match mode {
            AddWatchMode::Persistent => self.persistent.insert(path.into()),
            AddWatchMode::PersistentRecursive | AddWatchMode::Unknown(_) => {
                self.recursive.insert(path.into())
            }
        };
    }

    /// An event came: watches that fire once are gone.
    pub(super) fn fired(&mut self, event: &WatchEvent) {
        let path = &event.path;
        if event.kind != EventType::NodeChildrenChanged {
            self.data.remove(path);
            self.exist.remove(path);
        }
        if matches!(event.kind, EventType::NodeChildrenChanged | EventType::NodeDeleted) {
            self.child.remove(path);
        }
    }

    /// The server removed these: the events that the client library makes of it.
    pub(super) fn remove(&mut self, path: &str, kind: WatcherType) -> Vec<&'static str> {
        let any = kind == WatcherType::Any;
        let mut events = Vec::new();
        if any || kind == WatcherType::Children {
            events.extend(self.child.remove(path).then_some("ChildWatchRemoved"));
        }
        if any || kind == WatcherType::Data {
            let removed = self.data.remove(path) | self.exist.remove(path);
            events.extend(removed.then_some("DataWatchRemoved"));
        }
        if any {
            let removed = self.persistent.remove(path) | self.recursive.remove(path);
            events.extend(removed.then_some("PersistentWatchRemoved"));
        }
        events
    }

    /// What is sent after a reconnect, if there are any.
    pub(super) fn to_set(&self, relative_zxid: Zxid) -> Option<SetWatches> {
        let all = [&self.data, &self.exist, &self.child, &self.persistent, &self.recursive];
        if all.iter().all(|set| set.is_empty()) {
            return None;
        }
        let list = |set: &BTreeSet<Path>| -> Rc<[Path]> { set.iter().cloned().collect() };
        Some(SetWatches {
            relative_zxid,
            data: list(&self.data),
            exist: list(&self.exist),
            child: list(&self.child),
            persistent: list(&self.persistent),
            persistent_recursive: list(&self.recursive),
        })
    }
}
