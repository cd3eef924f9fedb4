//! Replies as recordings write them.

use std::fmt::Write;

use serde_json::{Value, json};

use super::super::bytes;
use crate::store::redis::{Bytes, Reply};

/// Reads a string.
pub(super) fn read_bytes(value: &Value) -> Result<Bytes, String> {
    bytes::read(value).map(Bytes::from)
}

/// Reads a reply. The JSON parser bounds its depth.
pub(super) fn read_reply(value: &Value) -> Result<Reply, String> {
    match value {
        Value::Null => Ok(Reply::Nil),
        Value::Number(number) => {
            number.as_i64().map(Reply::Int).ok_or_else(|| format!("{number} is no 64-bit integer"))
        }
        Value::Array(items) => {
            let items: Result<Vec<Reply>, String> = items.iter().map(read_reply).collect();
            items.map(Reply::array)
        }
        Value::Object(object) if object.len() == 1 && object.contains_key("ok") => {
            read_bytes(&object["ok"]).map(Reply::Status)
        }
        Value::Object(object) if object.len() == 1 && object.contains_key("err") => {
            read_bytes(&object["err"]).map(Reply::Error)
        }
        Value::String(_) | Value::Object(_) => read_bytes(value).map(Reply::Bulk),
        Value::Bool(_) => Err(format!("{value} is no reply")),
    }
}

/// Writes a reply as a recording has it.
pub fn write_reply(reply: &Reply) -> Value {
    match reply {
        Reply::Status(text) => json!({ "ok": write_bytes(text) }),
        Reply::Error(text) => json!({ "err": write_bytes(text) }),
        Reply::Int(number) => json!(number),
        Reply::Bulk(text) => write_bytes(text),
        Reply::Nil => Value::Null,
        Reply::Array(items) => items.iter().map(write_reply).collect(),
    }
}

/// Writes a string.
pub(in crate::trace) fn write_bytes(text: &Bytes) -> Value {
    bytes::write(text)
}

/// A command line for people: `SET lock "a b"`.
pub fn write_command(argv: &[Bytes]) -> String {
    let mut line = String::new();
    for argument in argv {
        let plain = !argument.is_empty() && argument.iter().all(u8::is_ascii_graphic);
        let text = if plain { argument.to_text() } else { format!("{argument:?}") };
        let _ = write!(line, "{}{text}", if line.is_empty() { "" } else { " " });
    }
    line
}
