//! Recipes for Redis.

pub mod redlock;
pub mod set_nx_px;
pub mod setnx;
pub mod setnx_expire;
pub mod watchdog;

use crate::cx::Script;

/// Deletes the key if it holds the token: 1 if it did, else 0.
const COMPARE_AND_DELETE: Script = Script(include_str!("compare_and_delete.lua"));
