//! Loops, tasks beside the call, parameters, and errors as values.

use std::rc::Rc;

use lua_types::closure::LuaClosure;
use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::super::plain::Plain;
use super::super::session::{self, ask, kept, way, with, wrong};
use super::super::task::{Background, MOST_SPAWNED, MOST_THREADS, Runs, SPAWNED, number};
use super::super::wish::Query;
use super::super::{check, value};
use super::{give_plain, text_arg};
use crate::json::Duration;
use crate::store::redis::script::language::{self as lua, Native};

/// Functions that the simulator calls.
pub(in super::super) const CALLED: [&str; 5] =
    ["acquire", "release", "renew", "cleanup", "on_session"];

/// `pcall(f, ...)`: as in Lua, and words that wait may stand in it.
pub(super) fn pcall(state: &mut LuaState) -> Native {
    let count = lua::count(state);
    if count == 0 {
        return Err(lua::error(state, "pcall: what is to be called?"));
    }
    match lua_vm::api::pcall_k(state, count - 1, -1, 0, 0, None) {
        Ok(_) => {
            state.push(LuaValue::Bool(true));
            lua_vm::api::rotate(state, 1, 1);
            Ok(lua::count(state) as usize)
        }
        // The end of a run is nobody's to catch.
        Err(error) if state.sandbox_aborting() => Err(error),
        Err(LuaError::Yield) => Err(LuaError::Yield),
        Err(error) => {
            let raised = error.into_value();
            state.push(LuaValue::Bool(false));
            state.push(raised);
            Ok(2)
        }
    }
}

/// `loop(s, function(s) ... end)`: pass after pass, until one returns something.
///
/// What happened in earlier passes is forgotten, but for `s` and `lock`.
pub(super) fn loop_(state: &mut LuaState) -> Native {
    way(state, "loop")?;
    let (survives, body) = match (lua::arg(state, 1), lua::arg(state, 2)) {
        (body @ LuaValue::Function(_), LuaValue::Nil) => (lua::table(state, 0, 0)?, body),
        (survives @ LuaValue::Table(_), body @ LuaValue::Function(_)) => (survives, body),
        _ => {
            return Err(lua::error(
                state,
                "write loop({...}, function(s) ... end): all that survives a pass is in the table",
            ));
        }
    };
    if let LuaValue::Function(LuaClosure::Lua(function)) = &body
        && let Some((_, name)) = check::writes_outside(&function.proto)
    {
        let message = format!(
            "the pass of a loop writes `{name}`, a variable outside of it: what survives a pass must be in the loop's state or in `lock`"
        );
        return Err(wrong(state, &message));
    }
    let (depth, begun) = session::pass(state, Some(&survives))?;
    refill(state, &survives, &begun.value)?;
    if let Some(lock @ LuaValue::Table(_)) = with(|session| session.lock) {
        refill(state, &lock, &begun.lock)?;
    }
    let around = outside(state, &body, &survives);
    state.push(body);
    state.push(survives);
    lua_vm::api::call_k(state, 1, 1, 0, None)?;
    let result = state.pop();
    if let Some(name) = changed(state, &around) {
        let message = format!(
            "the pass of a loop changed the table `{name}`, which is outside of it: what survives a pass must be in the loop's state or in `lock`"
        );
        return Err(wrong(state, &message));
    }
    if matches!(result, LuaValue::Nil) {
        return Err(session::next_pass(state, depth, &survives));
    }
    session::loop_ends(state, depth)?;
    lua::give(state, result)
}

/// Makes a table what it is to be.
fn refill(state: &mut LuaState, table: &LuaValue, content: &Plain) -> Result<(), LuaError> {
    for (key, _) in lua::pairs(state, table)? {
        state.table_raw_set(table, lua::list_key(key), LuaValue::Nil)?;
    }
    match content {
        Plain::Table(entries) => value::fill(state, table, entries),
        _ => Ok(()),
    }
}

/// The plain tables outside of a pass that it can see, with their names and what is in them.
type Around = Vec<(String, LuaValue, Plain)>;

fn outside(state: &mut LuaState, body: &LuaValue, survives: &LuaValue) -> Around {
    let mut around = Around::new();
    let LuaValue::Function(LuaClosure::Lua(function)) = body else { return around };
    let lock = with(|session| session.lock);
    let is = |one: &LuaValue, other: &LuaValue| match (one, other) {
        (LuaValue::Table(one), LuaValue::Table(other)) => one.identity() == other.identity(),
        _ => false,
    };
    state.push(*body);
    let at = lua_vm::api::get_top(state);
    for place in 1..=function.upvals.len() as i32 {
        let Some(name) = lua_vm::api::get_upvalue(state, at, place) else { break };
        let content = state.pop();
        let own = is(&content, survives) || lock.is_some_and(|lock| is(&content, &lock));
        if name != b"_ENV"
            && !own
            && matches!(content, LuaValue::Table(_))
            && let Ok(plain) = value::from_lua(state, &content, "")
        {
            around.push((String::from_utf8_lossy(&name).into_owned(), content, plain));
        }
    }
    state.pop();
    around
}

fn changed(state: &LuaState, around: &Around) -> Option<String> {
    let is_changed = |(_, table, before): &&(String, LuaValue, Plain)| {
        value::from_lua(state, table, "").as_ref() != Ok(before)
    };
    around.iter().find(is_changed).map(|(name, ..)| name.clone())
}

/// `param(name, default)`: what the model says, or the default.
pub(super) fn param(state: &mut LuaState) -> Native {
    let name = text_arg(state, 1, "param", "the name")?;
    let default = value::from_lua(state, &lua::arg(state, 2), "the default");
    let default = default.map_err(|why| lua::error(state, why))?;
    let given = with(|session| {
        let params = &session.source.params;
        params.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    });
    let in_ms = |value: &Plain| match value {
        Plain::Text(text) => String::from_utf8_lossy(text)
            .parse()
            .ok()
            .map(|Duration(span)| Plain::number(span.0 as f64 / 1000.0)),
        _ => None,
    };
    let is_time = matches!(default, Plain::Nil | Plain::Number(_)) || in_ms(&default).is_some();
    let value = given.flatten().unwrap_or(default);
    let value = if is_time { in_ms(&value).unwrap_or(value) } else { value };
    give_plain(state, &value)
}

/// `spawn(function, value)`: a function of the file begins beside this one, in place of the same one if it still runs.
pub(super) fn spawn(state: &mut LuaState) -> Native {
    let cx = way(state, "spawn")?;
    let (function, kind) = function_arg(state, "spawn")?;
    let thread = cx.surroundings().thread;
    if thread >= MOST_THREADS {
        let message = format!(
            "spawn: at most {MOST_THREADS} threads of a process can have tasks beside them"
        );
        return Err(wrong(state, &message));
    }
    let given = kept(state, &lua::arg(state, 2), "the value")?;
    let source = with(|session| session.source.clone());
    let Some(source) = source else { return Ok(0) };
    let background = Background { source, function, given, runs: Runs::Once, thread };
    ask(state, "spawn", Query::Spawn(number(kind, thread), background))?;
    Ok(0)
}

/// `stop(function)`: the task ends, if it still runs.
pub(super) fn stop(state: &mut LuaState) -> Native {
    let cx = way(state, "stop")?;
    let (_, kind) = function_arg(state, "stop")?;
    ask(state, "stop", Query::Stop(number(kind, cx.surroundings().thread)))?;
    Ok(0)
}

/// A function of the file as an argument: its name and the number of its task.
fn function_arg(state: &LuaState, word: &str) -> Result<(Rc<str>, u8), LuaError> {
    let given = lua::arg(state, 1);
    let globals = with(|session| session.globals).unwrap_or(LuaValue::Nil);
    let mut all: Vec<(String, LuaValue)> = Vec::new();
    for (key, content) in lua::pairs(state, &globals)? {
        let name = String::from_utf8_lossy(&lua::text_of(&key).unwrap_or_default()).into_owned();
        if matches!(content, LuaValue::Function(_)) && !CALLED.contains(&&*name) {
            all.push((name, content));
        }
    }
    all.sort_by(|(one, _), (other, _)| one.cmp(other));
    let wanted = lua::text_of(&given);
    let place = all.iter().position(|(name, content)| match &wanted {
        Some(wanted) => name.as_bytes() == &wanted[..],
        None => *content == given,
    });
    match place {
        Some(place) if place < usize::from(MOST_SPAWNED) => {
            Ok((Rc::from(&*all[place].0), SPAWNED + place as u8))
        }
        Some(_) => Err(lua::error(
            state,
            format!(
                "{word}: a file can have {MOST_SPAWNED} functions beside those that are called by themselves"
            ),
        )),
        None => Err(lua::error(
            state,
            format!(
                "{word} takes a function of the file that is global, or its name: one inside of another is no plain data"
            ),
        )),
    }
}
