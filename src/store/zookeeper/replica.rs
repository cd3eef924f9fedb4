//! What every server of an ensemble has a copy of.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::id::{SessionId, Zxid};
use super::tree::{Tree, Trigger};
use super::zxids::Zxids;

/// The state that the log of transactions leads to. It survives a crash (fact 15).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Replica {
    /// The last transaction applied.
    pub(super) zxid: Zxid,
    pub(super) tree: Tree,
    /// The timeouts in milliseconds (ms) with which the sessions were granted.
    pub(super) sessions: Rc<BTreeMap<SessionId, i32>>,
}

impl Replica {
    pub(super) fn new() -> Self {
        Self { zxid: Zxid::ZERO, tree: Tree::new(), sessions: Rc::default() }
    }

    pub(super) fn has_session(&self, session: SessionId) -> bool {
        self.sessions.contains_key(&session)
    }

    /// The sessions that have not ended, with the timeouts in milliseconds (ms) with which they were granted.
    pub(super) fn sessions(&self) -> impl Iterator<Item = (SessionId, i32)> {
        self.sessions.iter().map(|(session, timeout_ms)| (*session, *timeout_ms))
    }

    pub(super) fn add_session(&mut self, session: SessionId, timeout_ms: i32) {
        Rc::make_mut(&mut self.sessions).insert(session, timeout_ms);
    }

    pub(super) fn end_session(
        &mut self,
        session: SessionId,
        zxid: Zxid,
        triggers: &mut Vec<Trigger>,
    ) {
        Rc::make_mut(&mut self.sessions).remove(&session);
        // The real order is that of a hash table: neither by name nor by age (fact 13).
        let mut paths: Vec<_> = self.tree.ephemerals(session).cloned().collect();
        paths.sort_unstable_by_key(|path| super::children::scramble(path));
        for path in &paths {
            self.tree.delete(path, zxid, triggers);
        }
    }
}

impl Zxids for Replica {
    fn each_zxid(&self, see: &mut dyn FnMut(Zxid)) {
        see(self.zxid);
        for (_, node) in self.tree.iter() {
            [node.czxid, node.mzxid, node.pzxid].into_iter().for_each(&mut *see);
        }
    }

    fn renumber(&mut self, new: &dyn Fn(Zxid) -> Zxid) {
        self.zxid = new(self.zxid);
        self.tree.renumber(new);
    }
}
