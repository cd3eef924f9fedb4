//! How long a request is on the wire.

use super::acl::Acl;
use super::id::{Data, Path};
use super::request::{CreateForm, Op, SetWatches};

/// `jute.maxbuffer`: a longer packet ends the connection.
const LONGEST: usize = 0xf_ffff;

/// The header: xid and type.
const HEADER: usize = 8;

pub(super) fn is_acceptable(op: &Op) -> bool {
    HEADER + length(op) <= LONGEST
}

/// In bytes, without the header.
fn length(op: &Op) -> usize {
    match op {
        Op::Create(create) => {
            let ttl = if matches!(create.form, CreateForm::Ttl(_)) { 8 } else { 0 };
            text(&create.path) + data(&create.data) + acl(&create.acl) + 4 + ttl
        }
        Op::Delete { path, .. }
        | Op::Check { path, .. }
        | Op::AddWatch { path, .. }
        | Op::RemoveWatches { path, .. }
        | Op::CheckWatches { path, .. } => text(path) + 4,
        Op::Exists { path, .. }
        | Op::GetData { path, .. }
        | Op::GetChildren { path, .. }
        | Op::GetChildren2 { path, .. } => text(path) + 1,
        Op::GetAllChildrenNumber { path }
        | Op::GetEphemerals { prefix: path }
        | Op::Sync { path }
        | Op::GetAcl { path } => text(path),
        Op::SetData { path, data: bytes, .. } => text(path) + data(bytes) + 4,
        Op::SetAcl { path, acl: list, .. } => text(path) + acl(list) + 4,
        // Every part and the end have a header of nine bytes.
        Op::Multi(parts) | Op::MultiRead(parts) => {
            parts.iter().map(|part| 9 + length(part)).sum::<usize>() + 9
        }
        Op::SetWatches(set) => 8 + one_shots(set),
        Op::SetWatches2(set) => {
            8 + one_shots(set) + paths(&set.persistent) + paths(&set.persistent_recursive)
        }
        Op::Auth { scheme, auth } => 4 + text(scheme) + 4 + auth.len(),
        Op::Ping | Op::CloseSession => 0,
    }
}

fn text(text: &str) -> usize {
    4 + text.len()
}

fn data(data: &Data) -> usize {
    4 + data.as_ref().map_or(0, |data| data.len())
}

fn acl(acl: &[Acl]) -> usize {
    4 + acl.iter().map(|entry| 4 + text(&entry.who.scheme) + text(&entry.who.id)).sum::<usize>()
}

fn paths(paths: &[Path]) -> usize {
    4 + paths.iter().map(|path| text(path)).sum::<usize>()
}

fn one_shots(set: &SetWatches) -> usize {
    paths(&set.data) + paths(&set.exist) + paths(&set.child)
}
