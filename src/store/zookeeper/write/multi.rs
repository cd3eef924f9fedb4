//! `multi`: all parts or none.

use super::super::error::ZkError;
use super::super::replica::Replica;
use super::super::request::{Create, CreateForm, CreateMode, Op};
use super::super::response::MultiResult;
use super::super::txn::{Change, Txn};
use super::Asker;

/// Each part is checked against what the parts before it leave (fact 20).
pub(super) fn change(state: &Replica, asker: Asker<'_>, parts: &[Op], txn: &Txn) -> Change {
    let Ok(parts) = parts.iter().map(as_part).collect::<Result<Vec<_>, _>>() else {
        return Change::Error(ZkError::MarshallingError);
    };
    let mut scratch = state.clone();
    let mut changes = Vec::with_capacity(parts.len());
    for (at, part) in parts.iter().enumerate() {
        // Such a part has no time to live where the server looks for one, which it does when it comes to it.
        if let Op::Create(Create { mode, form: CreateForm::Create, .. }) = part
            && mode.has_ttl()
        {
            return Change::Error(ZkError::MarshallingError);
        }
        match super::part(&scratch, asker, part) {
            Ok(change) => {
                // The watches are told when the whole multi is applied.
                scratch.apply_part(txn, &change, &mut Vec::new());
                changes.push(change);
            }
            Err(error) => return Change::FailedMulti(failed(at, error, parts.len())),
        }
    }
    Change::Multi(changes.into())
}

fn failed(at: usize, error: ZkError, parts: usize) -> std::rc::Rc<[MultiResult]> {
    let result = |part: usize| match part.cmp(&at) {
        std::cmp::Ordering::Less => MultiResult::NotDone,
        std::cmp::Ordering::Equal => MultiResult::Error(error),
        std::cmp::Ordering::Greater => MultiResult::Error(ZkError::RuntimeInconsistency),
    };
    (0..parts).map(result).collect()
}

/// In a multi the mode alone says which of the four creates is meant.
fn as_part(op: &Op) -> Result<Op, ZkError> {
    match op {
        Op::Create(create) => {
            let form = match (create.mode, create.form) {
                (mode, CreateForm::Ttl(ms)) if mode.has_ttl() => CreateForm::Ttl(ms),
                (CreateMode::Container, _) => CreateForm::Container,
                _ => CreateForm::Create,
            };
            Ok(Op::Create(Create { form, ..create.clone() }))
        }
        Op::Delete { .. } | Op::SetData { .. } | Op::Check { .. } => Ok(op.clone()),
        _ => Err(ZkError::MarshallingError),
    }
}
