//! Recipes for Redis.

pub mod fenced;
pub mod multi_lock;
pub mod python_redis_lock;
pub mod redis_py;
pub mod redisson_spin;
pub mod redlock;
pub mod redlock_library;
mod renewal;
pub mod set_nx_px;
pub mod setnx;
pub mod setnx_expire;
pub mod shedlock;
pub mod spring;
pub mod timestamp;
pub mod watchdog;

use std::ops::Deref;

use serde::Deserialize;

use crate::cx::{Arg, Script};
use crate::store::redis::Bytes;

/// Deletes the key if it holds the token: 1 if it did, else 0.
const COMPARE_AND_DELETE: Script = Script(include_str!("compare_and_delete.lua"));

/// The lock's key.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(transparent)]
pub struct Key(String);

impl Key {
    const ABOUT: (&'static str, &'static str) = ("key", "the lock's key: \"lock\"");
}

impl Default for Key {
    fn default() -> Self {
        Self("lock".to_owned())
    }
}

impl Deref for Key {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Arg for Key {
    fn arg(&self) -> Bytes {
        self.0.arg()
    }
}
