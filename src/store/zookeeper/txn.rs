//! Transactions: what the log of a server is made of.
//!
//! A write is first checked against the state that all earlier transactions lead to ([`super::write`]), which gives a
//! [`Change`]; every server then applies the same change at the same number.

use std::rc::Rc;

use crate::time::Micros;

use super::acl::AclList;
use super::error::ZkError;
use super::id::{Data, Path, SessionId, Zxid};
use super::node::{Node, Owner};
use super::replica::Replica;
use super::response::{Answer, MultiResult};
use super::tree::Trigger;

/// One transaction.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Txn {
    pub(super) zxid: Zxid,
    /// The leader's clock.
    pub(super) time: Micros,
    pub(super) session: Option<SessionId>,
    pub(super) change: Change,
}

/// What a transaction does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Change {
    CreateSession {
        timeout_ms: i32,
    },
    CloseSession,
    Create(NewNode),
    Delete {
        path: Path,
    },
    SetData {
        path: Path,
        data: Data,
        version: i32,
    },
    SetAcl {
        path: Path,
        acl: AclList,
        version: i32,
    },
    Check,
    Multi(Rc<[Change]>),
    /// A multi of which one part failed: its results.
    FailedMulti(Rc<[MultiResult]>),
    Error(ZkError),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct NewNode {
    pub(super) path: Path,
    pub(super) data: Data,
    pub(super) acl: AclList,
    pub(super) owner: Owner,
    /// Whether the answer has the stat as well.
    pub(super) with_stat: bool,
}

impl Replica {
    /// Applies the next transaction. What watches may be waiting for is added to `triggers`, in order.
    pub(super) fn apply(
        &mut self,
        txn: &Txn,
        triggers: &mut Vec<Trigger>,
    ) -> Result<Answer, ZkError> {
        let answer = match &txn.change {
            Change::CreateSession { timeout_ms } => {
                if let Some(session) = txn.session {
                    self.add_session(session, *timeout_ms);
                }
                Ok(Answer::Done)
            }
            Change::CloseSession => {
                if let Some(session) = txn.session {
                    self.end_session(session, txn.zxid, triggers);
                }
                Ok(Answer::Done)
            }
            Change::Multi(changes) => {
                let results = changes.iter().map(|change| self.apply_part(txn, change, triggers));
                Ok(Answer::Multi(results.collect()))
            }
            Change::FailedMulti(results) => Ok(Answer::Multi(results.clone())),
            Change::Error(error) => Err(*error),
            change => Ok(match self.apply_part(txn, change, triggers) {
                MultiResult::Create(path) => Answer::Path(path),
                MultiResult::Create2(path, stat) => Answer::Created(path, stat),
                MultiResult::SetData(stat) => Answer::Stat(stat),
                _ => Answer::Done,
            }),
        };
        self.zxid = txn.zxid;
        answer
    }

    /// Applies what can be part of a multi. It was checked, so it cannot fail.
    pub(super) fn apply_part(
        &mut self,
        txn: &Txn,
        change: &Change,
        triggers: &mut Vec<Trigger>,
    ) -> MultiResult {
        match change {
            Change::Create(new) => {
                let node =
                    Node::new(new.data.clone(), new.acl.clone(), new.owner, txn.zxid, txn.time);
                match self.tree.create(&new.path, node, triggers) {
                    Some(stat) if new.with_stat => MultiResult::Create2(new.path.clone(), stat),
                    Some(_) => MultiResult::Create(new.path.clone()),
                    None => MultiResult::Error(ZkError::NoNode),
                }
            }
            Change::Delete { path } => {
                self.tree.delete(path, txn.zxid, triggers);
                MultiResult::Delete
            }
            Change::SetData { path, data, version } => {
                match self.tree.set_data(path, data.clone(), *version, txn.zxid, txn.time, triggers)
                {
                    Some(stat) => MultiResult::SetData(stat),
                    None => MultiResult::Error(ZkError::NoNode),
                }
            }
            Change::SetAcl { path, acl, version } => {
                match self.tree.set_acl(path, acl.clone(), *version) {
                    Some(stat) => MultiResult::SetData(stat),
                    None => MultiResult::Error(ZkError::NoNode),
                }
            }
            _ => MultiResult::Check,
        }
    }
}
