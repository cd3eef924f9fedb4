//! What the model says, as a recording would write it.

use serde_json::{Map, Value, json};

use crate::store::zookeeper::{Acl, Answer, Data, MultiResult, Reply, SessionId, Stat, WatchEvent};

use super::super::bytes;
use super::event::Watch;

/// The name of a session in the recording.
pub(in crate::trace) type Names<'a> = &'a dyn Fn(SessionId) -> String;

/// A reply.
pub(in crate::trace) fn reply(reply: &Reply, names: Names<'_>) -> Value {
    let mut members = match &reply.result {
        Ok(answer) => answer_members(answer, names),
        Err(error) => object(json!({ "error": error.name() })),
    };
    members.insert("zxid".to_owned(), reply.zxid.0.into());
    Value::Object(members)
}

/// A watch event.
pub(super) fn watch(event: &WatchEvent) -> Watch {
    Watch { kind: event.kind, path: event.path.to_string(), state: event.state.to_string() }
}

fn answer_members(answer: &Answer, names: Names<'_>) -> Map<String, Value> {
    object(match answer {
        Answer::Done => json!({}),
        Answer::Path(path) => json!({ "path": &**path }),
        Answer::Created(path, it) => json!({ "path": &**path, "stat": stat(it, names) }),
        Answer::Stat(it) => json!({ "stat": stat(it, names) }),
        Answer::Data(bytes, it) => json!({ "data": data(bytes), "stat": stat(it, names) }),
        Answer::Children(children) => json!({ "children": texts(children.names()) }),
        Answer::ChildrenAndStat(children, it) => {
            json!({ "children": texts(children.names()), "stat": stat(it, names) })
        }
        Answer::Number(number) => json!({ "totalNumber": number }),
        Answer::Ephemerals(paths) => json!({ "ephemerals": texts(paths) }),
        Answer::Acl(list, it) => json!({ "acl": acl(list), "stat": stat(it, names) }),
        Answer::Multi(results) => {
            let results: Vec<Value> = results.iter().map(|it| result(it, names)).collect();
            json!({ "results": results })
        }
    })
}

fn result(result: &MultiResult, names: Names<'_>) -> Value {
    match result {
        MultiResult::Create(path) => json!({ "op": "create", "path": &**path }),
        MultiResult::Create2(path, it) => {
            json!({ "op": "create2", "path": &**path, "stat": stat(it, names) })
        }
        MultiResult::Delete => json!({ "op": "delete" }),
        MultiResult::SetData(it) => json!({ "op": "setData", "stat": stat(it, names) }),
        MultiResult::Check => json!({ "op": "check" }),
        MultiResult::Data(bytes, it) => {
            json!({ "op": "getData", "data": data(bytes), "stat": stat(it, names) })
        }
        MultiResult::Children(children) => {
            json!({ "op": "getChildren", "children": texts(children.names()) })
        }
        MultiResult::Error(error) => json!({ "op": "error", "error": error.name() }),
        MultiResult::NotDone => json!({ "op": "error", "error": "Ok" }),
    }
}

fn stat(stat: &Stat, names: Names<'_>) -> Value {
    json!({
        "czxid": stat.czxid().0,
        "mzxid": stat.mzxid().0,
        "pzxid": stat.pzxid().0,
        "version": stat.version(),
        "cversion": stat.cversion(),
        "aversion": stat.aversion(),
        "ephemeralOwner": stat.ephemeral_owner().map(names),
        "dataLength": stat.data_length(),
        "numChildren": stat.num_children(),
        "ctime": stat.ctime_ms() * 1000,
        "mtime": stat.mtime_ms() * 1000,
    })
}

pub(in crate::trace) fn data(data: &Data) -> Value {
    data.as_deref().map_or(Value::Null, bytes::write)
}

pub(in crate::trace) fn acl(acl: &[Acl]) -> Vec<Value> {
    let entry =
        |acl: &Acl| json!({ "perms": acl.perms, "scheme": &*acl.who.scheme, "id": &*acl.who.id });
    acl.iter().map(entry).collect()
}

fn texts<T: AsRef<str>>(texts: &[T]) -> Vec<&str> {
    texts.iter().map(AsRef::as_ref).collect()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => Map::from_iter([("value".to_owned(), other)]),
    }
}
