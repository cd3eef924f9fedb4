//! Replies to Lua values and back (Redis fact 14-16).

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::native::{field, number_of, set_field, string, table};
use super::number;
use crate::store::redis::{Bytes, Reply};

/// How deep tables may lie in one another in a reply. Redis ends at the end of Lua's stack, some thousands.
const MAX_DEPTH: usize = 1000;

/// A command's reply as a script sees it.
pub(crate) fn to_lua(state: &mut LuaState, reply: &Reply) -> Result<LuaValue, LuaError> {
    Ok(match reply {
        Reply::Status(text) => {
            let status = table(state, 0, 1)?;
            let text = string(state, text)?;
            set_field(state, &status, "ok", text)?;
            status
        }
        Reply::Error(text) => {
            let error = error_table(state, text)?;
            set_field(state, &error, "ignore_error_stats_update", LuaValue::Bool(true))?;
            error
        }
        Reply::Int(number) => LuaValue::Float(*number as f64),
        Reply::Bulk(bytes) => string(state, bytes)?,
        Reply::Nil => LuaValue::Bool(false),
        Reply::Array(items) => {
            let list = table(state, items.len(), 0)?;
            for (place, item) in items.iter().enumerate() {
                let item = to_lua(state, item)?;
                state.table_array_set(&list, place, item)?;
            }
            list
        }
    })
}

/// `{err = text}`; a text of one word gets the code `ERR`.
pub(crate) fn error_table(state: &mut LuaState, text: &[u8]) -> Result<LuaValue, LuaError> {
    let (code, message) = match text.iter().position(|byte| *byte == b' ') {
        Some(space) => (&text[..space], &text[space + 1..]),
        None => (&b"ERR"[..], text),
    };
    let message = trim_line_ends(message);
    let text = [code, b" ", message].concat();
    let error = table(state, 0, 4)?;
    let text = string(state, &text)?;
    set_field(state, &error, "err", text)?;
    Ok(error)
}

/// What a script returned, as the client gets it.
pub(super) fn to_reply(state: &mut LuaState, value: &LuaValue) -> Result<Reply, LuaError> {
    reply_at(state, value, 0)
}

fn reply_at(state: &mut LuaState, value: &LuaValue, depth: usize) -> Result<Reply, LuaError> {
    if depth > MAX_DEPTH {
        return Err(LuaError::runtime(format_args!(
            "lockstep: script exceeded {MAX_DEPTH} levels of tables in its reply"
        )));
    }
    Ok(match value {
        LuaValue::Str(text) => Reply::Bulk(Bytes::from(text.as_bytes())),
        LuaValue::Bool(true) => Reply::Int(1),
        LuaValue::Float(_) | LuaValue::Int(_) => {
            Reply::Int(number::reply_integer(number_of(value).unwrap_or(0.0)))
        }
        LuaValue::Table(_) => return table_reply(state, value, depth),
        _ => Reply::Nil,
    })
}

/// A table is an error, a status, one of the kinds of RESP3, or a list: in this order.
fn table_reply(state: &mut LuaState, value: &LuaValue, depth: usize) -> Result<Reply, LuaError> {
    if let LuaValue::Str(text) = field(state, value, "err")? {
        return Ok(Reply::Error(one_line(trim_line_ends(c_text(text.as_bytes())))));
    }
    if let LuaValue::Str(text) = field(state, value, "ok")? {
        return Ok(Reply::Status(one_line(c_text(text.as_bytes()))));
    }
    if let Some(double) = number_of(&field(state, value, "double")?) {
        return Ok(Reply::Bulk(Bytes::from(number::argument(double))));
    }
    if let LuaValue::Str(text) = field(state, value, "big_number")? {
        return Ok(Reply::Bulk(one_line(text.as_bytes())));
    }
    let verbatim = field(state, value, "verbatim_string")?;
    if let (LuaValue::Str(_), LuaValue::Str(text)) =
        (field(state, &verbatim, "format")?, field(state, &verbatim, "string")?)
    {
        return Ok(Reply::Bulk(Bytes::from(text.as_bytes())));
    }
    let map = field(state, value, "map")?;
    if matches!(map, LuaValue::Table(_)) {
        let mut items = Vec::new();
        for (key, value) in super::order::pairs(state, &map)? {
            items.push(reply_at(state, &key, depth + 1)?);
            items.push(reply_at(state, &value, depth + 1)?);
        }
        return Ok(Reply::Array(items.into()));
    }
    let set = field(state, value, "set")?;
    if matches!(set, LuaValue::Table(_)) {
        let mut items = Vec::new();
        for (key, _) in super::order::pairs(state, &set)? {
            items.push(reply_at(state, &key, depth + 1)?);
        }
        return Ok(Reply::Array(items.into()));
    }
    let LuaValue::Table(list) = value else { return Ok(Reply::Nil) };
    let mut items = Vec::new();
    loop {
        let item = list.get_int(items.len() as i64 + 1);
        if matches!(item, LuaValue::Nil) {
            return Ok(Reply::Array(items.into()));
        }
        items.push(reply_at(state, &item, depth + 1)?);
    }
}

/// The part of a text that C sees: up to its first zero byte.
pub(super) fn c_text(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == 0).next().unwrap_or(text)
}

/// The text without line ends around it.
pub(super) fn trim_line_ends(mut text: &[u8]) -> &[u8] {
    while let [b'\r' | b'\n', rest @ ..] = text {
        text = rest;
    }
    while let [rest @ .., b'\r' | b'\n'] = text {
        text = rest;
    }
    text
}

/// The text with spaces for the line ends in it, as a line of the protocol must be.
pub(super) fn one_line(text: &[u8]) -> Bytes {
    let line: Vec<u8> =
        text.iter().map(|byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { *byte }).collect();
    Bytes::from(line)
}
