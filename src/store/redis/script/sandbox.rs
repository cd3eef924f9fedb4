//! What a script can see: the globals of Redis 7.0.15, none of which it can change.
//!
//! C Lua in Redis marks tables as read-only. Here a script sees an empty table in the place of each, whose
//! metatable reads from the true one and refuses to write; the functions that would go past a metatable know
//! these tables. So nothing of a script reaches the next one.

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::{LuaCFunction, LuaState};

use super::exchange::{self, Protected, is_protected, shown};
use super::library::{bit, cjson, cmsgpack, math, redis, structs, text, tonumber, whole};
use super::native::{
    Native, arg, count, error, field, function, give, library, number_arg, set_field, string,
    table, table_arg, text_arg, text_of, type_name, wrong_type,
};
use super::{limits, number, order, run};

/// What stays of Lua's own globals.
const KEPT: &[&str] =
    &["assert", "error", "ipairs", "rawequal", "select", "type", "xpcall", "_VERSION"];

/// What is ours.
const OURS: &[(&str, LuaCFunction)] = &[
    ("next", order::next),
    ("pairs", order::pairs_function),
    ("pcall", run::pcall),
    ("tonumber", tonumber::tonumber),
    ("tostring", tostring),
    ("rawget", rawget),
    ("rawset", rawset),
    ("getmetatable", getmetatable),
    ("setmetatable", setmetatable),
    ("loadstring", loadstring),
    ("load", load),
    ("collectgarbage", collectgarbage),
    ("gcinfo", not_modelled),
    ("unpack", unpack),
];

/// What makes a library.
type MakeLibrary = fn(&mut LuaState) -> Result<LuaValue, LuaError>;

/// Makes the sandbox in a fresh VM.
pub(crate) fn make(state: &mut LuaState) -> Result<(), LuaError> {
    let lua = state.global().globals;
    let globals = library(state, OURS)?;
    for name in KEPT {
        let value = field(state, &lua, name)?;
        set_field(state, &globals, name, value)?;
    }
    for name in ["string", "table", "math", "coroutine"] {
        let value = field(state, &lua, name)?;
        set_field(state, &globals, name, value)?;
    }
    for (library, name, replaced) in [
        ("string", "dump", not_modelled as LuaCFunction),
        ("math", "random", math::random),
        ("math", "randomseed", math::randomseed),
    ] {
        let library = field(state, &globals, library)?;
        let replaced = function(state, replaced);
        set_field(state, &library, name, replaced)?;
    }
    text::replace(state, &globals)?;
    whole::replace(state, &globals)?;
    let libraries: [(&str, MakeLibrary); 5] = [
        ("redis", redis::make),
        ("cjson", cjson::make),
        ("cmsgpack", cmsgpack::make),
        ("struct", structs::make),
        ("bit", bit::make),
    ];
    for (name, make) in libraries {
        let library = make(state)?;
        set_field(state, &globals, name, library)?;
    }
    for name in
        ["string", "table", "math", "coroutine", "redis", "cjson", "cmsgpack", "struct", "bit"]
    {
        let library = field(state, &globals, name)?;
        let library = protected(state, library)?;
        set_field(state, &globals, name, library)?;
    }
    let missing = table(state, 0, 1)?;
    let absent = function(state, nonexistent_global);
    set_field(state, &missing, "__index", absent)?;
    if let (LuaValue::Table(globals), LuaValue::Table(missing)) = (globals, missing) {
        globals.set_metatable(Some(missing));
    }
    let seen = protected(state, globals)?;
    set_field(state, &globals, "_G", seen)?;
    state.global_mut().globals = seen;

    let strings = string(state, b"")?;
    if let Some(strings) = state.table_metatable(&strings) {
        let library = field(state, &globals, "string")?;
        set_field(state, &LuaValue::Table(strings), "__index", library)?;
        // `getmetatable('')` shows this one.
        let shown = protected(state, LuaValue::Table(strings))?;
        state.push(shown);
        state.registry_set(b"lockstep.strings")?;
        exchange::with(|exchange| exchange.kept.strings = Some(shown));
    }
    let handler = function(state, run::place_of_error);
    let functions = table(state, 0, 0)?;
    state.push(functions);
    state.registry_set(b"lockstep.functions")?;
    exchange::with(|exchange| {
        exchange.kept.functions = Some(functions);
        exchange.kept.globals = Some(globals);
        exchange.kept.handler = Some(handler);
    });
    Ok(())
}

/// The table that scripts see in the place of `behind`.
pub(crate) fn protected(state: &mut LuaState, behind: LuaValue) -> Result<LuaValue, LuaError> {
    let seen = table(state, 0, 0)?;
    let guard = table(state, 0, 2)?;
    set_field(state, &guard, "__index", behind)?;
    let refuse = function(state, readonly);
    set_field(state, &guard, "__newindex", refuse)?;
    if let (LuaValue::Table(seen), LuaValue::Table(guard)) = (seen, guard) {
        seen.set_metatable(Some(guard));
        exchange::with(|exchange| exchange.protected.push(Protected { seen, behind }));
    }
    Ok(seen)
}

/// Whether every protected table is still what it was: some library functions write past a metatable.
pub(crate) fn untouched() -> bool {
    exchange::with(|exchange| exchange.protected.iter().all(|table| table.seen.is_empty()))
}

/// `__index` of the globals.
fn nonexistent_global(state: &mut LuaState) -> Native {
    let name = text_arg(state, 2)?;
    let text =
        [b"Script attempted to access nonexistent global variable '", &name[..], b"'"].concat();
    Err(error(state, text))
}

/// `__newindex` of protected tables.
fn readonly(state: &mut LuaState) -> Native {
    Err(error(state, "Attempt to modify a readonly table"))
}

/// What functions of C say that would change a protected table. It names no place, unlike [`readonly`].
fn refused() -> LuaError {
    LuaError::runtime(format_args!("Attempt to modify a readonly table"))
}

/// Everything that a simulation cannot answer the same way each time.
fn not_modelled(state: &mut LuaState) -> Native {
    Err(error(state, "lockstep: collectgarbage('count'), gcinfo and string.dump are not modelled"))
}

/// `collectgarbage`: collecting has no effect that can be seen, and the size of the heap is none of Redis'.
fn collectgarbage(state: &mut LuaState) -> Native {
    match text_of(&arg(state, 1)).as_deref() {
        None | Some(b"collect" | b"stop" | b"restart") => give(state, LuaValue::Float(0.0)),
        Some(b"step") => give(state, LuaValue::Bool(true)),
        Some(_) => not_modelled(state),
    }
}

/// `tostring`: objects are numbered in the order in which the script asks.
fn tostring(state: &mut LuaState) -> Native {
    if count(state) == 0 {
        return Err(super::native::wrong_value(state, 1, "value expected"));
    }
    let value = arg(state, 1);
    if let Some(meta) = state.table_metatable(&value) {
        let convert = field(state, &LuaValue::Table(meta), "__tostring")?;
        if !matches!(convert, LuaValue::Nil) {
            state.push(convert);
            state.push(value);
            lua_vm::api::call_k(state, 1, 1, 0, None)?;
            return Ok(1);
        }
    }
    let text = display(state, &value);
    let text = string(state, &text)?;
    give(state, text)
}

/// The text of a value, without its metatable.
pub(crate) fn display(state: &LuaState, value: &LuaValue) -> Vec<u8> {
    match value {
        LuaValue::Nil => b"nil".to_vec(),
        LuaValue::Bool(true) => b"true".to_vec(),
        LuaValue::Bool(false) => b"false".to_vec(),
        LuaValue::Int(integer) => number::display(*integer as f64),
        LuaValue::Float(float) => number::display(*float),
        LuaValue::Str(text) => text.as_bytes().to_vec(),
        LuaValue::LightUserData(_) => b"userdata: (nil)".to_vec(),
        object => {
            let identity = lua_vm::api::value_identity_pointer(state, object).unwrap_or(0);
            let serial =
                exchange::with(|exchange| exchange.serials.insert_full(identity, ()).0 + 1);
            format!("{}: 0x{serial:08x}", type_name(object)).into_bytes()
        }
    }
}

/// `rawget`.
fn rawget(state: &mut LuaState) -> Native {
    let table = LuaValue::Table(table_arg(state, 1)?);
    if count(state) < 2 {
        return Err(wrong_type(state, 2, "value"));
    }
    let key = arg(state, 2);
    match shown(&table) {
        LuaValue::Table(table) => give(state, table.get(&order::list_key(key))),
        _ => give(state, LuaValue::Nil),
    }
}

/// `rawset`.
fn rawset(state: &mut LuaState) -> Native {
    let table = LuaValue::Table(table_arg(state, 1)?);
    if is_protected(&table) {
        return Err(refused());
    }
    let (key, value) = (arg(state, 2), arg(state, 3));
    state.table_raw_set(&table, order::list_key(key), value)?;
    give(state, table)
}

/// `unpack`. What stands on a function's stack, arguments and results, is at most 8000 values.
fn unpack(state: &mut LuaState) -> Native {
    const MOST: i64 = 8000;
    let list = LuaValue::Table(table_arg(state, 1)?);
    let LuaValue::Table(list) = shown(&list) else { return Ok(0) };
    let given = |state: &mut LuaState, n| match arg(state, n) {
        LuaValue::Nil => Ok(None),
        _ => number_arg(state, n).map(|number| Some(number as i64)),
    };
    let first = given(state, 2)?.unwrap_or(1);
    let last = given(state, 3)?.unwrap_or_else(|| list.getn() as i64);
    let results = last.saturating_sub(first).saturating_add(1);
    if results <= 0 {
        return Ok(0);
    }
    let above = i64::from(count(state));
    if results.saturating_add(above) > MOST || !lua_vm::api::check_stack(state, results as i32) {
        return Err(error(state, "too many results to unpack"));
    }
    for place in first..=last {
        state.push(list.get_int(place));
    }
    Ok(results as usize)
}

/// `getmetatable`.
fn getmetatable(state: &mut LuaState) -> Native {
    if count(state) == 0 {
        return Err(super::native::wrong_value(state, 1, "value expected"));
    }
    let value = arg(state, 1);
    if let (LuaValue::Str(_), Some(strings)) =
        (value, exchange::with(|exchange| exchange.kept.strings))
    {
        return give(state, strings);
    }
    if is_protected(&value) {
        return give(state, LuaValue::Nil);
    }
    let Some(meta) = state.table_metatable(&value) else { return give(state, LuaValue::Nil) };
    let meta = LuaValue::Table(meta);
    match field(state, &meta, "__metatable")? {
        LuaValue::Nil => give(state, meta),
        hidden => give(state, hidden),
    }
}

/// `setmetatable`.
fn setmetatable(state: &mut LuaState) -> Native {
    let table = table_arg(state, 1)?;
    let meta = match arg(state, 2) {
        LuaValue::Table(meta) => Some(meta),
        LuaValue::Nil if count(state) > 1 => None,
        _ => return Err(super::native::wrong_value(state, 2, "nil or table expected")),
    };
    if is_protected(&LuaValue::Table(table)) {
        return Err(refused());
    }
    if let Some(old) = table.metatable()
        && !matches!(field(state, &LuaValue::Table(old), "__metatable")?, LuaValue::Nil)
    {
        return Err(error(state, "cannot change a protected metatable"));
    }
    table.set_metatable(meta);
    give(state, LuaValue::Table(table))
}

/// `loadstring`.
fn loadstring(state: &mut LuaState) -> Native {
    let source = text_arg(state, 1)?;
    let name = text_of(&arg(state, 2)).unwrap_or_else(|| source.clone());
    compile(state, source, &name)
}

/// `load`: the text comes in pieces from a function.
fn load(state: &mut LuaState) -> Native {
    let reader = arg(state, 1);
    if !matches!(reader, LuaValue::Function(_)) {
        return Err(wrong_type(state, 1, "function"));
    }
    let name = text_of(&arg(state, 2)).unwrap_or_else(|| b"=(load)".to_vec());
    let mut source = Vec::new();
    loop {
        // A reader may be a function of a library, which executes no instructions.
        if let Some(limit) = state.sandbox_charge(10) {
            return Err(limit);
        }
        state.push(reader);
        lua_vm::api::call_k(state, 0, 1, 0, None)?;
        match state.pop() {
            LuaValue::Nil => break,
            piece => match text_of(&piece) {
                Some(piece) if piece.is_empty() => break,
                Some(piece) => source.extend_from_slice(&piece),
                None => return Err(error(state, "reader function must return a string")),
            },
        }
        if let Some(limit) = state.sandbox_reserve(source.len()) {
            return Err(limit);
        }
    }
    compile(state, source, &name)
}

/// A function from its text, or nil and the message. Compiled code is no text.
fn compile(state: &mut LuaState, source: Vec<u8>, name: &[u8]) -> Native {
    if limits::has_too_many_jumps(&source) {
        return Err(error(state, limits::TOO_MANY_JUMPS));
    }
    let mut source = Some(source);
    let reader = Box::new(move |_: &mut LuaState| Ok(source.take()));
    if lua_vm::api::load(state, reader, Some(name), Some(b"t"))? == lua_types::LuaStatus::Ok {
        let chunk = state.peek_top();
        if limits::is_too_wide(&chunk) {
            return Err(error(state, limits::TOO_WIDE));
        }
        return Ok(1);
    }
    let message = state.pop();
    state.push(LuaValue::Nil);
    state.push(message);
    Ok(2)
}
