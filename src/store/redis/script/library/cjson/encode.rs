//! Lua values to JSON.

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::super::super::native::{
    Native, arg, count, error, give, number_of, string, type_name, wrong_value,
};
use super::super::super::{number, order};
use super::MAX_DEPTH;

/// A list may have twice as many places as items, or this many places.
const SPARSE_SAFE: i64 = 10;

/// `cjson.encode`.
pub(super) fn encode(state: &mut LuaState) -> Native {
    if count(state) != 1 {
        return Err(wrong_value(state, 1, "expected 1 argument"));
    }
    let mut json = Vec::new();
    let value = arg(state, 1);
    value_to(state, &mut json, &value, 0)?;
    let json = string(state, &json)?;
    give(state, json)
}

fn value_to(
    state: &LuaState,
    json: &mut Vec<u8>,
    value: &LuaValue,
    depth: usize,
) -> Result<(), LuaError> {
    match value {
        LuaValue::Nil | LuaValue::LightUserData(_) => json.extend_from_slice(b"null"),
        LuaValue::Bool(value) => json.extend_from_slice(if *value { b"true" } else { b"false" }),
        LuaValue::Int(_) | LuaValue::Float(_) => number_to(state, json, value)?,
        LuaValue::Str(text) => string_to(json, text.as_bytes()),
        LuaValue::Table(_) => table_to(state, json, value, depth + 1)?,
        _ => return Err(refused(state, value, "type not supported")),
    }
    // What tables hold twice is written twice, so little memory can make much JSON.
    if let Some(limit) = state.sandbox_charge(1).or_else(|| state.sandbox_reserve(json.len())) {
        return Err(limit);
    }
    Ok(())
}

fn refused(state: &LuaState, value: &LuaValue, reason: &str) -> LuaError {
    error(state, format!("Cannot serialise {}: {reason}", type_name(value)))
}

fn number_to(state: &LuaState, json: &mut Vec<u8>, value: &LuaValue) -> Result<(), LuaError> {
    let number = number_of(value).unwrap_or(0.0);
    if !number.is_finite() {
        return Err(refused(state, value, "must not be NaN or Inf"));
    }
    json.extend_from_slice(&number::display(number));
    Ok(())
}

fn string_to(json: &mut Vec<u8>, text: &[u8]) {
    json.push(b'"');
    for byte in text {
        match byte {
            b'"' | b'\\' | b'/' => json.extend_from_slice(&[b'\\', *byte]),
            8 => json.extend_from_slice(b"\\b"),
            b'\t' => json.extend_from_slice(b"\\t"),
            b'\n' => json.extend_from_slice(b"\\n"),
            12 => json.extend_from_slice(b"\\f"),
            b'\r' => json.extend_from_slice(b"\\r"),
            0..32 | 127 => json.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => json.push(*byte),
        }
    }
    json.push(b'"');
}

fn table_to(
    state: &LuaState,
    json: &mut Vec<u8>,
    value: &LuaValue,
    depth: usize,
) -> Result<(), LuaError> {
    if depth > MAX_DEPTH {
        return Err(error(state, format!("Cannot serialise, excessive nesting ({depth})")));
    }
    let pairs = order::pairs(state, value)?;
    match list_length(state, value, &pairs)? {
        Some(length) => list_to(state, json, value, length, depth),
        None => object_to(state, json, &pairs, depth),
    }
}

/// The number of places if a table is a list: all its keys are positive whole numbers, and there are some.
fn list_length(
    state: &LuaState,
    value: &LuaValue,
    pairs: &[(LuaValue, LuaValue)],
) -> Result<Option<i64>, LuaError> {
    let mut last = 0;
    for (key, _) in pairs {
        match number_of(key).and_then(number::whole) {
            Some(place) if place >= 1 => last = last.max(place),
            _ => return Ok(None),
        }
    }
    if last > SPARSE_SAFE && last > 2 * pairs.len() as i64 {
        return Err(refused(state, value, "excessively sparse array"));
    }
    Ok((last > 0).then_some(last))
}

fn list_to(
    state: &LuaState,
    json: &mut Vec<u8>,
    value: &LuaValue,
    length: i64,
    depth: usize,
) -> Result<(), LuaError> {
    let LuaValue::Table(list) = value else { return Ok(()) };
    json.push(b'[');
    for place in 1..=length {
        if place > 1 {
            json.push(b',');
        }
        value_to(state, json, &list.get_int(place), depth)?;
    }
    json.push(b']');
    Ok(())
}

fn object_to(
    state: &LuaState,
    json: &mut Vec<u8>,
    pairs: &[(LuaValue, LuaValue)],
    depth: usize,
) -> Result<(), LuaError> {
    json.push(b'{');
    for (place, (key, field)) in pairs.iter().enumerate() {
        if place > 0 {
            json.push(b',');
        }
        match key {
            LuaValue::Str(name) => string_to(json, name.as_bytes()),
            LuaValue::Int(_) | LuaValue::Float(_) => {
                json.push(b'"');
                number_to(state, json, key)?;
                json.push(b'"');
            }
            _ => return Err(refused(state, key, "table key must be a number or string")),
        }
        json.push(b':');
        value_to(state, json, field, depth)?;
    }
    json.push(b'}');
    Ok(())
}
