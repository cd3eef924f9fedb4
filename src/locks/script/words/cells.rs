//! Cells: values that the threads and tasks of one process share.

use std::cell::RefCell;

use lua_types::value::LuaValue;
use lua_vm::state::{LuaCFunction, LuaState};

use super::super::plain::{Opaque, Plain};
use super::super::session::{ask, kept, wait, wrong};
use super::super::value::{Behind, behind};
use super::super::wish::{Answer, Query, Wish};
use super::{give_plain, odd, text_arg, within_arg};
use crate::store::redis::script::language::{self as lua, Native};

/// How many names of cells there can be.
const MOST: usize = 256;

/// What a cell can do.
pub(super) const METHODS: &[(&str, LuaCFunction)] =
    &[("get", get), ("set", set), ("changed", changed)];

thread_local! {
    /// Names live as long as the program: the processes of all worlds know their cells by them.
    static NAMES: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// `cell(name)`.
pub(super) fn cell(state: &mut LuaState) -> Native {
    let name = text_arg(state, 1, "cell", "the name")?;
    // Recipes have cells of their own.
    let name = format!("of script: {name}");
    let known = NAMES.with_borrow_mut(|names| {
        let known = names.iter().find(|known| **known == name).copied();
        known.or_else(|| {
            let new = (names.len() < MOST && name.len() < 200).then(|| &*name.leak())?;
            names.push(new);
            Some(new)
        })
    });
    match known {
        Some(name) => give_plain(state, &Plain::Opaque(Opaque::Cell(name))),
        None => Err(wrong(state, &format!("more than {MOST} names of cells"))),
    }
}

fn name_of(state: &LuaState) -> Result<&'static str, lua_types::error::LuaError> {
    match behind(&lua::arg(state, 1)).as_deref() {
        Some(Behind::Plain(Opaque::Cell(name))) => Ok(name),
        _ => Err(lua::error(state, "write cell(name):get(), with a colon")),
    }
}

/// `cell:get()`: the content; nil before the first `set`.
fn get(state: &mut LuaState) -> Native {
    let name = name_of(state)?;
    match ask(state, "cell", Query::Read(name))? {
        Answer::Kept(content) => give_plain(state, &content.value),
        answer => Err(odd(state, "cell", &answer)),
    }
}

/// `cell:set(content)`.
fn set(state: &mut LuaState) -> Native {
    let name = name_of(state)?;
    let content = kept(state, &lua::arg(state, 2), "the content")?;
    ask(state, "cell", Query::Write(name, content))?;
    Ok(0)
}

/// `cell:changed(timeout)`: whether somebody wrote it in time, from now on.
fn changed(state: &mut LuaState) -> Native {
    let name = name_of(state)?;
    let within = within_arg(state, 2, "changed")?;
    match wait(state, "changed", Wish::Changed(name, within))? {
        Answer::Yes(is) => lua::give(state, LuaValue::Bool(is)),
        answer => Err(odd(state, "changed", &answer)),
    }
}
