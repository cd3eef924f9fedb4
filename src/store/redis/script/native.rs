//! What functions that scripts can call are made of.
//!
//! The collector stands still while a script runs (see [`super::engine`]), so values need no anchor.

use lua_types::LuaType;
use lua_types::closure::LuaClosure;
use lua_types::error::LuaError;
use lua_types::gc::GcRef;
use lua_types::value::{LuaTable, LuaValue};
use lua_vm::state::{LuaCFunction, LuaState};

/// What a function gives: how many results it pushed.
pub(crate) type Native = Result<usize, LuaError>;

/// The number of arguments.
pub(crate) fn count(state: &LuaState) -> i32 {
    lua_vm::api::get_top(state)
}

/// Argument `n`, from 1; nil if there is none.
pub(crate) fn arg(state: &LuaState, n: i32) -> LuaValue {
    if n > count(state) { LuaValue::Nil } else { lua_vm::api::positive_index_value(state, n) }
}

/// Gives one result.
#[expect(clippy::unnecessary_wraps, reason = "the last line of a function of Lua")]
pub(crate) fn give(state: &mut LuaState, value: LuaValue) -> Native {
    state.push(value);
    Ok(1)
}

/// A string value.
pub(crate) fn string(state: &mut LuaState, bytes: &[u8]) -> Result<LuaValue, LuaError> {
    Ok(LuaValue::Str(state.intern_str(bytes)?))
}

/// A new table.
pub(crate) fn table(
    state: &mut LuaState,
    list: usize,
    fields: usize,
) -> Result<LuaValue, LuaError> {
    if list == 0 && fields == 0 {
        return Ok(LuaValue::Table(state.new_table()));
    }
    Ok(LuaValue::Table(state.new_table_with_sizes(list as u32, fields as u32)?))
}

/// Sets a field, past any metatable.
pub(crate) fn set_field(
    state: &mut LuaState,
    table: &LuaValue,
    name: &str,
    value: LuaValue,
) -> Result<(), LuaError> {
    let key = string(state, name.as_bytes())?;
    state.table_raw_set(table, key, value)
}

/// A field, past any metatable; nil if `table` is none.
pub(crate) fn field(
    state: &mut LuaState,
    table: &LuaValue,
    name: &str,
) -> Result<LuaValue, LuaError> {
    let key = string(state, name.as_bytes())?;
    Ok(match table {
        LuaValue::Table(table) => table.get(&key),
        _ => LuaValue::Nil,
    })
}

/// A function that has no values of its own.
pub(crate) fn function(state: &mut LuaState, native: LuaCFunction) -> LuaValue {
    LuaValue::Function(LuaClosure::LightC(state.register_c_function(native, true)))
}

/// A table of functions.
pub(crate) fn library(
    state: &mut LuaState,
    functions: &[(&str, LuaCFunction)],
) -> Result<LuaValue, LuaError> {
    let library = table(state, 0, functions.len())?;
    for (name, native) in functions {
        let native = function(state, *native);
        set_field(state, &library, name, native)?;
    }
    Ok(library)
}

/// An error that names the place of the call, as `luaL_error` raises it.
pub(crate) fn error(state: &LuaState, message: impl AsRef<[u8]>) -> LuaError {
    lua_vm::debug::c_api_runtime(state, message.as_ref().to_vec())
}

/// The error of an argument of the wrong type.
pub(crate) fn wrong_type(state: &mut LuaState, n: i32, expected: &str) -> LuaError {
    let got = if n > count(state) { "no value" } else { type_name(&arg(state, n)) };
    wrong_value(state, n, &format!("{expected} expected, got {got}"))
}

/// The error of an argument with a wrong value.
pub(crate) fn wrong_value(state: &mut LuaState, n: i32, message: &str) -> LuaError {
    lua_vm::debug::arg_error_impl(state, n, message.as_bytes())
}

/// The name that `type` gives.
pub(crate) fn type_name(value: &LuaValue) -> &'static str {
    match value.type_tag() {
        LuaType::None | LuaType::Nil => "nil",
        LuaType::Boolean => "boolean",
        LuaType::LightUserData | LuaType::UserData => "userdata",
        LuaType::Number => "number",
        LuaType::String => "string",
        LuaType::Table => "table",
        LuaType::Function => "function",
        LuaType::Thread => "thread",
    }
}

/// An argument that must be a table.
pub(crate) fn table_arg(state: &mut LuaState, n: i32) -> Result<GcRef<LuaTable>, LuaError> {
    match arg(state, n) {
        LuaValue::Table(table) => Ok(table),
        _ => Err(wrong_type(state, n, "table")),
    }
}

/// An argument that must be a string or a number, as text.
pub(crate) fn text_arg(state: &mut LuaState, n: i32) -> Result<Vec<u8>, LuaError> {
    match text_of(&arg(state, n)) {
        Some(text) => Ok(text),
        None => Err(wrong_type(state, n, "string")),
    }
}

/// An argument that must be a number or a string that is one.
pub(crate) fn number_arg(state: &mut LuaState, n: i32) -> Result<f64, LuaError> {
    if n <= count(state)
        && let Some(number) = lua_vm::api::to_number_x(state, n)
    {
        return Ok(number);
    }
    Err(wrong_type(state, n, "number"))
}

/// What is text for Lua: strings, and numbers as [`super::number::display`] writes them.
pub(crate) fn text_of(value: &LuaValue) -> Option<Vec<u8>> {
    match value {
        LuaValue::Str(text) => Some(text.as_bytes().to_vec()),
        _ => number_of(value).map(super::number::display),
    }
}

/// The number that a value of type number is.
pub(crate) fn number_of(value: &LuaValue) -> Option<f64> {
    match value {
        LuaValue::Float(number) => Some(*number),
        LuaValue::Int(number) => Some(*number as f64),
        _ => None,
    }
}
