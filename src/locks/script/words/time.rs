//! Time, tokens, draws, and who one is.

use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::super::plain::{Opaque, Plain};
use super::super::session::{ask, wait, way};
use super::super::wish::{Answer, Query, Wish};
use super::{ME, check, give_plain, odd, span_arg};
use crate::store::redis::script::language::{self as lua, Native};

/// `sleep(span)`.
pub(super) fn sleep(state: &mut LuaState) -> Native {
    let span = span_arg(state, 1, "sleep")?;
    wait(state, "sleep", Wish::Sleep(span))?;
    Ok(0)
}

/// `now()`.
pub(super) fn now(state: &mut LuaState) -> Native {
    match ask(state, "now", Query::Now)? {
        Answer::Instant(instant) => give_plain(state, &Plain::Opaque(Opaque::Instant(instant))),
        answer => Err(odd(state, "now", &answer)),
    }
}

/// `wall_clock_ms()`.
pub(super) fn wall_clock_ms(state: &mut LuaState) -> Native {
    match ask(state, "wall_clock_ms", Query::WallClock)? {
        Answer::Number(ms) => lua::give(state, LuaValue::Float(ms as f64)),
        answer => Err(odd(state, "wall_clock_ms", &answer)),
    }
}

/// `ms("30s")`: the number of milliseconds.
pub(super) fn ms(state: &mut LuaState) -> Native {
    let span = span_arg(state, 1, "ms")?;
    lua::give(state, LuaValue::Float(span.0 as f64 / 1000.0))
}

/// `token()`: a text that nobody else has.
pub(super) fn token(state: &mut LuaState) -> Native {
    match ask(state, "token", Query::Token)? {
        Answer::Token(token) => give_plain(state, &Plain::text(token.text())),
        answer => Err(odd(state, "token", &answer)),
    }
}

/// `draw(n)`: one of 0 to n - 1.
pub(super) fn draw(state: &mut LuaState) -> Native {
    let n = lua::number_of(&lua::arg(state, 1)).and_then(lua::whole);
    let n = n.filter(|n| (1..=1_000_000).contains(n));
    let Some(n) = n else {
        return Err(lua::error(state, "draw: how many alternatives, from 1 to 1000000"));
    };
    match wait(state, "draw", Wish::Draw(n as u32))? {
        Answer::Number(drawn) => lua::give(state, LuaValue::Float(drawn as f64)),
        answer => Err(odd(state, "draw", &answer)),
    }
}

/// `me.process`, `me.number`, `me.thread`.
pub(super) fn me(state: &mut LuaState) -> Native {
    let name = lua::text_of(&lua::arg(state, 2)).unwrap_or_default();
    let cx = way(state, "me")?;
    let around = cx.surroundings();
    let plain = match &*name {
        b"process" => Plain::text(around.process.as_str()),
        b"number" => Plain::number(f64::from(around.number) + 1.0),
        b"thread" => Plain::number(f64::from(around.thread) + 1.0),
        _ => {
            let name = String::from_utf8_lossy(&name);
            let help = check::nearest(&name, ME.iter().copied());
            return Err(lua::error(
                state,
                format!("`me` has no `{name}`{help}; it has {}", ME.join(", ")),
            ));
        }
    };
    give_plain(state, &plain)
}
