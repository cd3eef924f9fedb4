//! The libraries that Redis gives to scripts beside Lua's own.

pub(super) mod bit;
pub(super) mod cjson;
pub(super) mod cmsgpack;
mod matching;
pub(super) mod math;
mod pattern;
pub(crate) mod redis;
pub(super) mod structs;
pub(crate) mod text;
pub(super) mod tonumber;
pub(super) mod whole;
