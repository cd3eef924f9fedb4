//! The libraries that Redis gives to scripts beside Lua's own.

pub(super) mod bit;
pub(super) mod cjson;
pub(super) mod cmsgpack;
mod matching;
pub(super) mod math;
mod pattern;
pub(super) mod redis;
pub(super) mod structs;
pub(super) mod text;
