//! Watches: which connections wait for what.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::store::Link;

use super::acl::Acl;
use super::error::ZkError;
use super::id::Path;
use super::request::WatcherType;
use super::response::EventType;
use super::tree::Trigger;

/// How a watch was left.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Mode {
    /// By a read: it fires once.
    Once,
    Persistent,
    Recursive,
}

/// The watches of one server: two tables, as the server has them (fact 3).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Watches {
    /// Left by `exists` and `getData`.
    pub(super) data: Table,
    /// Left by `getChildren`.
    pub(super) child: Table,
}

/// Who hears of an event: `(connection, event, path, the ACL that must allow it)`.
pub(super) type Hear<'a> = &'a mut dyn FnMut(Link, EventType, &Path, &[Acl]);

impl Watches {
    /// Tells everyone who waits for `trigger`, in the order of the server (fact 6).
    pub(super) fn fire(&mut self, trigger: &Trigger, hear: Hear<'_>) {
        use EventType::{NodeChildrenChanged, NodeCreated, NodeDataChanged, NodeDeleted};
        match trigger {
            Trigger::Created { path, acl, parent, parent_acl, owner: _ } => {
                self.data.fire(path, NodeCreated, acl, &[], hear);
                self.child.fire(parent, NodeChildrenChanged, parent_acl, &[], hear);
            }
            Trigger::Deleted { path, acl, parent, parent_acl } => {
                // Who hears of it as a data watch does not hear of it again as a child watch.
                let told = self.data.fire(path, NodeDeleted, acl, &[], hear);
                self.child.fire(path, NodeDeleted, acl, &told, hear);
                self.child.fire(parent, NodeChildrenChanged, parent_acl, &[], hear);
            }
            Trigger::DataChanged { path, acl, data: _ } => {
                self.data.fire(path, NodeDataChanged, acl, &[], hear);
            }
        }
    }

    /// `checkWatches`, with the error of 3.8.0: anyone's watch will do (fact 4).
    pub(super) fn check(&self, path: &str, kind: WatcherType) -> Result<bool, ZkError> {
        if !path.is_empty() && !path.contains('/') {
            return Err(ZkError::MarshallingError);
        }
        Ok(match kind {
            WatcherType::Children => self.child.check(path)?,
            WatcherType::Data => self.data.check(path)?,
            WatcherType::Any => self.child.check(path)? | self.data.check(path)?,
            WatcherType::Unknown(_) => return Err(ZkError::MarshallingError),
        })
    }

    /// `removeWatches`: whether there was one.
    pub(super) fn remove(
        &mut self,
        path: &str,
        kind: WatcherType,
        link: Link,
    ) -> Result<bool, ZkError> {
        Ok(match kind {
            WatcherType::Children => self.child.remove(path, link),
            WatcherType::Data => self.data.remove(path, link),
            WatcherType::Any => self.child.remove(path, link) | self.data.remove(path, link),
            WatcherType::Unknown(_) => return Err(ZkError::MarshallingError),
        })
    }

    /// Forgets a connection.
    pub(super) fn forget(&mut self, link: Link) {
        self.data.forget(link);
        self.child.forget(link);
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// The watches of one kind. Clones share everything until they change it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Table(Rc<Inner>);

#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Inner {
    by_path: BTreeMap<Path, Rc<BTreeMap<Link, Mode>>>,
    by_link: BTreeMap<Link, BTreeSet<Path>>,
    recursive: usize,
}

impl Table {
    /// Leaves a watch. A connection has one watch for a path: a later one replaces it (fact 2).
    pub(super) fn add(&mut self, path: &Path, link: Link, mode: Mode) {
        let inner = Rc::make_mut(&mut self.0);
        let watchers = Rc::make_mut(inner.by_path.entry(path.clone()).or_default());
        let before = watchers.insert(link, mode);
        inner.by_link.entry(link).or_default().insert(path.clone());
        inner.recursive += usize::from(mode == Mode::Recursive);
        inner.recursive -= usize::from(before == Some(Mode::Recursive));
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Path, Link, Mode)> {
        // The paths of each connection, and how many watches are recursive, follow from the watches.
        let Inner { by_path, by_link: _, recursive: _ } = &*self.0;
        by_path.iter().flat_map(|(path, watchers)| {
            watchers.iter().map(move |(link, mode)| (path, *link, *mode))
        })
    }

    /// Whether anyone watches. While there are recursive watches the server goes up from the path to the root, which
    /// it does not find from one that does not begin there.
    fn check(&self, path: &str) -> Result<bool, ZkError> {
        let watched = self.0.by_path.contains_key(path);
        let lost = self.0.recursive > 0 && !path.is_empty() && !path.starts_with('/');
        if lost && !watched { Err(ZkError::MarshallingError) } else { Ok(watched) }
    }

    fn remove(&mut self, path: &str, link: Link) -> bool {
        if !self.0.by_link.get(&link).is_some_and(|paths| paths.contains(path)) {
            return false;
        }
        let inner = Rc::make_mut(&mut self.0);
        inner.drop_path(path, link);
        inner.drop_link(path, link);
        true
    }

    fn forget(&mut self, link: Link) {
        if self.0.by_link.contains_key(&link) {
            let inner = Rc::make_mut(&mut self.0);
            for path in inner.by_link.remove(&link).unwrap_or_default() {
                inner.drop_path(&path, link);
            }
        }
    }

    /// Tells the watchers of `path`, and the recursive ones of the nodes above it, except those in `not`; answers who
    /// was told. Watches that fire once are gone afterwards, also if the ACL withheld the event (fact 1).
    fn fire(
        &mut self,
        path: &Path,
        kind: EventType,
        acl: &[Acl],
        not: &[Link],
        hear: Hear<'_>,
    ) -> Vec<Link> {
        let mut told = Vec::new();
        if let Some(watchers) = self.0.by_path.get(path).cloned() {
            let hears = |mode| mode != Mode::Recursive || kind != EventType::NodeChildrenChanged;
            told.extend(watchers.iter().filter(|(_, mode)| hears(**mode)).map(|(link, _)| *link));
            self.drop_fired(path, &watchers);
        }
        if self.0.recursive > 0 && kind != EventType::NodeChildrenChanged {
            self.recursive_above(path, &mut told);
        }
        for link in told.iter().filter(|link| not.binary_search(link).is_err()) {
            hear(*link, kind, path, acl);
        }
        told
    }

    fn drop_fired(&mut self, path: &Path, watchers: &Rc<BTreeMap<Link, Mode>>) {
        if watchers.values().all(|mode| *mode != Mode::Once) {
            return;
        }
        let inner = Rc::make_mut(&mut self.0);
        let kept: BTreeMap<Link, Mode> = watchers
            .iter()
            .filter(|(_, mode)| **mode != Mode::Once)
            .map(|(link, mode)| (*link, *mode))
            .collect();
        for (link, _) in watchers.iter().filter(|(_, mode)| **mode == Mode::Once) {
            inner.drop_link(path, *link);
        }
        if kept.is_empty() {
            inner.by_path.remove(path);
        } else {
            inner.by_path.insert(path.clone(), Rc::new(kept));
        }
    }

    /// Adds the recursive watchers of the nodes above `path` to `told`, which stays sorted and without duplicates.
    fn recursive_above(&self, path: &str, told: &mut Vec<Link>) {
        let mut above = path;
        while let Some(slash) = above.rfind('/').filter(|_| above != "/") {
            above = if slash == 0 { "/" } else { &above[..slash] };
            let watchers =
                self.0.by_path.get(above).into_iter().flat_map(|watchers| watchers.iter());
            told.extend(
                watchers.filter(|(_, mode)| **mode == Mode::Recursive).map(|(link, _)| *link),
            );
        }
        told.sort_unstable();
        told.dedup();
    }
}

impl Inner {
    fn drop_path(&mut self, path: &str, link: Link) {
        if let Some(watchers) = self.by_path.get_mut(path) {
            let watchers = Rc::make_mut(watchers);
            let mode = watchers.remove(&link);
            self.recursive -= usize::from(mode == Some(Mode::Recursive));
            if watchers.is_empty() {
                self.by_path.remove(path);
            }
        }
    }

    fn drop_link(&mut self, path: &str, link: Link) {
        if let Some(paths) = self.by_link.get_mut(&link) {
            paths.remove(path);
            if paths.is_empty() {
                self.by_link.remove(&link);
            }
        }
    }
}
