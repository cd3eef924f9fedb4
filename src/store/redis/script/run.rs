//! A script inside the VM: compiling it, calling it, and what became of it.

use lua_types::LuaStatus;
use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::debug::{LuaDebug, get_info, get_stack};
use lua_vm::state::LuaState;

use super::convert::{c_text, one_line, to_reply, trim_line_ends};
use super::exchange::{self, Job, Task};
use super::native::{Native, arg, field, set_field, string, table, text_of};
use super::{limits, sandbox};
use crate::store::redis::{Bytes, Reply};

/// The name that error messages give to every script.
const CHUNK: &[u8] = b"@user_script";

/// The one function that is called from outside the VM. Its argument is the function that asks the host.
pub(super) fn enter(state: &mut LuaState) -> Native {
    let host = arg(state, 1);
    exchange::with(|exchange| exchange.begin(host));
    let outcome = match exchange::with(|exchange| std::mem::take(&mut exchange.job)) {
        Job::None => None,
        Job::Setup => sandbox::make(state).map(|()| None)?,
        Job::Load(task) => compiled(state, &task)?.err(),
        Job::Eval(task, keys, args) => Some(eval(state, &task, &keys, &args)?),
    };
    exchange::with(|exchange| exchange.outcome = outcome);
    Ok(0)
}

/// The function that a script is; the error is the client's reply.
fn compiled(state: &mut LuaState, task: &Task) -> Result<Result<LuaValue, Reply>, LuaError> {
    let functions = exchange::with(|exchange| exchange.kept.functions).unwrap_or(LuaValue::Nil);
    let known = exchange::with(|exchange| exchange.compiled.get(&task.sha1).copied());
    if let (Some(place), LuaValue::Table(functions)) = (known, &functions) {
        return Ok(Ok(functions.get_int(place)));
    }
    if limits::has_too_many_jumps(&task.body) {
        return Ok(Err(failure(limits::TOO_MANY_JUMPS.as_bytes())));
    }
    let mut source = Some(task.body.to_vec());
    let memory = exchange::with(|exchange| std::mem::take(&mut exchange.memory));
    limits::arm(state);
    let loaded =
        lua_vm::api::load(state, Box::new(move |_| Ok(source.take())), Some(CHUNK), Some(b"t"));
    exchange::with(|exchange| exchange.memory = memory);
    let status = loaded?;
    let chunk = state.pop();
    if status != LuaStatus::Ok {
        if let Some(reply) = limits::tripped(state) {
            return Ok(Err(reply));
        }
        let message = text_of(&chunk).unwrap_or_default();
        return Ok(Err(failure(
            &[b"Error compiling script (new function): ", c_text(&message)].concat(),
        )));
    }
    if limits::is_too_wide(&chunk) {
        return Ok(Err(failure(limits::TOO_WIDE.as_bytes())));
    }
    let place = exchange::with(|exchange| {
        let place = exchange.compiled.len() as i64 + 1;
        exchange.compiled.insert(task.sha1.clone(), place);
        place
    });
    state.table_raw_set(&functions, LuaValue::Int(place), chunk)?;
    Ok(Ok(chunk))
}

/// Runs a script.
fn eval(
    state: &mut LuaState,
    task: &Task,
    keys: &[Bytes],
    args: &[Bytes],
) -> Result<Reply, LuaError> {
    let script = match compiled(state, task)? {
        Ok(script) => script,
        Err(reply) => return Ok(reply),
    };
    limits::arm(state);
    let globals = exchange::with(|exchange| exchange.kept.globals).unwrap_or(LuaValue::Nil);
    for (name, values) in [("KEYS", keys), ("ARGV", args)] {
        let list = table(state, values.len(), 0)?;
        for (place, value) in values.iter().enumerate() {
            let value = string(state, value)?;
            state.table_array_set(&list, place, value)?;
        }
        set_field(state, &globals, name, list)?;
    }
    let handler = exchange::with(|exchange| exchange.kept.handler).unwrap_or(LuaValue::Nil);
    state.push(handler);
    state.push(script);
    let handler_at = lua_vm::api::get_top(state) - 1;
    let ran = lua_vm::api::pcall_k(state, 0, 1, handler_at, 0, None);
    if let Some(reply) = limits::tripped(state) {
        return Ok(reply);
    }
    match ran {
        Ok(_) => {
            let value = state.pop();
            // An error of the conversion is the reply itself.
            Ok(to_reply(state, &value).unwrap_or_else(|error| {
                failure(error.message_bytes().unwrap_or(b"lockstep: the reply cannot be converted"))
            }))
        }
        Err(error) => error_reply(state, task, error),
    }
}

/// The reply to an error that the script did not catch.
fn error_reply(state: &mut LuaState, task: &Task, error: LuaError) -> Result<Reply, LuaError> {
    let error = error.into_value();
    if !matches!(error, LuaValue::Table(_)) {
        let message = text_of(&error).unwrap_or_else(|| b"execution failure".to_vec());
        let message = &message[..message.len().min(100)];
        return Ok(failure(&[b"Error running script ", &task.sha1[..], b", ", message].concat()));
    }
    let Some(mut text) = text_of(&field(state, &error, "err")?) else {
        return Ok(failure(
            b"lockstep: the script raised a table without 'err', which is not modelled",
        ));
    };
    let source = text_of(&field(state, &error, "source")?);
    let line = text_of(&field(state, &error, "line")?);
    if let (Some(source), Some(line)) = (source, line) {
        for part in [b" script: ", &task.sha1[..], b", on ", &source, b":", &line, b"."] {
            text.extend_from_slice(part);
        }
    }
    Ok(Reply::Error(one_line(trim_line_ends(c_text(&text)))))
}

/// A reply with the general code.
pub(super) fn failure(text: &[u8]) -> Reply {
    Reply::Error(one_line(trim_line_ends(&[b"ERR ", text].concat())))
}

/// Called by the VM where an error is raised: makes it a table and adds the place, that of the caller if a
/// library function raised it.
pub(super) fn place_of_error(state: &mut LuaState) -> Native {
    let mut error = arg(state, 1);
    if !matches!(error, LuaValue::Table(_)) {
        let mut text = sandbox::display(state, &error);
        if text.starts_with(b"table index is ") {
            text = with_place(state, text);
        }
        let wrapped = table(state, 0, 4)?;
        let text = string(state, &[b"ERR ", &text[..]].concat())?;
        set_field(state, &wrapped, "err", text)?;
        error = wrapped;
    }
    // Behind the function that refuses to change a table there may be another that tried it.
    let mut place = LuaDebug::default();
    let mut found = false;
    for level in 1..=3 {
        place = LuaDebug::default();
        found = get_stack(state, level, &mut place) && get_info(state, b"Sl", &mut place);
        if !found || place.what != Some(b"C") {
            break;
        }
    }
    if found {
        let source = string(state, place.source.as_deref().unwrap_or(b"=?"))?;
        set_field(state, &error, "source", source)?;
        set_field(state, &error, "line", LuaValue::Float(f64::from(place.currentline)))?;
    }
    super::native::give(state, error)
}

/// An error that the VM raises itself without naming the place, with the place.
fn with_place(state: &mut LuaState, text: Vec<u8>) -> Vec<u8> {
    let mut place = LuaDebug::default();
    let found = get_stack(state, 1, &mut place) && get_info(state, b"Sl", &mut place);
    if !found || place.what == Some(b"C") {
        return text;
    }
    let source = place.source.as_deref().unwrap_or(b"?");
    let source = source.strip_prefix(b"@").unwrap_or(source);
    [source, b":", place.currentline.to_string().as_bytes(), b": ", &text].concat()
}

/// Redis' own `pcall`: of a caught error table it hands over the text (for scripts of older versions).
pub(super) fn pcall(state: &mut LuaState) -> Native {
    let count = super::native::count(state);
    if count == 0 {
        return Err(super::native::wrong_value(state, 1, "value expected"));
    }
    match lua_vm::api::pcall_k(state, count - 1, -1, 0, 0, None) {
        Ok(_) => {
            state.push(LuaValue::Bool(true));
            lua_vm::api::rotate(state, 1, 1);
            Ok(super::native::count(state) as usize)
        }
        // A limit ends the script, whoever tries to catch it.
        Err(error) if state.sandbox_aborting() => Err(error),
        Err(LuaError::Yield) => Err(LuaError::Yield),
        Err(error) => {
            let error = error.into_value();
            let message = super::library::redis::message_of(state, error)?;
            state.push(LuaValue::Bool(false));
            state.push(message);
            Ok(2)
        }
    }
}
