//! Requests and messages as recordings of real servers write them.

use serde_json::{Map, Value, json};

use super::sessions::Sessions;
use crate::store::ledger;
use crate::store::redis;
use crate::store::zookeeper::{
    AddWatchMode, Connect, Create, CreateForm, CreateMode, Message, Op, Request, SessionId,
    SetWatches, WatcherType,
};
use crate::store::{AnyMessage, AnyRequest};
use crate::trace::recorded::redis::json::{write_bytes, write_reply};
use crate::trace::recorded::zookeeper::render;

/// A request.
pub(crate) fn request(request: &AnyRequest, sessions: &Sessions) -> Value {
    match request {
        AnyRequest::Redis(redis::Request::Command(line)) => line.iter().map(write_bytes).collect(),
        AnyRequest::Redis(redis::Request::Peer(peer)) => json!({ "peer": format!("{peer:?}") }),
        AnyRequest::ZooKeeper(Request::Connect(it)) => connect(it, sessions),
        AnyRequest::ZooKeeper(Request::Call { op, .. }) => op_value(op),
        AnyRequest::ZooKeeper(Request::Peer(peer)) => {
            json!({ "op": "peer", "peer": format!("{peer:?}") })
        }
        AnyRequest::Ledger(ledger::Request::Read { account, fence }) => {
            with(with(json!({ "op": "READ" }), "account", account.shown()), "fence", *fence)
        }
        AnyRequest::Ledger(ledger::Request::Write { account, value, fence }) => {
            let write = with(json!({ "op": "WRITE" }), "account", account.shown());
            with(with(write, "value", Some(*value)), "fence", *fence)
        }
    }
}

/// The session of this number.
pub(crate) fn session(id: i64) -> SessionId {
    SessionId(id)
}

/// The session that a message grants.
pub(crate) fn grants(message: &AnyMessage) -> Option<SessionId> {
    match message {
        AnyMessage::ZooKeeper(Message::Connect(reply)) => reply.session.map(|(session, _)| session),
        _ => None,
    }
}

/// A message. What it grants must have its name.
pub(crate) fn message(message: &AnyMessage, sessions: &Sessions) -> Value {
    match message {
        AnyMessage::Redis(redis::Message::Reply(reply)) => write_reply(reply),
        AnyMessage::Redis(redis::Message::Peer(peer)) => json!({ "peer": format!("{peer:?}") }),
        AnyMessage::Redis(redis::Message::Push(push)) => json!({ "push": write_reply(push) }),
        AnyMessage::ZooKeeper(Message::Connect(reply)) => {
            let session = reply.session.map(|(session, _)| sessions.name(session));
            json!({ "session": session, "timeout_ms": reply.timeout_ms })
        }
        AnyMessage::ZooKeeper(Message::Reply(reply)) => {
            render::reply(reply, &|session| sessions.name(session))
        }
        AnyMessage::ZooKeeper(Message::Watch(event)) => json!({
            "watch": {
                "type": event.kind.to_string(),
                "path": &*event.path,
                "state": event.state.to_string(),
            }
        }),
        AnyMessage::ZooKeeper(Message::Peer(peer)) => json!({ "peer": format!("{peer:?}") }),
        AnyMessage::Ledger(ledger::Reply::Value(value)) => json!(value),
        AnyMessage::Ledger(ledger::Reply::Stale) => json!({ "err": "STALE" }),
    }
}

fn connect(connect: &Connect, sessions: &Sessions) -> Value {
    let session = connect.session.map(|(session, _)| sessions.name(session));
    with(json!({ "op": "connect", "timeout_ms": connect.timeout_ms }), "session", session)
}

/// `value`, an object, with one more member if there is something to put in it.
fn with(mut value: Value, name: &str, more: Option<impl Into<Value>>) -> Value {
    if let (Value::Object(members), Some(more)) = (&mut value, more) {
        members.insert(name.to_owned(), more.into());
    }
    value
}

/// An operation.
fn op_value(op: &Op) -> Value {
    let mut members = Map::new();
    members.insert("op".to_owned(), op.name().into());
    if let Value::Object(more) = arguments(op) {
        members.extend(more);
    }
    Value::Object(members)
}

fn arguments(op: &Op) -> Value {
    match op {
        Op::Create(it) => create(it),
        Op::Delete { path, version } | Op::Check { path, version } => {
            json!({ "path": &**path, "version": version })
        }
        Op::Exists { path, watch }
        | Op::GetData { path, watch }
        | Op::GetChildren { path, watch }
        | Op::GetChildren2 { path, watch } => json!({ "path": &**path, "watch": watch }),
        Op::SetData { path, data, version } => {
            json!({ "path": &**path, "data": render::data(data), "version": version })
        }
        Op::GetAllChildrenNumber { path } | Op::Sync { path } | Op::GetAcl { path } => {
            json!({ "path": &**path })
        }
        Op::GetEphemerals { prefix } => json!({ "path": &**prefix }),
        Op::Multi(ops) | Op::MultiRead(ops) => {
            json!({ "ops": ops.iter().map(op_value).collect::<Vec<_>>() })
        }
        Op::AddWatch { path, mode } => {
            let mode = match mode {
                AddWatchMode::Persistent => json!("PERSISTENT"),
                AddWatchMode::PersistentRecursive => json!("PERSISTENT_RECURSIVE"),
                AddWatchMode::Unknown(number) => json!(number),
            };
            json!({ "path": &**path, "mode": mode })
        }
        Op::RemoveWatches { path, kind } | Op::CheckWatches { path, kind } => {
            let kind = match kind {
                WatcherType::Children => json!("Children"),
                WatcherType::Data => json!("Data"),
                WatcherType::Any => json!("Any"),
                WatcherType::Unknown(number) => json!(number),
            };
            json!({ "path": &**path, "type": kind })
        }
        Op::SetWatches(watches) | Op::SetWatches2(watches) => set_watches(watches),
        Op::SetAcl { path, acl, version } => {
            json!({ "path": &**path, "acl": render::acl(acl), "version": version })
        }
        Op::Auth { scheme, auth } => {
            json!({ "scheme": &**scheme, "auth": String::from_utf8_lossy(auth) })
        }
        Op::Ping | Op::CloseSession => json!({}),
    }
}

fn create(create: &Create) -> Value {
    let mode = match create.mode {
        CreateMode::Persistent => json!("PERSISTENT"),
        CreateMode::Ephemeral => json!("EPHEMERAL"),
        CreateMode::PersistentSequential => json!("PERSISTENT_SEQUENTIAL"),
        CreateMode::EphemeralSequential => json!("EPHEMERAL_SEQUENTIAL"),
        CreateMode::Container => json!("CONTAINER"),
        CreateMode::PersistentWithTtl => json!("PERSISTENT_WITH_TTL"),
        CreateMode::PersistentSequentialWithTtl => json!("PERSISTENT_SEQUENTIAL_WITH_TTL"),
        CreateMode::Unknown(number) => json!(number),
    };
    let ttl = match create.form {
        CreateForm::Ttl(ttl) => Some(ttl),
        _ => None,
    };
    let value = json!({ "path": &*create.path, "data": render::data(&create.data), "mode": mode });
    with(value, "ttl", ttl)
}

fn set_watches(watches: &SetWatches) -> Value {
    let texts =
        |paths: &[std::rc::Rc<str>]| -> Value { paths.iter().map(|path| &**path).collect() };
    let mut value = json!({
        "relativeZxid": watches.relative_zxid.0,
        "data": texts(&watches.data),
        "exist": texts(&watches.exist),
        "child": texts(&watches.child),
    });
    for (name, paths) in [
        ("persistent", &watches.persistent),
        ("persistentRecursive", &watches.persistent_recursive),
    ] {
        value = with(value, name, (!paths.is_empty()).then(|| texts(paths)));
    }
    value
}
