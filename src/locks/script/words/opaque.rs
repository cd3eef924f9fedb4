//! Values that scripts cannot look into: instants, watches, subscriptions, places in a line, servers.

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::{LuaCFunction, LuaState};

use super::super::check;
use super::super::plain::{Opaque, Plain};
use super::super::session::{ask, wait, with};
use super::super::value::{Behind, behind};
use super::super::wish::{Answer, Query, Wish};
use super::{give_plain, odd, raise, redis, within_arg};
use crate::cx::Instant;
use crate::store::redis::script::language::{self as lua, Native};
use crate::time::Micros;

/// The metatable of all such values.
pub(in super::super) fn metatable(state: &mut LuaState) -> Result<LuaValue, LuaError> {
    let meta = lua::library(
        state,
        &[
            ("__add", add),
            ("__sub", subtract),
            ("__lt", less),
            ("__le", less_or_equal),
            ("__eq", equal),
            ("__index", index),
            ("__tostring", text),
            ("__concat", no_text),
        ],
    )?;
    lua::set_field(state, &meta, "__metatable", LuaValue::Bool(false))?;
    Ok(meta)
}

fn opaque(value: &LuaValue) -> Option<Opaque> {
    match behind(value).as_deref() {
        Some(Behind::Plain(opaque)) => Some(opaque.clone()),
        _ => None,
    }
}

fn instant(value: &LuaValue) -> Option<Instant> {
    match opaque(value) {
        Some(Opaque::Instant(instant)) => Some(instant),
        _ => None,
    }
}

/// What messages call a value.
pub(super) fn named(value: &LuaValue) -> &'static str {
    match behind(value).as_deref() {
        Some(Behind::Plain(Opaque::Instant(_))) => "an instant",
        Some(Behind::Plain(Opaque::Watch(_))) => "a watch",
        Some(Behind::Plain(Opaque::Subscription(_))) => "a subscription",
        Some(Behind::Plain(Opaque::Sequence(_))) => "a place in a line",
        Some(Behind::Plain(Opaque::Server(_))) => "a server",
        Some(Behind::Plain(Opaque::Cell(_))) => "a cell",
        Some(Behind::Ending(_)) => "the end of a function",
        Some(Behind::Failure(_)) => "the cause of an error",
        None => match lua::type_name(value) {
            "nil" => "nil",
            "boolean" => "a boolean",
            "number" => "a number",
            "string" => "a text",
            "table" => "a table",
            "function" => "a function",
            _ => "a value",
        },
    }
}

/// An instant and a time.
fn add(state: &mut LuaState) -> Native {
    let (one, other) = (lua::arg(state, 1), lua::arg(state, 2));
    let (at, span) = match (instant(&one), instant(&other)) {
        (Some(at), None) => (at, other),
        (None, Some(at)) => (at, one),
        _ => return Err(refused(state, "add", &one, &other)),
    };
    moved(state, at, &span, 1)
}

fn moved(state: &mut LuaState, at: Instant, span: &LuaValue, sign: i64) -> Native {
    let span = check::span(span).map_err(|why| lua::error(state, why))?;
    give_plain(state, &Plain::Opaque(Opaque::Instant(at + Micros(span.0 * sign))))
}

/// An instant and a time, or two instants: then it is the number of milliseconds between them.
fn subtract(state: &mut LuaState) -> Native {
    let (one, other) = (lua::arg(state, 1), lua::arg(state, 2));
    match (instant(&one), instant(&other)) {
        (Some(one), Some(other)) => {
            let between = since(state, other)? - since(state, one)?;
            lua::give(state, LuaValue::Float(between.0 as f64 / 1000.0))
        }
        (Some(at), None) => moved(state, at, &other, -1),
        _ => Err(refused(state, "subtract", &one, &other)),
    }
}

/// The time (µs) from an instant until now.
fn since(state: &LuaState, at: Instant) -> Result<Micros, LuaError> {
    if with(|session| session.is_present(at)) == Some(true) {
        return Ok(Micros::ZERO);
    }
    match ask(state, "an instant", Query::Since(at))? {
        Answer::Span(span) => Ok(span),
        answer => Err(odd(state, "an instant", &answer)),
    }
}

/// Whether an instant has come.
fn is_past(state: &LuaState, at: Instant) -> Result<bool, LuaError> {
    match ask(state, "an instant", Query::IsPast(at))? {
        Answer::Yes(is) => Ok(is),
        answer => Err(odd(state, "an instant", &answer)),
    }
}

/// Whether one instant is before the other. With the present one of them, that is all that is learnt.
fn is_before(state: &LuaState, one: Instant, other: Instant) -> Result<bool, LuaError> {
    let is_present = |at| with(|session| session.is_present(at)) == Some(true);
    if one == other {
        Ok(false)
    } else if is_present(one) {
        Ok(!is_past(state, other)?)
    } else if is_present(other) {
        is_past(state, one + Micros(1))
    } else {
        Ok(since(state, other)? < since(state, one)?)
    }
}

fn compare(state: &mut LuaState, swapped: bool) -> Result<bool, LuaError> {
    let (mut one, mut other) = (lua::arg(state, 1), lua::arg(state, 2));
    if swapped {
        std::mem::swap(&mut one, &mut other);
    }
    match (opaque(&one), opaque(&other)) {
        (Some(Opaque::Instant(one)), Some(Opaque::Instant(other))) => is_before(state, one, other),
        (Some(Opaque::Sequence(one)), Some(Opaque::Sequence(other))) => {
            Ok(super::zk::sequence(&one) < super::zk::sequence(&other))
        }
        _ => Err(refused(state, "compare", &one, &other)),
    }
}

fn less(state: &mut LuaState) -> Native {
    let is = compare(state, false)?;
    lua::give(state, LuaValue::Bool(is))
}

fn less_or_equal(state: &mut LuaState) -> Native {
    let is = !compare(state, true)?;
    lua::give(state, LuaValue::Bool(is))
}

fn equal(state: &mut LuaState) -> Native {
    let (one, other) = (lua::arg(state, 1), lua::arg(state, 2));
    let is = match (opaque(&one), opaque(&other)) {
        (Some(Opaque::Instant(one)), Some(Opaque::Instant(other))) if one != other => {
            !is_before(state, one, other)? && !is_before(state, other, one)?
        }
        (one, other) => one.is_some() && one == other,
    };
    lua::give(state, LuaValue::Bool(is))
}

fn refused(state: &LuaState, what: &str, one: &LuaValue, other: &LuaValue) -> LuaError {
    lua::error(state, format!("cannot {what} {} and {}", named(one), named(other)))
}

fn text(state: &mut LuaState) -> Native {
    let name = named(&lua::arg(state, 1));
    give_plain(state, &Plain::text(format!("<{name}>")))
}

fn no_text(state: &mut LuaState) -> Native {
    let (one, other) = (lua::arg(state, 1), lua::arg(state, 2));
    let what = if behind(&one).is_some() { named(&one) } else { named(&other) };
    let help = if what == "an instant" { "; wall_clock_ms() is a number" } else { "" };
    Err(lua::error(state, format!("{what} has no text{help}")))
}

/// The methods of such values.
fn index(state: &mut LuaState) -> Native {
    let of = lua::arg(state, 1);
    let name = lua::text_of(&lua::arg(state, 2)).unwrap_or_default();
    let name = String::from_utf8_lossy(&name);
    let methods: &[(&str, LuaCFunction)] = match opaque(&of) {
        Some(Opaque::Watch(_)) => &[("wait", wait_for_watch)],
        Some(Opaque::Subscription(_)) => &[("message", message)],
        Some(Opaque::Server(_)) => redis::METHODS,
        Some(Opaque::Cell(_)) => super::cells::METHODS,
        _ => &[],
    };
    match methods.iter().find(|(known, _)| *known == name) {
        Some((_, native)) => {
            let method = lua::function(state, *native);
            lua::give(state, method)
        }
        None => {
            let help = check::nearest(&name, methods.iter().map(|(name, _)| *name));
            Err(lua::error(state, format!("{} has no `{name}`{help}", named(&of))))
        }
    }
}

/// `watch:wait(timeout)`: whether it fired in time.
fn wait_for_watch(state: &mut LuaState) -> Native {
    let Some(Opaque::Watch(watch)) = opaque(&lua::arg(state, 1)) else {
        return Err(lua::error(state, "write watch:wait(), with a colon"));
    };
    let within = within_arg(state, 2, "wait")?;
    match wait(state, "wait", Wish::Fired(watch, within))? {
        Answer::Yes(fired) => lua::give(state, LuaValue::Bool(fired)),
        answer => Err(odd(state, "wait", &answer)),
    }
}

/// `subscription:message(timeout)`: the payload and the channel, or nil if none came in time.
fn message(state: &mut LuaState) -> Native {
    let Some(Opaque::Subscription(from)) = opaque(&lua::arg(state, 1)) else {
        return Err(lua::error(state, "write subscription:message(), with a colon"));
    };
    let within = within_arg(state, 2, "message")?;
    match wait(state, "message", Wish::Message(from, within))? {
        Answer::Message(None) => lua::give(state, LuaValue::Nil),
        Answer::Message(Some((channel, payload))) => {
            let payload = lua::string(state, &payload)?;
            let channel = lua::string(state, &channel)?;
            state.push(payload);
            state.push(channel);
            Ok(2)
        }
        Answer::Failed(error) => Err(raise(state, &error)),
        answer => Err(odd(state, "message", &answer)),
    }
}
