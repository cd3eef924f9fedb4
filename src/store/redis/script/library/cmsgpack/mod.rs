//! The table `cmsgpack` (lua-cmsgpack 0.4.0).
//!
//! Source: github.com/antirez/lua-cmsgpack, README; the format itself: github.com/msgpack/msgpack, spec.md.

mod pack;
mod unpack;

use lua_types::error::LuaError;
use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::super::native::{library, set_field, string};

/// Makes the table.
pub(in super::super) fn make(state: &mut LuaState) -> Result<LuaValue, LuaError> {
    let cmsgpack = library(
        state,
        &[
            ("pack", pack::pack),
            ("unpack", unpack::unpack),
            ("unpack_one", unpack::unpack_one),
            ("unpack_limit", unpack::unpack_limit),
        ],
    )?;
    for (name, text) in [("_NAME", "cmsgpack"), ("_VERSION", "lua-cmsgpack 0.4.0")] {
        let text = string(state, text.as_bytes())?;
        set_field(state, &cmsgpack, name, text)?;
    }
    Ok(cmsgpack)
}
