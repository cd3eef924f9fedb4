//! The words of scripts.

mod cells;
mod flow;
pub(super) mod opaque;
mod redis;
mod time;
mod zk;
mod zk_line;

pub(super) use flow::CALLED;

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::{LuaCFunction, LuaState};

use super::plain::Plain;
use super::wish::Answer;
use super::{check, ending, session, value};
use crate::store::redis::script::language::{self as lua, Native};

/// What stays of the language as EVAL has it.
const KEPT: &[&str] = &[
    "assert",
    "error",
    "ipairs",
    "next",
    "pairs",
    "rawequal",
    "rawget",
    "rawset",
    "select",
    "setmetatable",
    "getmetatable",
    "tonumber",
    "tostring",
    "type",
    "unpack",
    "xpcall",
    "_VERSION",
    "string",
    "table",
    "coroutine",
    "cjson",
    "cmsgpack",
    "struct",
    "bit",
];

/// The words that are functions.
const WORDS: &[(&str, LuaCFunction)] = &[
    ("pcall", flow::pcall),
    ("loop", flow::loop_),
    ("spawn", flow::spawn),
    ("stop", flow::stop),
    ("param", flow::param),
    ("sleep", time::sleep),
    ("now", time::now),
    ("wall_clock_ms", time::wall_clock_ms),
    ("ms", time::ms),
    ("token", time::token),
    ("draw", time::draw),
    ("cell", cells::cell),
    ("held", ending::held),
    ("busy", ending::busy),
    ("lost", ending::lost),
    ("give_up", ending::give_up),
];

/// The libraries of words, with their fields.
const LIBRARIES: &[(&str, &[(&str, LuaCFunction)])] = &[("redis", redis::WORDS), ("zk", zk::WORDS)];

/// What `me` says.
const ME: &[&str] = &["process", "number", "thread"];

/// All names that a script finds.
pub(super) fn names() -> Vec<String> {
    let words = WORDS.iter().map(|(name, _)| *name);
    let libraries = LIBRARIES.iter().map(|(name, _)| *name);
    let all = words.chain(libraries).chain(KEPT.iter().copied()).chain(["me", "math"]);
    all.map(str::to_owned).collect()
}

/// The fields of a library, if it is one of ours.
pub(super) fn fields_of(library: &str) -> Option<Vec<&'static str>> {
    if library == "me" {
        return Some(ME.to_vec());
    }
    let (_, fields) = LIBRARIES.iter().find(|(name, _)| *name == library)?;
    Some(fields.iter().map(|(name, _)| *name).collect())
}

/// The table of all words.
pub(super) fn globals(state: &mut LuaState) -> Result<LuaValue, LuaError> {
    let language = state.global().globals;
    let globals = lua::library(state, WORDS)?;
    for name in KEPT {
        // What scripts see of the language stands behind a table that they cannot change.
        state.push(language);
        lua_vm::api::get_field(state, -1, name.as_bytes())?;
        let value = state.pop();
        state.pop();
        lua::set_field(state, &globals, name, value)?;
    }
    for (name, words) in LIBRARIES {
        let library = lua::library(state, words)?;
        let library = fixed(state, library, missing_field)?;
        lua::set_field(state, &globals, name, library)?;
    }
    let math = math(state, language)?;
    lua::set_field(state, &globals, "math", math)?;
    let me = lua::table(state, 0, 0)?;
    let me = fixed(state, me, time::me)?;
    lua::set_field(state, &globals, "me", me)?;
    let missing = lua::table(state, 0, 1)?;
    let unknown = lua::function(state, unknown_name);
    lua::set_field(state, &missing, "__index", unknown)?;
    if let (LuaValue::Table(globals), LuaValue::Table(missing)) = (&globals, missing) {
        globals.set_metatable(Some(missing));
    }
    lua::protected(state, globals)
}

/// `math`, but for what draws numbers.
fn math(state: &mut LuaState, language: LuaValue) -> Result<LuaValue, LuaError> {
    state.push(language);
    lua_vm::api::get_field(state, -1, b"math")?;
    let seen = state.pop();
    state.pop();
    let math = lua::table(state, 0, 2)?;
    for name in ["random", "randomseed"] {
        let refused = lua::function(state, no_random);
        lua::set_field(state, &math, name, refused)?;
    }
    let rest = lua::table(state, 0, 1)?;
    lua::set_field(state, &rest, "__index", seen)?;
    if let (LuaValue::Table(math), LuaValue::Table(rest)) = (&math, rest) {
        math.set_metatable(Some(rest));
    }
    lua::protected(state, math)
}

/// A table that scripts cannot change, and that says what it does not have.
fn fixed(
    state: &mut LuaState,
    table: LuaValue,
    missing: LuaCFunction,
) -> Result<LuaValue, LuaError> {
    let meta = lua::table(state, 0, 1)?;
    let missing = lua::function(state, missing);
    lua::set_field(state, &meta, "__index", missing)?;
    if let (LuaValue::Table(table), LuaValue::Table(meta)) = (&table, meta) {
        table.set_metatable(Some(meta));
    }
    lua::protected(state, table)
}

fn no_random(state: &mut LuaState) -> Native {
    Err(lua::error(state, "math.random is not there: draw(n) is one of 0 to n - 1"))
}

fn unknown_name(state: &mut LuaState) -> Native {
    let name = lua::text_of(&lua::arg(state, 2)).unwrap_or_default();
    let message = check::unknown(&String::from_utf8_lossy(&name), &names());
    Err(lua::error(state, message))
}

fn missing_field(state: &mut LuaState) -> Native {
    let name = lua::text_of(&lua::arg(state, 2)).unwrap_or_default();
    let name = String::from_utf8_lossy(&name);
    let all = LIBRARIES.iter().flat_map(|(_, fields)| fields.iter()).map(|(name, _)| *name);
    let help = check::nearest(&name, all);
    Err(lua::error(state, format!("there is no word `{name}` here{help}")))
}

/// A time as an argument.
fn span_arg(state: &LuaState, n: i32, word: &str) -> Result<crate::time::Micros, LuaError> {
    let span = check::span(&lua::arg(state, n));
    let span = span.map_err(|why| lua::error(state, format!("{word}: {why}")))?;
    if span < crate::time::Micros::ZERO {
        return Err(lua::error(state, format!("{word}: a time cannot be negative")));
    }
    Ok(span)
}

/// A time as an argument that need not be there.
fn within_arg(
    state: &LuaState,
    n: i32,
    word: &str,
) -> Result<Option<crate::time::Micros>, LuaError> {
    match lua::arg(state, n) {
        LuaValue::Nil => Ok(None),
        _ => span_arg(state, n, word).map(Some),
    }
}

/// A text as an argument.
fn text_arg(state: &LuaState, n: i32, word: &str, what: &str) -> Result<String, LuaError> {
    match lua::arg(state, n) {
        LuaValue::Str(text) => Ok(String::from_utf8_lossy(text.as_bytes()).into_owned()),
        other => {
            let got = lua::type_name(&other);
            Err(lua::error(state, format!("{word}: {what} is a text, and got a {got}")))
        }
    }
}

/// Raises the error of a store call.
fn raise(state: &mut LuaState, error: &crate::cx::CallError) -> LuaError {
    match value::failure(state, error) {
        Ok(raised) => LuaError::from_value(raised),
        Err(error) => error,
    }
}

/// The word was answered with what cannot be.
fn odd(state: &LuaState, word: &str, answer: &Answer) -> LuaError {
    session::wrong(state, &format!("{word} was answered with {answer:?}"))
}

/// A value of plain data as a result.
fn give_plain(state: &mut LuaState, plain: &Plain) -> Native {
    let value = value::to_lua(state, plain)?;
    lua::give(state, value)
}
