//! Functions of `string` and `table` that can do much work, or make much text, in one instruction of the VM.
//!
//! Each is the VM's own behind a look at the limits; what looks for patterns is in [`super::matching`].

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::{LuaCFunction, LuaState};

use super::super::exchange;
use super::super::native::{Native, arg, count, error, field, function, number_of, set_field};

/// Bytes that are looked at in the time of an instruction.
const BYTES: usize = 64;

/// The replaced functions, in the order of [`exchange::Kept::originals`].
const REPLACED: [(&str, &str, LuaCFunction); 6] = [
    ("string", "format", |state| original(state, 0, all_texts).map_err(as_lua_5_1)),
    ("table", "concat", |state| original(state, 1, items)),
    ("table", "sort", |state| original(state, 2, sorting)),
    ("table", "insert", |state| original(state, 3, moving)),
    ("table", "remove", |state| original(state, 4, moving)),
    ("table", "maxn", |state| original(state, 5, walking)),
];

/// Puts them in the place of the VM's.
pub(in super::super) fn replace(state: &mut LuaState, globals: &LuaValue) -> Result<(), LuaError> {
    for (place, (library, name, native)) in REPLACED.into_iter().enumerate() {
        let library = field(state, globals, library)?;
        let own = field(state, &library, name)?;
        state.push(own);
        let own = lua_vm::api::to_cfunction(state, -1);
        state.pop();
        exchange::with(|exchange| exchange.kept.originals[place] = own);
        let native = function(state, native);
        set_field(state, &library, name, native)?;
    }
    super::matching::replace(state, globals)
}

/// Looks at the limits, then does what the VM's own function does: in its frame, so that its errors are the same.
fn original(
    state: &mut LuaState,
    place: usize,
    look: fn(&LuaState) -> Result<(), LuaError>,
) -> Native {
    look(state)?;
    match exchange::with(|exchange| exchange.kept.originals[place]) {
        // The VM leaves the place out of some errors, which the functions of C always name.
        Some(own) => own(state).map_err(|failed| match failed {
            LuaError::RuntimeMsg(text) => {
                let place = error(state, "");
                let named = text.starts_with(place.message_bytes().unwrap_or_default());
                if named && place.message_bytes() != Some(b"") {
                    LuaError::RuntimeMsg(text)
                } else {
                    error(state, text)
                }
            }
            other => other,
        }),
        None => Err(error(state, "lockstep: this function is not modelled")),
    }
}

/// The VM's `string.format` repeats a whole conversion that it does not know, Lua 5.1 its last letter.
fn as_lua_5_1(error: LuaError) -> LuaError {
    let known = error.message_bytes().and_then(|text| {
        let start = text.windows(20).position(|part| part == b"invalid conversion '")?;
        let end = text[start + 20..].iter().position(|byte| *byte == b'\'')?;
        let letter = text.get(start + 19 + end)?;
        let place = String::from_utf8_lossy(&text[..start]);
        Some(format!("{place}invalid option '%{}' to 'format'", char::from(*letter)))
    });
    known.map_or(error, |text| LuaError::runtime(format_args!("{text}")))
}

/// Counts work as instructions.
pub(crate) fn charge(state: &LuaState, instructions: usize) -> Result<(), LuaError> {
    if instructions == 0 {
        return Ok(());
    }
    state.sandbox_charge(instructions as u64).map_or(Ok(()), Err)
}

/// Counts the looking at some bytes.
pub(crate) fn charge_bytes(state: &LuaState, bytes: usize) -> Result<(), LuaError> {
    charge(state, bytes / BYTES)
}

/// Counts text that is being made as memory.
pub(super) fn reserve(state: &LuaState, bytes: usize) -> Result<(), LuaError> {
    state.sandbox_reserve(bytes).map_or(Ok(()), Err)
}

fn length(value: &LuaValue) -> usize {
    match value {
        LuaValue::Str(text) => text.len(),
        _ => 32,
    }
}

/// The text has at most all arguments in it, once.
fn all_texts(state: &LuaState) -> Result<(), LuaError> {
    reserve(state, (1..=count(state)).map(|n| length(&arg(state, n)) + 128).sum())
}

/// The text has the items in it, and the separator between them.
fn items(state: &LuaState) -> Result<(), LuaError> {
    let LuaValue::Table(list) = arg(state, 1) else { return Ok(()) };
    let between = if count(state) > 1 { length(&arg(state, 2)) } else { 0 };
    let first = number_of(&arg(state, 3)).unwrap_or(1.0) as i64;
    let last = number_of(&arg(state, 4)).map_or_else(|| list.getn() as i64, |last| last as i64);
    let mut text = 0;
    for place in first..=last {
        let item = list.get_int(place);
        if matches!(item, LuaValue::Nil) {
            break;
        }
        text += length(&item) + between;
        if place % 1024 == 0 {
            charge(state, 64)?;
            reserve(state, text)?;
        }
    }
    reserve(state, text)
}

fn sorting(state: &LuaState) -> Result<(), LuaError> {
    let LuaValue::Table(list) = arg(state, 1) else { return Ok(()) };
    let items = list.getn() as usize;
    charge(state, items * items.max(1).ilog2() as usize / 4)
}

/// An insertion or removal with a place moves what is behind it.
fn moving(state: &LuaState) -> Result<(), LuaError> {
    let LuaValue::Table(list) = arg(state, 1) else { return Ok(()) };
    let Some(place) = number_of(&arg(state, 2)).filter(|_| count(state) > 1) else { return Ok(()) };
    let behind = list.getn() as f64 - place;
    charge(state, if behind > 0.0 { behind as usize / 4 } else { 0 })
}

fn walking(state: &LuaState) -> Result<(), LuaError> {
    match arg(state, 1) {
        LuaValue::Table(list) => charge(state, list.len() / 4),
        _ => Ok(()),
    }
}
