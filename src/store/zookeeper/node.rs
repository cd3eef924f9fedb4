//! One node of the tree.

use crate::time::Micros;

use super::acl::AclList;
use super::children::Children;
use super::id::{Data, SessionId, Zxid};
use super::stat::Stat;

/// One node, with what a server persists about it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Node {
    pub(super) data: Data,
    pub(super) acl: AclList,
    pub(super) owner: Owner,
    pub(super) czxid: Zxid,
    pub(super) mzxid: Zxid,
    pub(super) pzxid: Zxid,
    pub(super) ctime: Micros,
    pub(super) mtime: Micros,
    pub(super) version: i32,
    pub(super) aversion: i32,
    /// How many children were ever created: the next sequence number (fact 17).
    pub(super) creates: i32,
    pub(super) children: Children,
}

/// What ends a node besides `delete`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Owner {
    /// Nothing.
    Nobody,
    /// The end of the session.
    Session(SessionId),
    /// The deletion of its last child.
    Container,
    /// Milliseconds (ms) without a change and without children.
    Ttl(i64),
}

impl Node {
    pub(super) fn new(data: Data, acl: AclList, owner: Owner, zxid: Zxid, time: Micros) -> Self {
        Self {
            data,
            acl,
            owner,
            czxid: zxid,
            mzxid: zxid,
            pzxid: zxid,
            ctime: time,
            mtime: time,
            version: 0,
            aversion: 0,
            creates: 0,
            children: Children::default(),
        }
    }

    pub(super) fn stat(&self) -> Stat {
        let num_children = self.children.len() as i32;
        Stat {
            czxid: self.czxid,
            mzxid: self.mzxid,
            pzxid: self.pzxid,
            ctime: self.ctime,
            mtime: self.mtime,
            version: self.version,
            // One change for every create, one for every delete: those created and no longer there.
            cversion: self.creates.wrapping_mul(2).wrapping_sub(num_children),
            aversion: self.aversion,
            ephemeral_owner: match self.owner {
                Owner::Session(session) => Some(session),
                Owner::Nobody | Owner::Container | Owner::Ttl(_) => None,
            },
            data_length: self.data.as_ref().map_or(0, |data| data.len() as i32),
            num_children,
        }
    }
}
