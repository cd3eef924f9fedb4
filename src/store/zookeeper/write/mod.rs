//! The checks of a write, in the order of the server, and the change that comes of it.
//!
//! Nothing is changed here. A write that fails is a transaction as well (fact 19).

mod change;
mod create;
mod multi;

use crate::time::Micros;

use super::acl::Identity;
use super::error::ZkError;
use super::id::{SessionId, Zxid};
use super::replica::Replica;
use super::request::Op;
use super::txn::{Change, Txn};

/// Who asks.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) session: SessionId,
    pub(super) identities: &'a [Identity],
}

/// Whether an operation is a transaction.
pub(super) const fn is_write(op: &Op) -> bool {
    matches!(
        op,
        Op::Create(_)
            | Op::Delete { .. }
            | Op::SetData { .. }
            | Op::SetAcl { .. }
            | Op::Check { .. }
            | Op::Multi(_)
            | Op::CloseSession
    )
}

/// The transaction that `op` becomes when it reaches the leader.
pub(super) fn transaction(
    state: &Replica,
    zxid: Zxid,
    time: Micros,
    asker: Asker<'_>,
    op: &Op,
) -> Txn {
    let mut txn = Txn { zxid, time, session: Some(asker.session), change: Change::Check };
    txn.change = match op {
        Op::Multi(parts) => multi::change(state, asker, parts, &txn),
        Op::CloseSession => Change::CloseSession,
        op => part(state, asker, op).unwrap_or_else(Change::Error),
    };
    txn
}

/// What can stand alone and in a multi.
fn part(state: &Replica, asker: Asker<'_>, op: &Op) -> Result<Change, ZkError> {
    match op {
        Op::Create(create) => create::change(state, asker, create),
        Op::Delete { path, version } => change::delete(state, asker, path, *version),
        Op::SetData { path, data, version } => change::set_data(state, asker, path, data, *version),
        Op::SetAcl { path, acl, version } => change::set_acl(state, asker, path, acl, *version),
        Op::Check { path, version } => change::check(state, asker, path, *version),
        _ => Err(ZkError::MarshallingError),
    }
}
