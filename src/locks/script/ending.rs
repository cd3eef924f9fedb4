//! How a function of a script ends: `held{...}`, `busy()`, `lost()`, `give_up()`.

use std::rc::Rc;

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::plain::Opaque;
use super::value::{Behind, behind, wrap};
use crate::cx::Grant;
use crate::store::redis::script::language::{self as lua, Native};

/// How a function ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Ending {
    /// The lock is held.
    Held(Grant),
    /// Somebody else has it.
    Busy,
    /// It was mine and is not any more.
    Lost,
    /// No more attempts.
    GaveUp,
}

impl Ending {
    /// The ending that a value is.
    pub(super) fn of(value: &LuaValue) -> Option<Self> {
        match behind(value).as_deref() {
            Some(Behind::Ending(ending)) => Some(ending.clone()),
            _ => None,
        }
    }
}

/// The fields of `held`.
const FIELDS: [&str; 4] = ["lease", "fence", "node", "shared"];

/// `held{lease=, fence=, node=, shared=}`.
pub(super) fn held(state: &mut LuaState) -> Native {
    let given = lua::arg(state, 1);
    let mut grant = Grant::default();
    match &given {
        LuaValue::Nil => {}
        LuaValue::Table(_) => {
            for (key, value) in lua::pairs(state, &given)? {
                let name = lua::text_of(&key).unwrap_or_default();
                read(state, &mut grant, &String::from_utf8_lossy(&name), &value)?;
            }
        }
        other => {
            let message = format!(
                "held takes a table, as in held{{lease = now() + ttl}}, and got a {}",
                lua::type_name(other)
            );
            return Err(lua::error(state, message));
        }
    }
    end(state, Ending::Held(grant))
}

fn read(
    state: &mut LuaState,
    grant: &mut Grant,
    name: &str,
    value: &LuaValue,
) -> Result<(), LuaError> {
    let wrong = |state: &LuaState, wants: &str| {
        let got = lua::type_name(value);
        Err(lua::error(state, format!("held: `{name}` is {wants}, and got a {got}")))
    };
    match (name, value) {
        ("lease", value) => match behind(value).as_deref() {
            Some(Behind::Plain(Opaque::Instant(until))) => grant.until = Some(*until),
            _ => return wrong(state, "the instant at which it ends, such as now() + ttl"),
        },
        ("fence", value) => match lua::number_of(value).and_then(lua::whole) {
            Some(fence) => grant.fence = Some(fence),
            None => return wrong(state, "a whole number"),
        },
        ("node", LuaValue::Str(path)) => {
            grant.node = Some(Rc::from(&*String::from_utf8_lossy(path.as_bytes())));
        }
        ("node", _) => return wrong(state, "the path of a node"),
        ("shared", LuaValue::Bool(shared)) => grant.shared = *shared,
        ("shared", _) => return wrong(state, "true or false"),
        _ => {
            let help = super::check::nearest(name, FIELDS);
            return Err(lua::error(state, format!("held has no field `{name}`{help}")));
        }
    }
    Ok(())
}

/// `busy()`.
pub(super) fn busy(state: &mut LuaState) -> Native {
    end(state, Ending::Busy)
}

/// `lost()`.
pub(super) fn lost(state: &mut LuaState) -> Native {
    end(state, Ending::Lost)
}

/// `give_up()`.
pub(super) fn give_up(state: &mut LuaState) -> Native {
    end(state, Ending::GaveUp)
}

fn end(state: &mut LuaState, ending: Ending) -> Native {
    let value = wrap(state, Behind::Ending(ending))?;
    lua::give(state, value)
}
