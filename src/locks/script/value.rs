//! Plain data to Lua values and back.

use std::rc::Rc;

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::ending::Ending;
use super::plain::{Opaque, Plain};
use super::vm;
use crate::cx::CallError;
use crate::store::redis::Bytes;
use crate::store::redis::script::language::{self as lua, Native};

/// How deep tables may lie in one another.
const DEEPEST: usize = 32;

/// How many entries a value may have in all.
const MOST: usize = 10_000;

/// What stands behind a value that scripts cannot look into.
#[derive(Clone, Debug)]
pub(super) enum Behind {
    /// Plain data.
    Plain(Opaque),
    /// How a function ended.
    Ending(Ending),
    /// Why a word failed.
    Failure(CallError),
}

/// A value that scripts cannot look into.
pub(super) fn wrap(state: &mut LuaState, behind: Behind) -> Result<LuaValue, LuaError> {
    let data = state.new_userdata_typed(b"", 0, 0)?;
    let value = state.pop();
    data.set_host_value(Some(Rc::new(behind)));
    if let LuaValue::Table(meta) = vm::kept().meta {
        data.set_metatable(Some(meta));
    }
    Ok(value)
}

/// What stands behind a value, if something does.
pub(super) fn behind(value: &LuaValue) -> Option<Rc<Behind>> {
    let LuaValue::UserData(data) = value else { return None };
    data.host_value()?.downcast::<Behind>().ok()
}

/// The value of plain data.
pub(super) fn to_lua(state: &mut LuaState, plain: &Plain) -> Result<LuaValue, LuaError> {
    Ok(match plain {
        Plain::Nil => LuaValue::Nil,
        Plain::Bool(flag) => LuaValue::Bool(*flag),
        Plain::Number(number) => LuaValue::Float(number.get()),
        Plain::Text(text) => lua::string(state, text)?,
        Plain::Opaque(opaque) => wrap(state, Behind::Plain(opaque.clone()))?,
        Plain::Table(entries) => {
            let table = lua::table(state, 0, 0)?;
            fill(state, &table, entries)?;
            table
        }
    })
}

/// Puts entries into a table.
pub(super) fn fill(
    state: &mut LuaState,
    table: &LuaValue,
    entries: &[(Plain, Plain)],
) -> Result<(), LuaError> {
    for (key, value) in entries {
        let key = to_lua(state, key)?;
        let value = to_lua(state, value)?;
        state.table_raw_set(table, lua::list_key(key), value)?;
    }
    Ok(())
}

/// The plain data that a value is; `what` is what messages call it.
pub(super) fn from_lua(state: &LuaState, value: &LuaValue, what: &str) -> Result<Plain, String> {
    Reader { state, seen: Vec::new(), entries: 0 }.read(value, what)
}

struct Reader<'s> {
    state: &'s LuaState,
    /// Tables that were seen, by their identities.
    seen: Vec<usize>,
    entries: usize,
}

impl Reader<'_> {
    fn read(&mut self, value: &LuaValue, what: &str) -> Result<Plain, String> {
        Ok(match value {
            LuaValue::Nil => Plain::Nil,
            LuaValue::Bool(flag) => Plain::Bool(*flag),
            LuaValue::Int(number) => Plain::number(*number as f64),
            LuaValue::Float(number) => Plain::number(*number),
            LuaValue::Str(text) => Plain::Text(Bytes::from(text.as_bytes())),
            LuaValue::Table(table) => {
                let identity = table.identity();
                if self.seen.contains(&identity) {
                    return Err(format!(
                        "{what} stands in two places: what survives is a tree, without cycles or sharing"
                    ));
                }
                self.seen.push(identity);
                if what.matches(['.', '[']).count() > DEEPEST {
                    return Err(format!("{what} is more than {DEEPEST} tables deep"));
                }
                let walked = lua::pairs(self.state, value);
                let mut entries = Vec::new();
                for (key, value) in walked.map_err(|_| unwalkable(what))? {
                    self.entries += 1;
                    if self.entries > MOST {
                        return Err(format!("{what} has more than {MOST} entries"));
                    }
                    let name = match lua::text_of(&key) {
                        Some(text) if matches!(key, LuaValue::Str(_)) => {
                            format!("{what}.{}", String::from_utf8_lossy(&text))
                        }
                        Some(text) => format!("{what}[{}]", String::from_utf8_lossy(&text)),
                        None => format!("{what}[?]"),
                    };
                    let key = match &key {
                        LuaValue::Bool(_)
                        | LuaValue::Int(_)
                        | LuaValue::Float(_)
                        | LuaValue::Str(_) => self.read(&key, what)?,
                        _ => return Err(unwalkable(what)),
                    };
                    entries.push((key, self.read(&value, &name)?));
                }
                Plain::table(entries)
            }
            value => match behind(value).as_deref() {
                Some(Behind::Plain(opaque)) => Plain::Opaque(opaque.clone()),
                // What an error was made of goes with the word that failed.
                Some(Behind::Failure(_)) => Plain::Nil,
                Some(Behind::Ending(_)) => {
                    return Err(format!("{what} is how a function ends: return it"));
                }
                None => {
                    return Err(format!(
                        "{what} is a {}: only booleans, numbers, texts, instants, watches and tables of them survive",
                        lua::type_name(value)
                    ));
                }
            },
        })
    }
}

fn unwalkable(what: &str) -> String {
    format!("{what} has a key that is no text, number or boolean")
}

/// The error that a word raises: `{code=, happened=, err=}`.
pub(super) fn failure(state: &mut LuaState, error: &CallError) -> Result<LuaValue, LuaError> {
    let (code, text) = named(error);
    let happened = if error.outcome_unknown() { "unknown" } else { "no" };
    let table = lua::table(state, 0, 4)?;
    for (name, text) in [("code", code.as_str()), ("happened", happened), ("err", text.as_str())] {
        let text = lua::string(state, text.as_bytes())?;
        lua::set_field(state, &table, name, text)?;
    }
    let cause = wrap(state, Behind::Failure(error.clone()))?;
    lua::set_field(state, &table, "cause", cause)?;
    if let (LuaValue::Table(table), LuaValue::Table(meta)) = (&table, vm::kept().failure) {
        table.set_metatable(Some(meta));
    }
    Ok(table)
}

/// The code of an error, and its text.
pub(super) fn named(error: &CallError) -> (String, String) {
    match error {
        CallError::ConnectionLost => {
            ("ConnectionLost".into(), "the connection broke while the request was out".into())
        }
        CallError::TimedOut => ("TimedOut".into(), "no reply in time".into()),
        CallError::NotSent => {
            ("NotSent".into(), "it was not sent: there is no connection, or no session".into())
        }
        CallError::Refused(text) => {
            let text = text.to_text();
            let code = text.split(' ').next().unwrap_or_default().to_owned();
            (code, text)
        }
        CallError::ZooKeeper(error) => (error.name().to_owned(), error.name().to_owned()),
    }
}

/// The store's error that a raised value stands for, if it does.
pub(super) fn cause_of(state: &mut LuaState, raised: &LuaValue) -> Option<CallError> {
    let cause = lua::field(state, raised, "cause").ok()?;
    match behind(&cause).as_deref() {
        Some(Behind::Failure(error)) => Some(error.clone()),
        _ => None,
    }
}

/// `tostring` of such an error.
pub(super) fn failure_text(state: &mut LuaState) -> Native {
    let error = lua::arg(state, 1);
    let text = lua::field(state, &error, "err")?;
    lua::give(state, text)
}
