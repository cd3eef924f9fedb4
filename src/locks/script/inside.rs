//! Inside the VM: reading a file, running one of its functions, and what is said of what goes wrong there.

use lua_types::LuaStatus;
use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::debug::{LuaDebug, get_info, get_stack};
use lua_vm::state::LuaState;

use super::ending::Ending;
use super::plain::{Plain, Survives};
use super::session::{self, End, Returned};
use super::source::{Found, Source};
use super::vm::{Arg, KEPT, Kept, LIMITS};
use super::{check, value};
use crate::cx::CallError;
use crate::store::redis::script::language::{self as lua, Native, Tripped};

/// Refusals that follow from the text of a command or a script alone: whoever does not catch them has written it wrongly.
const WRONG_COMMANDS: [&[u8]; 6] = [
    b"ERR unknown command",
    b"ERR wrong number of arguments",
    b"ERR syntax error",
    b"ERR invalid expire time",
    b"ERR Error compiling script",
    b"ERR user_script:",
];

fn is_wrong_command(why: &[u8]) -> bool {
    WRONG_COMMANDS.iter().any(|known| why.starts_with(known))
}

/// Reads a file into globals of its own.
pub(super) fn read_file(
    state: &mut LuaState,
    source: &Source,
    place: i64,
) -> Result<Result<Found, String>, LuaError> {
    lua::arm_with(state, LIMITS);
    let globals = lua::table(state, 0, 0)?;
    if let (LuaValue::Table(globals), LuaValue::Table(words)) = (&globals, KEPT.get().words) {
        globals.set_metatable(Some(words));
    }
    let (seen, guard) = (lua::table(state, 0, 0)?, lua::table(state, 0, 2)?);
    lua::set_field(state, &guard, "__index", globals)?;
    let write = lua::function(state, write_global);
    lua::set_field(state, &guard, "__newindex", write)?;
    if let (LuaValue::Table(seen), LuaValue::Table(guard)) = (&seen, guard) {
        seen.set_metatable(Some(guard));
    }
    KEPT.set(Kept { reading: globals, ..KEPT.get() });
    let found = read_chunk(state, source, &globals, seen);
    KEPT.set(Kept { reading: LuaValue::Nil, ..KEPT.get() });
    let found = found?;
    if found.is_ok() {
        let files = KEPT.get().files;
        state.table_raw_set(&files, LuaValue::Int(place), globals)?;
    }
    Ok(found)
}

fn read_chunk(
    state: &mut LuaState,
    source: &Source,
    globals: &LuaValue,
    seen: LuaValue,
) -> Result<Result<Found, String>, LuaError> {
    let sandbox = state.global().globals;
    state.global_mut().globals = seen;
    let mut text = Some(source.text.as_bytes().to_vec());
    let chunk = format!("@{}", source.name);
    let reader = Box::new(move |_: &mut LuaState| Ok(text.take()));
    let loaded = lua_vm::api::load(state, reader, Some(chunk.as_bytes()), Some(b"t"));
    state.global_mut().globals = sandbox;
    let status = loaded?;
    let chunk = state.pop();
    if status != LuaStatus::Ok {
        let message = lua::text_of(&chunk).unwrap_or_default();
        return Ok(Err(String::from_utf8_lossy(&message).into_owned()));
    }
    if lua::is_too_wide(&chunk) {
        return Ok(Err(format!("{}: more than 32 operands in one chain of ..", source.name)));
    }
    let handler = lua::function(state, add_place);
    state.push(handler);
    state.push(chunk);
    let at = lua_vm::api::get_top(state) - 1;
    let ran = lua_vm::api::pcall_k(state, 0, 0, at, 0, None);
    if let Some(message) = limit(state, source) {
        return Ok(Err(message));
    }
    if let Err(error) = ran {
        return Ok(Err(message_of(state, error)));
    }
    Ok(check::found(state, source, &chunk, globals))
}

/// `__newindex` of a file's globals.
fn write_global(state: &mut LuaState) -> Native {
    let (name, content) = (lua::arg(state, 2), lua::arg(state, 3));
    let reading = KEPT.get().reading;
    if matches!(reading, LuaValue::Table(_)) {
        state.table_raw_set(&reading, lua::list_key(name), content)?;
        return Ok(0);
    }
    let name = String::from_utf8_lossy(&lua::text_of(&name).unwrap_or_default()).into_owned();
    Err(session::wrong(state, &check::writes_global(&name)))
}

/// Runs a function of a file.
pub(super) fn run_function(
    state: &mut LuaState,
    file: i64,
    function: &str,
    given: &Survives,
    args: &[Arg],
) -> Result<End, LuaError> {
    lua::arm_with(state, LIMITS);
    let globals = match KEPT.get().files {
        LuaValue::Table(files) => files.get_int(file),
        _ => LuaValue::Nil,
    };
    let body = lua::field(state, &globals, function)?;
    let lock = match &given.lock {
        Plain::Nil => lua::table(state, 0, 0)?,
        lock => value::to_lua(state, lock)?,
    };
    session::with(|session| (session.lock, session.globals) = (lock, globals));
    let handler = lua::function(state, add_place);
    state.push(handler);
    state.push(body);
    let at = lua_vm::api::get_top(state) - 1;
    for arg in args {
        let arg = match arg {
            Arg::Lock => lock,
            Arg::Value(plain) => value::to_lua(state, plain)?,
        };
        state.push(arg);
    }
    let ran = lua_vm::api::pcall_k(state, args.len() as i32, 1, at, 0, None);
    // A word has ended the run: it says how.
    if session::with(|session| session.has_ended()) == Some(true) {
        return Ok(End::Wrong(String::new()));
    }
    let source = session::with(|session| session.source.clone());
    if let Some(message) = source.and_then(|source| limit(state, &source)) {
        return Ok(End::Wrong(message));
    }
    let lock = |state: &LuaState| match value::from_lua(state, &lock, "lock") {
        Ok(lock) => {
            Ok(session::with(|it| Survives::new(Plain::Nil, lock, &it.tokens)).unwrap_or_default())
        }
        Err(message) => {
            let name = session::with(|session| session.source.name.clone());
            Err(format!("{}: {message}", name.unwrap_or_default()))
        }
    };
    let end = match ran {
        Ok(_) => {
            let result = state.pop();
            let returned = match result {
                LuaValue::Nil | LuaValue::Bool(true) => Returned::Nothing,
                LuaValue::Bool(false) => Returned::No,
                value => match Ending::of(&value) {
                    Some(ending) => Returned::Ending(ending),
                    None => Returned::Other(lua::type_name(&value)),
                },
            };
            lock(state).map(|lock| End::Returned(returned, lock))
        }
        Err(error) => {
            let raised = error.into_value();
            match value::cause_of(state, &raised) {
                Some(CallError::Refused(why)) if is_wrong_command(&why) => {
                    let place = session::with(|session| session.last_place.take()).flatten();
                    Err(format!("{} {}", place.unwrap_or_default(), why.to_text())
                        .trim()
                        .to_owned())
                }
                Some(cause) => lock(state).map(|lock| End::Raised(cause, lock)),
                None => Err(text_of_error(state, &raised)),
            }
        }
    };
    Ok(end.unwrap_or_else(End::Wrong))
}

/// What is said to a run that did too much.
fn limit(state: &LuaState, source: &Source) -> Option<String> {
    let tripped = lua::tripped_by(state)?;
    let place = session::with(|session| session.last_place.take()).flatten();
    let place = place.unwrap_or_else(|| format!("{}:", source.name));
    Some(match tripped {
        Tripped::Instructions => format!(
            "{place} more than {} instructions without waiting for anything: a loop that does not end?",
            LIMITS.instructions
        ),
        Tripped::Memory => {
            format!("{place} more than {} MiB of memory between two waits", LIMITS.memory >> 20)
        }
    })
}

fn message_of(state: &mut LuaState, error: LuaError) -> String {
    let raised = error.into_value();
    text_of_error(state, &raised)
}

fn text_of_error(state: &mut LuaState, raised: &LuaValue) -> String {
    match lua::text_of(raised) {
        Some(text) => String::from_utf8_lossy(&text).into_owned(),
        None => match lua::field(state, raised, "err") {
            Ok(LuaValue::Str(text)) => String::from_utf8_lossy(text.as_bytes()).into_owned(),
            _ => {
                let place = session::with(|session| session.last_place.take()).flatten();
                let what = lua::type_name(raised);
                format!("{} the script raised a {what}", place.unwrap_or_default())
            }
        },
    }
}

/// A message with the place where the script is.
pub(super) fn with_place(state: &LuaState, message: &str) -> String {
    let named = lua::error(state, message);
    match named.message_bytes() {
        Some(text) => String::from_utf8_lossy(text).into_owned(),
        None => message.to_owned(),
    }
}

/// Called by the VM where an error is raised: adds the place to a text that has none.
fn add_place(state: &mut LuaState) -> Native {
    let error = lua::arg(state, 1);
    let mut place = None;
    for level in 1..6 {
        let mut at = LuaDebug::default();
        if !(get_stack(state, level, &mut at) && get_info(state, b"Sl", &mut at)) {
            break;
        }
        if at.what != Some(b"C") && at.currentline > 0 {
            let source = at.source.as_deref().unwrap_or(b"?");
            let source = source.strip_prefix(b"@").unwrap_or(source);
            place = Some(format!("{}:{}:", String::from_utf8_lossy(source), at.currentline));
            break;
        }
    }
    if let Some(place) = &place {
        session::with(|session| session.last_place = Some(place.clone()));
    }
    let name = session::with(|session| session.source.name.clone()).unwrap_or_default();
    let placed = match (&error, place) {
        (LuaValue::Str(text), Some(place)) if !text.as_bytes().starts_with(name.as_bytes()) => {
            let text = [place.as_bytes(), b" ", text.as_bytes()].concat();
            lua::string(state, &text)?
        }
        _ => error,
    };
    lua::give(state, placed)
}
