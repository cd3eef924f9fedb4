//! `delete`, `setData`, `setACL`, `check`.

use super::super::acl::{self, AclList};
use super::super::error::ZkError;
use super::super::id::{Data, Path};
use super::super::path;
use super::super::replica::Replica;
use super::super::txn::Change;
use super::Asker;

/// Needs DELETE on the parent and nothing on the node (fact 22).
pub(super) fn delete(
    state: &Replica,
    asker: Asker<'_>,
    path: &Path,
    version: i32,
) -> Result<Change, ZkError> {
    let parent = state.tree.node(path::parent_of_deleted(path)?)?;
    acl::check(&parent.acl, acl::DELETE, asker.identities)?;
    let node = state.tree.node(path)?;
    next_version(node.version, version)?;
    if !node.children.is_empty() {
        return Err(ZkError::NotEmpty);
    }
    Ok(Change::Delete { path: path.clone() })
}

pub(super) fn set_data(
    state: &Replica,
    asker: Asker<'_>,
    path: &Path,
    data: &Data,
    version: i32,
) -> Result<Change, ZkError> {
    path::validate(path)?;
    let node = state.tree.node(path)?;
    acl::check(&node.acl, acl::WRITE, asker.identities)?;
    let version = next_version(node.version, version)?;
    Ok(Change::SetData { path: path.clone(), data: data.clone(), version })
}

pub(super) fn set_acl(
    state: &Replica,
    asker: Asker<'_>,
    path: &Path,
    acl: &AclList,
    version: i32,
) -> Result<Change, ZkError> {
    path::validate(path)?;
    let acl = acl::resolve(acl, asker.identities)?;
    let node = state.tree.node(path)?;
    acl::check(&node.acl, acl::ADMIN, asker.identities)?;
    let version = next_version(node.aversion, version)?;
    Ok(Change::SetAcl { path: path.clone(), acl, version })
}

pub(super) fn check(
    state: &Replica,
    asker: Asker<'_>,
    path: &str,
    version: i32,
) -> Result<Change, ZkError> {
    path::validate(path)?;
    let node = state.tree.node(path)?;
    acl::check(&node.acl, acl::READ, asker.identities)?;
    next_version(node.version, version)?;
    Ok(Change::Check)
}

/// The version after this one, if it is the expected one or any will do.
fn next_version(current: i32, expected: i32) -> Result<i32, ZkError> {
    if expected == -1 || expected == current {
        Ok(current.wrapping_add(1))
    } else {
        Err(ZkError::BadVersion)
    }
}
