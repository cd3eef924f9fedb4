//! Requests of ZooKeeper clients in the form in which they are compared.

use lockstep::store::zookeeper::{CreateMode, Op};
use serde_json::Value;

/// What belongs to the client library: how it keeps its session.
const LIBRARY: [&str; 6] =
    ["ping", "setWatches", "setWatches2", "closeSession", "auth", "getData /zookeeper/config"];

/// What names the request as one that is passed over.
pub(super) fn passed(words: &[String], other: &[&str]) -> Option<String> {
    let line = format!("{} ", words.join(" "));
    let names = LIBRARY.iter().chain(other);
    names.copied().find(|name| line.starts_with(&format!("{name} "))).map(str::to_owned)
}

/// A recorded operation as it is compared: without data, and without what only asks for more in the answer.
pub(super) fn words_of(call: &Value) -> Vec<String> {
    let text = |name: &str| call.get(name).and_then(Value::as_str).unwrap_or_default();
    let op = match text("op") {
        "create2" | "createContainer" | "createTTL" => "create",
        "getChildren2" => "getChildren",
        other => other,
    };
    let mut words = vec![op.to_owned(), text("path").to_owned()];
    if op == "create" {
        words.push(text("mode").to_owned());
    }
    if call.get("watch") == Some(&Value::Bool(true)) {
        words.push("watch".to_owned());
    }
    if let Some(version) = call.get("version").and_then(Value::as_i64) {
        words.push(version.to_string());
    }
    words
}

/// The recipe's operation in the same form.
pub(super) fn words_sent(op: &Op) -> Vec<String> {
    let (name, path, rest) = match op {
        Op::Create(create) => {
            let mode = match create.mode {
                CreateMode::Persistent => "PERSISTENT",
                CreateMode::Ephemeral => "EPHEMERAL",
                CreateMode::PersistentSequential => "PERSISTENT_SEQUENTIAL",
                CreateMode::EphemeralSequential => "EPHEMERAL_SEQUENTIAL",
                CreateMode::Container => "CONTAINER",
                _ => "another mode",
            };
            ("create", create.path.to_string(), mode.to_owned())
        }
        Op::Delete { path, version } => ("delete", path.to_string(), version.to_string()),
        Op::SetData { path, version, .. } => ("setData", path.to_string(), version.to_string()),
        Op::Exists { path, watch } => ("exists", path.to_string(), watching(*watch)),
        Op::GetData { path, watch } => ("getData", path.to_string(), watching(*watch)),
        Op::GetChildren { path, watch } | Op::GetChildren2 { path, watch } => {
            ("getChildren", path.to_string(), watching(*watch))
        }
        other => return vec![format!("{other:?}")],
    };
    let mut words = vec![name.to_owned(), path];
    words.extend(Some(rest).filter(|rest| !rest.is_empty()));
    words
}

fn watching(watch: bool) -> String {
    if watch { "watch".to_owned() } else { String::new() }
}
