//! How long requests and messages are on the wire.

use super::acl::Acl;
use super::children::Children;
use super::id::{Data, Path};
use super::request::{CreateForm, Op, Request, SetWatches};
use super::response::{Answer, Message, MultiResult};

/// `jute.maxbuffer`: a longer packet ends the connection.
const LONGEST: usize = 0xf_ffff;

/// The header: xid and type.
const HEADER: usize = 8;

pub(super) fn is_acceptable(op: &Op) -> bool {
    HEADER + length(op) <= LONGEST
}

/// The length of the frame stands before it.
const FRAME: usize = 4;
/// The header of an answer and of an event: xid, zxid and error.
const ANSWER: usize = 16;
/// What is said of a node besides its data.
const STAT: usize = 68;
/// Session, password, timeout, version, and the last transaction of a client.
const CONNECT: usize = 45;

impl Request {
    /// How long it is on the wire, in bytes; what servers say to each other is not counted.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Connect(_) => FRAME + CONNECT,
            Self::Call { op, .. } => FRAME + HEADER + length(op),
            Self::Peer(_) => 0,
        }
    }
}

impl Message {
    /// How long it is on the wire, in bytes; what servers say to each other is not counted.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Connect(_) => FRAME + CONNECT - 8,
            Self::Reply(reply) => FRAME + ANSWER + reply.result.as_ref().map_or(0, answer),
            Self::Watch(event) => FRAME + ANSWER + 8 + text(&event.path),
            Self::Peer(_) => 0,
        }
    }
}

fn answer(answer: &Answer) -> usize {
    match answer {
        Answer::Done => 0,
        Answer::Path(path) => text(path),
        Answer::Created(path, _) => text(path) + STAT,
        Answer::Stat(_) => STAT,
        Answer::Data(bytes, _) => data(bytes) + STAT,
        Answer::Children(names) => children(names),
        Answer::ChildrenAndStat(names, _) => children(names) + STAT,
        Answer::Number(_) => 4,
        Answer::Ephemerals(all) => paths(all),
        Answer::Acl(list, _) => acl(list) + STAT,
        // Every part and the end have a header of nine bytes.
        Answer::Multi(parts) => parts.iter().map(|part| 9 + result(part)).sum::<usize>() + 9,
    }
}

fn result(part: &MultiResult) -> usize {
    match part {
        MultiResult::Create(path) => text(path),
        MultiResult::Create2(path, _) => text(path) + STAT,
        MultiResult::Delete | MultiResult::Check => 0,
        MultiResult::SetData(_) => STAT,
        MultiResult::Data(bytes, _) => data(bytes) + STAT,
        MultiResult::Children(names) => children(names),
        MultiResult::Error(_) | MultiResult::NotDone => 4,
    }
}

fn children(names: &Children) -> usize {
    4 + 4 * names.len() + names.bytes()
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
