//! For a simulator: keep-alives that are no events, and a look at where a lock lives.

use super::children::Children;
use super::ensemble::Role;
use super::id::{SessionId, Zxid};
use super::server::ZooKeeper;
use super::zxids::Zxids;
use crate::store::{Env, Key, Link};
use crate::time::Micros;

impl ZooKeeper {
    /// Says whether the client on `link` is in contact from `now` on.
    ///
    /// A session in contact does not end, as if its client pinged all the time. When contact ends, its timeout
    /// begins to run.
    pub fn attend(&mut self, link: Link, attended: bool, now: Micros) {
        if let Some(connection) = self.links.get(link)
            && let Some(session) = connection.session
        {
            self.tracker.attend(session, attended, connection.timeout_ms, now);
        }
    }

    /// Whether the client on `link` was last said to be in contact.
    pub fn is_attended(&self, link: Link) -> bool {
        self.session_of(link).is_some_and(|session| self.tracker.is_attended(session))
    }

    /// The same for a session whose client may be connected to another server of the ensemble.
    pub fn attend_session(
        &mut self,
        session: SessionId,
        attended: bool,
        timeout_ms: i32,
        now: Micros,
    ) {
        self.tracker.attend(session, attended, timeout_ms, now);
    }

    /// Whether the session's client was last said to be in contact.
    pub fn is_session_attended(&self, session: SessionId) -> bool {
        self.tracker.is_attended(session)
    }

    /// Ends a session at once. Only a stand-alone server or a leader can.
    pub fn expire_session(&mut self, now: Micros, session: SessionId, env: &mut dyn Env<Self>) {
        self.expire(now, session, env);
    }

    /// Whether the session is there and not about to end.
    pub fn tracks(&self, session: SessionId) -> bool {
        self.tracker.knows(session)
    }

    /// Adds the zxids as they are to `key`, for a world in which clients and messages have some of them as well.
    pub fn raw_zxids(&self, key: &mut Key) {
        key.int(self.replica.zxid.0);
        for (_, node) in self.replica.tree.iter() {
            key.int(node.mzxid.0).int(node.pzxid.0).int(node.czxid.0);
        }
        match &self.role {
            Role::Alone => {}
            Role::Leader(leader) => leader.each_zxid(&mut |zxid| {
                key.int(zxid.0);
            }),
            Role::Follower(follower) => follower.each_zxid(&mut |zxid| {
                key.int(zxid.0);
            }),
        }
    }

    /// The node at `path` with its children, as it is now; none if there is no such node.
    pub fn stand(&self, path: &str) -> Option<Stand> {
        let node = self.replica.tree.get(path)?;
        let children = node.children.clone();
        Some(Stand { czxid: node.czxid, children, zxid: self.replica.zxid })
    }

    /// The transaction that created the node.
    pub fn created_by(&self, path: &str) -> Option<Zxid> {
        self.replica.tree.get(path).map(|node| node.czxid)
    }
}

/// A node and its children at one moment: taken at no cost, however many they are.
#[derive(Clone, Debug)]
pub struct Stand {
    /// The transaction that created the node.
    pub czxid: Zxid,
    /// Its children.
    pub children: Children,
    /// The last transaction before that moment.
    pub zxid: Zxid,
}
