//! Words for Redis: the commands as EVAL has them, scripts, other servers, subscriptions.

use std::rc::Rc;

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::{LuaCFunction, LuaState};

use super::super::plain::{Opaque, Plain, Server};
use super::super::session::{wait, way, with};
use super::super::value::{self, Behind, behind};
use super::super::wish::{Answer, How, Wish};
use super::opaque::named;
use super::{check, give_plain, odd, raise};
use crate::cx::CallError;
use crate::store::redis::Bytes;
use crate::store::redis::script::Script as Text;
use crate::store::redis::script::language::{self as lua, Native};

/// The fields of `redis`.
pub(super) const WORDS: &[(&str, LuaCFunction)] = &[
    ("call", call),
    ("pcall", pcall),
    ("eval", eval),
    ("evalsha", evalsha),
    ("on", on),
    ("servers", servers),
    ("subscribe", subscribe),
    ("psubscribe", psubscribe),
    ("sha1hex", sha1hex),
];

/// The same as methods of one server: `redis.on(2):call(...)`.
pub(super) const METHODS: &[(&str, LuaCFunction)] = &[
    ("call", |state| on_server(state, "call", call_on)),
    ("pcall", |state| on_server(state, "pcall", pcall_on)),
    ("eval", |state| on_server(state, "eval", eval_on)),
    ("evalsha", |state| on_server(state, "evalsha", evalsha_on)),
    ("subscribe", |state| on_server(state, "subscribe", |it, on| subscription(it, on, false))),
    ("psubscribe", |state| on_server(state, "psubscribe", |it, on| subscription(it, on, true))),
];

/// Commands that block.
const BLOCK: &[&str] =
    &["BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BZPOPMIN", "BZPOPMAX", "BLMPOP", "BZMPOP", "WAIT"];

/// The server of words that name none.
const FIRST: Server =
    Server { number: Some(0), how: How { within: None, replica: None, blocks: false } };

/// Takes the server from the arguments of a method.
fn on_server(
    state: &mut LuaState,
    word: &str,
    method: fn(&mut LuaState, Server) -> Native,
) -> Native {
    match behind(&lua::arg(state, 1)).as_deref() {
        Some(Behind::Plain(Opaque::Server(server))) => {
            lua_vm::api::rotate(state, 1, -1);
            state.pop();
            method(state, *server)
        }
        _ => Err(lua::error(state, format!("write redis.on(n):{word}(...), with a colon"))),
    }
}

/// `redis.call(...)`: an error is raised.
fn call(state: &mut LuaState) -> Native {
    call_on(state, FIRST)
}

/// `redis.pcall(...)`: an error is a value.
fn pcall(state: &mut LuaState) -> Native {
    pcall_on(state, FIRST)
}

/// `redis.eval(script, keys, args)`: a script is a text, or a file beside this one.
fn eval(state: &mut LuaState) -> Native {
    eval_on(state, FIRST)
}

/// `redis.evalsha(script, keys, args)`: by its name, and with the text only after `NOSCRIPT`.
fn evalsha(state: &mut LuaState) -> Native {
    evalsha_on(state, FIRST)
}

fn call_on(state: &mut LuaState, server: Server) -> Native {
    let argv = arguments(state, "redis.call")?;
    let answer = send(state, server, argv)?;
    give(state, answer, true)
}

fn pcall_on(state: &mut LuaState, server: Server) -> Native {
    let argv = arguments(state, "redis.pcall")?;
    let answer = send(state, server, argv)?;
    give(state, answer, false)
}

fn arguments(state: &mut LuaState, word: &str) -> Result<Vec<Bytes>, LuaError> {
    match lua::arguments(state)? {
        Ok(argv) => Ok(argv),
        Err(_) => {
            let all = (1..=lua::count(state)).map(|n| lua::arg(state, n)).collect::<Vec<_>>();
            let wrong = all
                .iter()
                .position(|it| !matches!(it, LuaValue::Str(_)) && lua::number_of(it).is_none());
            Err(lua::error(
                state,
                match wrong {
                    Some(place) => format!(
                        "{word}: argument {} is {}; the arguments of a command are texts and numbers",
                        place + 1,
                        named(&all[place])
                    ),
                    None => format!("{word}: which command?"),
                },
            ))
        }
    }
}

fn send(state: &LuaState, server: Server, argv: Vec<Bytes>) -> Result<Answer, LuaError> {
    let verb = argv.first().map(|verb| verb.to_text().to_uppercase()).unwrap_or_default();
    let argv: Rc<[Bytes]> = argv.into();
    let mut how = server.how;
    how.blocks = BLOCK.contains(&&*verb);
    let wish = match server.number {
        Some(server) => Wish::Command { server, argv, how },
        None => Wish::Commands { argv, how },
    };
    wait(state, "redis.call", wish)
}

fn give(state: &mut LuaState, answer: Answer, raises: bool) -> Native {
    match answer {
        Answer::Redis(reply) => {
            let value = lua::to_lua(state, &reply)?;
            lua::give(state, value)
        }
        Answer::Failed(error) if raises => Err(raise(state, &error)),
        Answer::Failed(error) => {
            let value = value::failure(state, &error)?;
            lua::give(state, value)
        }
        Answer::All(replies) => {
            let list = lua::table(state, replies.len(), 0)?;
            for (place, reply) in replies.iter().enumerate() {
                let reply = match reply {
                    Ok(reply) => lua::to_lua(state, reply)?,
                    Err(error) => value::failure(state, error)?,
                };
                state.table_raw_set(&list, LuaValue::Int(place as i64 + 1), reply)?;
            }
            lua::give(state, list)
        }
        answer => Err(odd(state, "redis.call", &answer)),
    }
}

fn eval_on(state: &mut LuaState, server: Server) -> Native {
    let (text, rest) = script(state, "redis.eval")?;
    let argv = [vec![Bytes::from("EVAL"), text], rest].concat();
    let answer = send(state, server, argv)?;
    give(state, answer, true)
}

fn evalsha_on(state: &mut LuaState, server: Server) -> Native {
    let (text, rest) = script(state, "redis.evalsha")?;
    let named = [vec![Bytes::from("EVALSHA"), Text::sha1_of(&text)], rest.clone()].concat();
    match send(state, server, named)? {
        Answer::Failed(CallError::Refused(why)) if why.starts_with(b"NOSCRIPT") => {
            let whole = [vec![Bytes::from("EVAL"), text], rest].concat();
            let answer = send(state, server, whole)?;
            give(state, answer, true)
        }
        answer => give(state, answer, true),
    }
}

/// The text of a script, and what follows it in a command.
fn script(state: &mut LuaState, word: &str) -> Result<(Bytes, Vec<Bytes>), LuaError> {
    let LuaValue::Str(text) = lua::arg(state, 1) else {
        return Err(lua::error(
            state,
            format!("{word}: the script is a text, or the name of a .lua file beside this one"),
        ));
    };
    let text = String::from_utf8_lossy(text.as_bytes()).into_owned();
    let file = with(|session| session.source.file(&text).map(str::to_owned)).flatten();
    let text = file.unwrap_or(text);
    let (keys, args) = (list_arg(state, 2, word, "keys")?, list_arg(state, 3, word, "args")?);
    let mut rest = vec![Bytes::from(keys.len().to_string())];
    rest.extend(keys);
    rest.extend(args);
    Ok((Bytes::from(text), rest))
}

fn list_arg(state: &LuaState, n: i32, word: &str, what: &str) -> Result<Vec<Bytes>, LuaError> {
    let list = match lua::arg(state, n) {
        LuaValue::Nil => return Ok(Vec::new()),
        list @ LuaValue::Table(_) => list,
        other => {
            let got = lua::type_name(&other);
            return Err(lua::error(
                state,
                format!("{word}: `{what}` is a list, as in {{\"lock\"}}, and got a {got}"),
            ));
        }
    };
    let LuaValue::Table(items) = list else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    loop {
        let place = all.len() as i64 + 1;
        match items.get_int(place) {
            LuaValue::Nil => return Ok(all),
            LuaValue::Str(text) => all.push(Bytes::from(text.as_bytes())),
            other => match lua::number_of(&other) {
                Some(number) => all.push(Bytes::from(lua::number_argument(number))),
                None => {
                    let got = lua::type_name(&other);
                    return Err(lua::error(
                        state,
                        format!(
                            "{word}: number {place} of `{what}` is a {got}, and must be a text or a number"
                        ),
                    ));
                }
            },
        }
    }
}

/// `redis.on(n, {within=, replica=})`: server number n, from 1, or `"all"`.
fn on(state: &mut LuaState) -> Native {
    let cx = way(state, "redis.on")?;
    let count = cx.redis_nodes();
    let number = match lua::arg(state, 1) {
        LuaValue::Str(text) if text.as_bytes() == b"all" => None,
        value => match lua::number_of(&value).and_then(lua::whole) {
            Some(number) if (1..=count as i64).contains(&number) => Some(number as usize - 1),
            _ => {
                let message =
                    format!("redis.on: a server is a number from 1 to {count}, or \"all\"");
                return Err(lua::error(state, message));
            }
        },
    };
    let mut how = How::default();
    let options = lua::arg(state, 2);
    if matches!(options, LuaValue::Table(_)) {
        for (key, value) in lua::pairs(state, &options)? {
            let name = lua::text_of(&key).unwrap_or_default();
            match &*name {
                b"within" => {
                    let span = check::span(&value);
                    how.within = Some(span.map_err(|why| lua::error(state, why))?);
                }
                b"replica" => {
                    let replica = lua::number_of(&value).and_then(lua::whole).filter(|it| *it > 0);
                    let Some(replica) = replica else {
                        return Err(lua::error(state, "redis.on: a replica is a number from 1"));
                    };
                    how.replica = Some(replica as usize - 1);
                }
                _ => {
                    let name = String::from_utf8_lossy(&name);
                    let help = check::nearest(&name, ["within", "replica"]);
                    return Err(lua::error(
                        state,
                        format!("redis.on has no option `{name}`{help}; it has within, replica"),
                    ));
                }
            }
        }
    }
    give_plain(state, &Plain::Opaque(Opaque::Server(Server { number, how })))
}

/// `redis.servers()`: how many there are.
fn servers(state: &mut LuaState) -> Native {
    let count = way(state, "redis.servers")?.redis_nodes();
    lua::give(state, LuaValue::Float(count as f64))
}

/// `redis.subscribe(channel)`.
fn subscribe(state: &mut LuaState) -> Native {
    subscription(state, FIRST, false)
}

/// `redis.psubscribe(pattern)`.
fn psubscribe(state: &mut LuaState) -> Native {
    subscription(state, FIRST, true)
}

fn subscription(state: &mut LuaState, server: Server, pattern: bool) -> Native {
    let name = super::text_arg(state, 1, "redis.subscribe", "the channel")?;
    let server = server.number.unwrap_or(0);
    let wish = Wish::Subscribe { server, name: Bytes::from(name), pattern };
    match wait(state, "redis.subscribe", wish)? {
        Answer::Subscription(it) => give_plain(state, &Plain::Opaque(Opaque::Subscription(it))),
        Answer::Failed(error) => Err(raise(state, &error)),
        answer => Err(odd(state, "redis.subscribe", &answer)),
    }
}

/// `redis.sha1hex(text)`.
fn sha1hex(state: &mut LuaState) -> Native {
    let text = lua::text_of(&lua::arg(state, 1)).unwrap_or_default();
    lua::charge(state, text.len())?;
    give_plain(state, &Plain::Text(Text::sha1_of(&text)))
}
