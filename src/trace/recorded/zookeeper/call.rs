//! A recorded call as the request that it was.

use std::rc::Rc;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::super::bytes;
use crate::store::zookeeper as zk;
use crate::store::zookeeper::{CreateForm, CreateMode, Op, Path, Zxid};

/// Every operation with its name in a recording.
#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "camelCase", deny_unknown_fields)]
enum Call {
    Create(Plain),
    Create2(Plain),
    #[serde(rename = "createTTL")]
    CreateTtl(WithTtl),
    CreateContainer(Plain),
    Delete {
        path: Path,
        version: i32,
    },
    Exists {
        path: Path,
        watch: bool,
    },
    GetData {
        path: Path,
        watch: bool,
    },
    SetData {
        path: Path,
        data: Data,
        version: i32,
    },
    GetChildren {
        path: Path,
        watch: bool,
    },
    GetChildren2 {
        path: Path,
        watch: bool,
    },
    GetAllChildrenNumber {
        path: Path,
    },
    GetEphemerals {
        path: Path,
    },
    Sync {
        path: Path,
    },
    Check {
        path: Path,
        version: i32,
    },
    Multi {
        ops: Vec<Value>,
    },
    MultiRead {
        ops: Vec<Value>,
    },
    AddWatch {
        path: Path,
        mode: Word,
    },
    RemoveWatches {
        path: Path,
        r#type: Word,
    },
    CheckWatches {
        path: Path,
        r#type: Word,
    },
    SetWatches(SetWatches),
    SetWatches2(SetWatches2),
    #[serde(rename = "getACL")]
    GetAcl {
        path: Path,
    },
    #[serde(rename = "setACL")]
    SetAcl {
        path: Path,
        acl: Vec<Acl>,
        version: i32,
    },
    Auth {
        scheme: Rc<str>,
        auth: Data,
    },
    Ping {},
    CloseSession {},
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    path: Path,
    data: Data,
    mode: Word,
    #[serde(default = "everyone", deserialize_with = "list")]
    acl: Vec<Acl>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithTtl {
    path: Path,
    data: Data,
    mode: Word,
    #[serde(default = "everyone", deserialize_with = "list")]
    acl: Vec<Acl>,
    ttl: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SetWatches {
    relative_zxid: i64,
    data: Vec<Path>,
    exist: Vec<Path>,
    child: Vec<Path>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SetWatches2 {
    relative_zxid: i64,
    data: Vec<Path>,
    exist: Vec<Path>,
    child: Vec<Path>,
    persistent: Vec<Path>,
    persistent_recursive: Vec<Path>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Acl {
    perms: i32,
    scheme: String,
    id: String,
}

/// What a create has when the recording leaves the list out.
fn everyone() -> Vec<Acl> {
    vec![Acl { perms: zk::ALL, scheme: "world".to_owned(), id: "anyone".to_owned() }]
}

/// No list at all is to the server an empty one.
fn list<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<Acl>, D::Error> {
    Ok(Option::deserialize(source)?.unwrap_or_default())
}

/// A name, or the number that the client sent where it has none.
#[derive(Deserialize)]
#[serde(untagged, expecting = "neither a name nor a 32-bit number")]
enum Word {
    Name(String),
    Number(i32),
}

/// Bytes: a text, `{"base64": ..}` or none.
struct Data(zk::Data);

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let value = Option::<Value>::deserialize(source)?;
        let bytes = value.as_ref().map(bytes::read).transpose().map_err(D::Error::custom)?;
        Ok(Self(bytes.map(Into::into)))
    }
}

/// Why a call cannot be made.
pub(super) enum Unmade {
    /// The model has no such operation: a difference.
    Unknown(String),
    /// The line is wrong.
    Bad(String),
}

/// The request of a recorded call.
pub(super) fn parse(call: &Value) -> Result<Op, Unmade> {
    let name = call.get("op").and_then(Value::as_str);
    let name = name.ok_or_else(|| Unmade::Bad("a call has an \"op\", a text".to_owned()))?;
    let known = Call::deserialize(call).map_err(|error| Unmade::Bad(error.to_string()));
    known.and_then(|call| op(call, name)).map_err(|unmade| match unmade {
        Unmade::Bad(message) => Unmade::Bad(format!("{name}: {message}")),
        unknown @ Unmade::Unknown(_) => unknown,
    })
}

fn op(call: Call, name: &str) -> Result<Op, Unmade> {
    Ok(match call {
        Call::Create(plain) => create(plain, CreateForm::Create)?,
        Call::Create2(plain) => create(plain, CreateForm::Create2)?,
        Call::CreateContainer(plain) => create(plain, CreateForm::Container)?,
        Call::CreateTtl(WithTtl { path, data, mode, acl, ttl }) => {
            create(Plain { path, data, mode, acl }, CreateForm::Ttl(ttl))?
        }
        Call::Delete { path, version } => Op::Delete { path, version },
        Call::Exists { path, watch } => Op::Exists { path, watch },
        Call::GetData { path, watch } => Op::GetData { path, watch },
        Call::SetData { path, data, version } => Op::SetData { path, data: data.0, version },
        Call::GetChildren { path, watch } => Op::GetChildren { path, watch },
        Call::GetChildren2 { path, watch } => Op::GetChildren2 { path, watch },
        Call::GetAllChildrenNumber { path } => Op::GetAllChildrenNumber { path },
        Call::GetEphemerals { path } => Op::GetEphemerals { prefix: path },
        Call::Sync { path } => Op::Sync { path },
        Call::Check { path, version } => Op::Check { path, version },
        Call::Multi { ops } => Op::Multi(ops.iter().map(parse).collect::<Result<_, _>>()?),
        Call::MultiRead { ops } => Op::MultiRead(ops.iter().map(parse).collect::<Result<_, _>>()?),
        Call::AddWatch { path, mode } => Op::AddWatch { path, mode: add_watch_mode(mode)? },
        Call::RemoveWatches { path, r#type } => {
            Op::RemoveWatches { path, kind: watcher_type(r#type)? }
        }
        Call::CheckWatches { path, r#type } => {
            Op::CheckWatches { path, kind: watcher_type(r#type)? }
        }
        Call::SetWatches(set) => Op::SetWatches(zk::SetWatches {
            relative_zxid: Zxid(set.relative_zxid),
            data: set.data.into(),
            exist: set.exist.into(),
            child: set.child.into(),
            ..zk::SetWatches::default()
        }),
        Call::SetWatches2(set) => Op::SetWatches2(zk::SetWatches {
            relative_zxid: Zxid(set.relative_zxid),
            data: set.data.into(),
            exist: set.exist.into(),
            child: set.child.into(),
            persistent: set.persistent.into(),
            persistent_recursive: set.persistent_recursive.into(),
        }),
        Call::GetAcl { path } => Op::GetAcl { path },
        Call::SetAcl { path, acl, version } => Op::SetAcl { path, acl: acl_list(acl), version },
        Call::Auth { scheme, auth } => Op::Auth { scheme, auth: auth.0.unwrap_or_default() },
        Call::Ping {} => Op::Ping,
        Call::CloseSession {} => Op::CloseSession,
        Call::Unknown => return Err(Unmade::Unknown(name.to_owned())),
    })
}

fn create(plain: Plain, form: CreateForm) -> Result<Op, Unmade> {
    let Plain { path, data, mode, acl } = plain;
    Ok(Op::Create(zk::Create {
        form,
        path,
        data: data.0,
        acl: acl_list(acl),
        mode: create_mode(mode)?,
    }))
}

fn acl_list(acl: Vec<Acl>) -> zk::AclList {
    acl.into_iter().map(|acl| zk::Acl::new(acl.perms, &acl.scheme, &acl.id)).collect()
}

fn create_mode(word: Word) -> Result<CreateMode, Unmade> {
    named(
        word,
        &[
            ("PERSISTENT", CreateMode::Persistent),
            ("EPHEMERAL", CreateMode::Ephemeral),
            ("PERSISTENT_SEQUENTIAL", CreateMode::PersistentSequential),
            ("EPHEMERAL_SEQUENTIAL", CreateMode::EphemeralSequential),
            ("CONTAINER", CreateMode::Container),
            ("PERSISTENT_WITH_TTL", CreateMode::PersistentWithTtl),
            ("PERSISTENT_SEQUENTIAL_WITH_TTL", CreateMode::PersistentSequentialWithTtl),
        ],
        CreateMode::Unknown,
    )
}

fn add_watch_mode(word: Word) -> Result<zk::AddWatchMode, Unmade> {
    use zk::AddWatchMode::{Persistent, PersistentRecursive, Unknown};
    named(
        word,
        &[("PERSISTENT", Persistent), ("PERSISTENT_RECURSIVE", PersistentRecursive)],
        Unknown,
    )
}

fn watcher_type(word: Word) -> Result<zk::WatcherType, Unmade> {
    use zk::WatcherType::{Any, Children, Data, Unknown};
    named(word, &[("CHILDREN", Children), ("DATA", Data), ("ANY", Any)], Unknown)
}

fn named<T: Copy>(word: Word, known: &[(&str, T)], unknown: fn(i32) -> T) -> Result<T, Unmade> {
    match word {
        Word::Number(number) => Ok(unknown(number)),
        Word::Name(name) => known
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
            .ok_or_else(|| {
                let known = known.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
                Unmade::Bad(format!("unknown \"{name}\"; known are {known}, and numbers"))
            }),
    }
}
