//! Replies as recordings write them.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use crate::store::redis::{Bytes, Reply};

/// Reads a string: JSON text, or `{"base64": ..}`.
pub(in crate::trace) fn read_bytes(value: &Value) -> Result<Bytes, String> {
    match value {
        Value::String(text) => Ok(Bytes::from(text.as_str())),
        Value::Object(object) if object.len() == 1 => match object.get("base64") {
            Some(Value::String(text)) => read_base64(text).map(Bytes::from),
            _ => Err(format!("{value} is neither a text nor {{\"base64\": ..}}")),
        },
        other => Err(format!("{other} is neither a text nor {{\"base64\": ..}}")),
    }
}

/// Reads a reply. The JSON parser bounds its depth.
pub(in crate::trace) fn read_reply(value: &Value) -> Result<Reply, String> {
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
    let named = |name: &str, text: &Bytes| {
        let mut object = Map::new();
        object.insert(name.to_owned(), write_bytes(text));
        Value::Object(object)
    };
    match reply {
        Reply::Status(text) => named("ok", text),
        Reply::Error(text) => named("err", text),
        Reply::Int(number) => json!(number),
        Reply::Bulk(text) => write_bytes(text),
        Reply::Nil => Value::Null,
        Reply::Array(items) => items.iter().map(write_reply).collect(),
    }
}

/// Writes a string.
pub(in crate::trace) fn write_bytes(bytes: &Bytes) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => json!(text),
        Err(_) => json!({ "base64": write_base64(bytes) }),
    }
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

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// RFC 4648, with padding.
fn read_base64(text: &str) -> Result<Vec<u8>, String> {
    let wrong = || format!("\"{text}\" is no base64");
    if !text.len().is_multiple_of(4) {
        return Err(wrong());
    }
    let digits = text.trim_end_matches('=');
    if text.len() - digits.len() > 2 {
        return Err(wrong());
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in digits.bytes() {
        let value = DIGITS.iter().position(|known| *known == digit).ok_or_else(wrong)?;
        bits = (bits << 6 | value as u32) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Ok(bytes)
}

fn write_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}
