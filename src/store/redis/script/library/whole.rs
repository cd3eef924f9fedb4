//! Functions of Lua's own whose numbers stand for whole ones: Lua 5.1 cuts off what is behind the point, where the VM
//! raises an error.

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::{LuaCFunction, LuaState};

use super::super::exchange;
use super::super::native::{Native, arg, count, error, field, function, set_field};

/// The functions, in the order of [`exchange::Kept::counting`].
const CUT: [(&str, &str, LuaCFunction); 6] = [
    ("string", "sub", |state| original(state, 0, &[2, 3])),
    ("string", "rep", |state| original(state, 1, &[2])),
    ("string", "byte", |state| original(state, 2, &[2, 3])),
    ("string", "char", |state| original(state, 3, &[])),
    ("math", "ldexp", |state| original(state, 4, &[2])),
    ("", "select", |state| original(state, 5, &[1])),
];

/// Puts them in the place of the VM's.
pub(in super::super) fn replace(state: &mut LuaState, globals: &LuaValue) -> Result<(), LuaError> {
    for (place, (library, name, native)) in CUT.into_iter().enumerate() {
        let library = if library.is_empty() { *globals } else { field(state, globals, library)? };
        let own = field(state, &library, name)?;
        state.push(own);
        let own = lua_vm::api::to_cfunction(state, -1);
        state.pop();
        exchange::with(|exchange| exchange.kept.counting[place] = own);
        let native = function(state, native);
        set_field(state, &library, name, native)?;
    }
    Ok(())
}

/// Cuts off the parts of numbers at these places, of all if none are named, and does what the VM's function does.
fn original(state: &mut LuaState, place: usize, numbers: &[i32]) -> Native {
    let has_parts = (1..=count(state)).any(|n| cut(state, n, numbers).is_some());
    if has_parts {
        let values: Vec<LuaValue> = (1..=count(state))
            .map(|n| cut(state, n, numbers).unwrap_or_else(|| arg(state, n)))
            .collect();
        lua_vm::api::set_top(state, 0)?;
        for value in values {
            state.push(value);
        }
    }
    match exchange::with(|exchange| exchange.kept.counting[place]) {
        Some(own) => own(state),
        None => Err(error(state, "lockstep: this function is not modelled")),
    }
}

/// The whole number in the place of an argument that is none; nothing if the argument stays.
fn cut(state: &LuaState, n: i32, numbers: &[i32]) -> Option<LuaValue> {
    if !numbers.is_empty() && !numbers.contains(&n) {
        return None;
    }
    let number = match arg(state, n) {
        LuaValue::Float(number) => number,
        LuaValue::Str(_) => lua_vm::api::to_number_x(state, n)?,
        _ => return None,
    };
    (number.is_finite() && number.fract() != 0.0).then(|| LuaValue::Float(number.trunc()))
}
