//! The table `redis`.
//!
//! Source: redis.io, "Redis Lua API reference"; texts as Redis 7.0.15 answers them.

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::super::convert::{c_text, error_table, to_lua};
use super::super::exchange::{self, Request};
use super::super::native::{
    Native, arg, count, field, give, library, number_of, set_field, string, table, text_of,
};
use super::super::number;
use super::super::{LogLevel, Script, limits};
use super::text::charge_bytes;
use crate::store::redis::{Bytes, Reply};

/// The version that is modelled.
const VERSION: &str = "7.0.15";
const VERSION_NUMBER: f64 = 0x0007_000F as f64;

/// Makes the table.
pub(in super::super) fn make(state: &mut LuaState) -> Result<LuaValue, LuaError> {
    let redis = library(
        state,
        &[
            ("call", call),
            ("pcall", pcall),
            ("log", log),
            ("setresp", setresp),
            ("sha1hex", sha1hex),
            ("error_reply", error_reply),
            ("status_reply", status_reply),
            ("set_repl", set_repl),
            ("acl_check_cmd", acl_check_cmd),
            ("replicate_commands", replicate_commands),
            ("breakpoint", breakpoint),
            ("debug", debug),
        ],
    )?;
    for (name, value) in [
        ("LOG_DEBUG", 0.0),
        ("LOG_VERBOSE", 1.0),
        ("LOG_NOTICE", 2.0),
        ("LOG_WARNING", 3.0),
        ("REPL_NONE", 0.0),
        ("REPL_AOF", 1.0),
        ("REPL_SLAVE", 2.0),
        ("REPL_REPLICA", 2.0),
        ("REPL_ALL", 3.0),
        ("REDIS_VERSION_NUM", VERSION_NUMBER),
    ] {
        set_field(state, &redis, name, LuaValue::Float(value))?;
    }
    let version = string(state, VERSION.as_bytes())?;
    set_field(state, &redis, "REDIS_VERSION", version)?;
    Ok(redis)
}

/// `redis.call`: an error of the command ends the script.
fn call(state: &mut LuaState) -> Native {
    let reply = match arguments(state)? {
        Ok(argv) => run(state, argv, "redis.call/pcall")?,
        Err(error) => return Err(LuaError::from_value(error)),
    };
    let value = to_lua(state, &reply)?;
    if matches!(reply, Reply::Error(_)) {
        return Err(LuaError::from_value(value));
    }
    give(state, value)
}

/// `redis.pcall`: an error of the command is a table that the script gets.
fn pcall(state: &mut LuaState) -> Native {
    let reply = match arguments(state)? {
        Ok(argv) => run(state, argv, "redis.call/pcall")?,
        Err(error) => return give(state, error),
    };
    let value = to_lua(state, &reply)?;
    give(state, value)
}

/// The arguments of a command, or the error to answer with.
pub(crate) fn arguments(state: &mut LuaState) -> Result<Result<Vec<Bytes>, LuaValue>, LuaError> {
    let count = count(state);
    if count == 0 {
        return error_table(
            state,
            b"ERR Please specify at least one argument for this redis lib call",
        )
        .map(Err);
    }
    let mut argv = Vec::with_capacity(count as usize);
    for n in 1..=count {
        argv.push(match arg(state, n) {
            LuaValue::Str(text) => Bytes::from(text.as_bytes()),
            value => match number_of(&value) {
                Some(number) => Bytes::from(number::argument(number)),
                None => {
                    return error_table(
                        state,
                        b"ERR Lua redis lib command arguments must be strings or integers",
                    )
                    .map(Err);
                }
            },
        });
    }
    charge_bytes(state, argv.iter().map(|word| word.len()).sum())?;
    Ok(Ok(argv))
}

/// Lets the host answer a command.
fn run(state: &mut LuaState, argv: Vec<Bytes>, what: &str) -> Result<Reply, LuaError> {
    match exchange::ask(state, Request::Call(argv, limits::executed(state)))? {
        Some(reply) => Ok(reply),
        None => Err(outside(state, what)?),
    }
}

/// The error of a function that needs a running script, when a chunk calls it while it is loaded.
fn outside(state: &mut LuaState, what: &str) -> Result<LuaError, LuaError> {
    raised(state, &format!("ERR {what} can only be called inside a script invocation"))
}

/// An error that is a table, without a place in its text.
fn raised(state: &mut LuaState, text: &str) -> Result<LuaError, LuaError> {
    error_table(state, text.as_bytes()).map(LuaError::from_value)
}

/// `redis.sha1hex`.
fn sha1hex(state: &mut LuaState) -> Native {
    if count(state) != 1 {
        return Err(raised(state, "ERR wrong number of arguments")?);
    }
    let text = text_of(&arg(state, 1)).unwrap_or_default();
    charge_bytes(state, text.len() * 4)?;
    let digest = string(state, &Script::sha1_of(&text))?;
    give(state, digest)
}

/// The one string that `error_reply` and `status_reply` take.
fn only_string(state: &mut LuaState) -> Result<Vec<u8>, LuaValue> {
    match (count(state), arg(state, 1)) {
        (1, LuaValue::Str(text)) => Ok(text.as_bytes().to_vec()),
        _ => {
            Err(error_table(state, b"ERR wrong number or type of arguments")
                .unwrap_or(LuaValue::Nil))
        }
    }
}

/// `redis.error_reply`.
fn error_reply(state: &mut LuaState) -> Native {
    let reply = match only_string(state) {
        Ok(text) => {
            let text = c_text(&text);
            error_table(state, text.strip_prefix(b"-").unwrap_or(text))?
        }
        Err(error) => error,
    };
    give(state, reply)
}

/// `redis.status_reply`.
fn status_reply(state: &mut LuaState) -> Native {
    if let Err(error) = only_string(state) {
        return give(state, error);
    }
    let reply = table(state, 0, 1)?;
    let text = arg(state, 1);
    set_field(state, &reply, "ok", text)?;
    give(state, reply)
}

/// `redis.log`.
fn log(state: &mut LuaState) -> Native {
    if count(state) < 2 {
        return Err(raised(state, "ERR redis.log() requires two arguments or more.")?);
    }
    let Some(level) = lua_vm::api::to_number_x(state, 1) else {
        return Err(raised(state, "ERR First argument must be a number (log level).")?);
    };
    let level = match number::reply_integer(level) {
        0 => LogLevel::Debug,
        1 => LogLevel::Verbose,
        2 => LogLevel::Notice,
        3 => LogLevel::Warning,
        _ => return Err(raised(state, "ERR Invalid debug level.")?),
    };
    let parts: Vec<Vec<u8>> = (2..=count(state)).filter_map(|n| text_of(&arg(state, n))).collect();
    exchange::ask(state, Request::Log(level, parts.join(&b' ')))?;
    Ok(0)
}

/// `redis.setresp`: only RESP2 is modelled.
fn setresp(state: &mut LuaState) -> Native {
    if count(state) != 1 {
        return Err(raised(state, "ERR redis.setresp() requires one argument.")?);
    }
    match lua_vm::api::to_number_x(state, 1).map_or(0, number::reply_integer) {
        2 => Ok(0),
        3 => Err(raised(
            state,
            "ERR lockstep: replies of RESP3 are not modelled, only redis.setresp(2)",
        )?),
        _ => Err(raised(state, "ERR RESP version must be 2 or 3.")?),
    }
}

/// `redis.set_repl`: a script's writes always reach replicas here, unless it asks otherwise.
fn set_repl(state: &mut LuaState) -> Native {
    if count(state) != 1 {
        return Err(raised(state, "ERR redis.set_repl() requires two arguments.")?);
    }
    match lua_vm::api::to_number_x(state, 1).map_or(0, number::reply_integer) {
        3 => Ok(0),
        0..=2 => {
            Err(raised(state, "ERR lockstep: only redis.set_repl(redis.REPL_ALL) is modelled")?)
        }
        _ => Err(raised(
            state,
            "ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.",
        )?),
    }
}

/// `redis.acl_check_cmd`.
fn acl_check_cmd(state: &mut LuaState) -> Native {
    let argv = match arguments(state)? {
        Ok(argv) => argv,
        Err(error) => return Err(LuaError::from_value(error)),
    };
    match exchange::ask(state, Request::MayRun(argv))? {
        Some(Reply::Error(_)) => {
            Err(raised(state, "ERR Invalid command passed to redis.acl_check_cmd()")?)
        }
        Some(Reply::Int(allowed)) => give(state, LuaValue::Bool(allowed == 1)),
        _ => Err(outside(state, "redis.acl_check_cmd")?),
    }
}

/// `redis.replicate_commands`: does nothing since 7.0.
fn replicate_commands(state: &mut LuaState) -> Native {
    give(state, LuaValue::Bool(true))
}

/// `redis.breakpoint`: there is no debugger.
fn breakpoint(state: &mut LuaState) -> Native {
    give(state, LuaValue::Bool(false))
}

/// `redis.debug`: there is no debugger.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a function of Lua")]
fn debug(_: &mut LuaState) -> Native {
    Ok(0)
}

/// The `err` of an error that a script caught, as Redis' `pcall` hands it over.
pub(in super::super) fn message_of(
    state: &mut LuaState,
    error: LuaValue,
) -> Result<LuaValue, LuaError> {
    let message = field(state, &error, "err")?;
    Ok(if matches!(message, LuaValue::Str(_)) || number_of(&message).is_some() {
        message
    } else {
        error
    })
}
