//! The table `cjson` (lua-cjson 2.1.0 with its default settings).
//!
//! Source: kyne.au, "Lua CJSON 2.1.0 Manual". Its settings are not modelled: in a real server they would outlive
//! the script that changes them.

mod decode;
mod encode;

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::super::native::{Native, error, library, set_field, string};

/// How deep values may lie in one another.
const MAX_DEPTH: usize = 1000;

/// The null of JSON.
const NULL: LuaValue = LuaValue::LightUserData(std::ptr::null_mut());

/// Makes the table.
pub(in super::super) fn make(state: &mut LuaState) -> Result<LuaValue, LuaError> {
    let cjson = library(
        state,
        &[
            ("encode", encode::encode),
            ("decode", decode::decode),
            ("encode_sparse_array", setting),
            ("encode_max_depth", setting),
            ("decode_max_depth", setting),
            ("encode_number_precision", setting),
            ("encode_keep_buffer", setting),
            ("encode_invalid_numbers", setting),
            ("decode_invalid_numbers", setting),
            ("new", setting),
        ],
    )?;
    set_field(state, &cjson, "null", NULL)?;
    for (name, text) in [("_NAME", "cjson"), ("_VERSION", "2.1.0")] {
        let text = string(state, text.as_bytes())?;
        set_field(state, &cjson, name, text)?;
    }
    Ok(cjson)
}

fn setting(state: &mut LuaState) -> Native {
    Err(error(
        state,
        "lockstep: cjson works with its default settings, changing them is not modelled",
    ))
}
