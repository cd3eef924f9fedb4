//! The order in which tables are walked.
//!
//! It is the VM's own: list part first, then the rest by a hash that is the same in every process. For keys that
//! are strings it is not the order of C Lua. Keys that are objects hash by their address, there as here, so a
//! table with several of them has no order that could be repeated: walking it is an error.

use lua_types::error::LuaError;
use lua_types::value::{LuaTable, LuaValue};
use lua_vm::state::LuaState;

use super::exchange;
use super::library::text::charge;
use super::native::{Native, count, error, function, give, table_arg, wrong_type};

/// `next`.
pub(super) fn next(state: &mut LuaState) -> Native {
    let table = match table_arg(state, 1)? {
        table if table.has_metatable() => match exchange::shown(&LuaValue::Table(table)) {
            LuaValue::Table(table) => table,
            _ => table,
        },
        table => table,
    };
    lua_vm::api::set_top(state, 2)?;
    if matches!(super::native::arg(state, 2), LuaValue::Nil) {
        charge(state, table.with_inner(|parts| parts.node.len()) / 16)?;
        refuse_objects(state, &table)?;
    }
    let key = list_key(super::native::arg(state, 2));
    match table.try_next_pair(&key) {
        Ok(Some((key, value))) => {
            state.push(plain_key(key));
            state.push(value);
            Ok(2)
        }
        Ok(None) => give(state, LuaValue::Nil),
        Err(_) => Err(error(state, "invalid key to 'next'")),
    }
}

/// `pairs`.
pub(super) fn pairs_function(state: &mut LuaState) -> Native {
    if count(state) == 0 {
        return Err(wrong_type(state, 1, "table"));
    }
    let table = table_arg(state, 1)?;
    let next = function(state, next);
    state.push(next);
    state.push(LuaValue::Table(table));
    state.push(LuaValue::Nil);
    Ok(3)
}

/// All pairs of a table, in order.
pub(crate) fn pairs(
    state: &LuaState,
    table: &LuaValue,
) -> Result<Vec<(LuaValue, LuaValue)>, LuaError> {
    let LuaValue::Table(table) = table else { return Ok(Vec::new()) };
    refuse_objects(state, table)?;
    let mut pairs = Vec::new();
    table.for_each_entry(|key, value| {
        if !matches!(value, LuaValue::Nil) {
            pairs.push((plain_key(*key), *value));
        }
    });
    Ok(pairs)
}

/// Fails for a table with several keys of which one is an object.
fn refuse_objects(state: &LuaState, table: &LuaTable) -> Result<(), LuaError> {
    let object = table.with_inner(|parts| {
        parts.node.len() > 1
            && parts.node.iter().any(|node| {
                matches!(
                    node.key,
                    LuaValue::Table(_)
                        | LuaValue::Function(_)
                        | LuaValue::UserData(_)
                        | LuaValue::Thread(_)
                )
            })
    });
    if object && table.len() > 1 {
        return Err(error(
            state,
            "lockstep: a table with tables or functions as keys has no repeatable order to walk it in",
        ));
    }
    Ok(())
}

/// A number that can stand in the list part, as the VM keeps it there.
pub(crate) fn list_key(key: LuaValue) -> LuaValue {
    match key {
        LuaValue::Float(number) => super::number::whole(number).map_or(key, LuaValue::Int),
        key => key,
    }
}

/// The key as a script has it: Lua 5.1 knows no integers.
fn plain_key(key: LuaValue) -> LuaValue {
    match key {
        LuaValue::Int(number) => LuaValue::Float(number as f64),
        key => key,
    }
}
