//! Recipes for Redis.

pub mod fenced;
pub mod multi_lock;
mod ownership;
pub mod python_redis_lock;
pub mod redis_py;
pub mod redisson_spin;
pub mod redlock;
pub mod redlock_library;
mod renewal;
pub mod replicated;
pub mod set_nx_px;
pub mod setnx;
pub mod setnx_expire;
pub mod shedlock;
pub mod spring;
pub mod timestamp;
pub mod watchdog;

use std::ops::Deref;

use serde::Deserialize;

use crate::cx::{Arg, Cx, Script, Token};
use crate::store::redis::Bytes;
use crate::time::Micros;

/// Deletes the key if it holds the token: 1 if it did, else 0.
const COMPARE_AND_DELETE: Script = Script(include_str!("compare_and_delete.lua"));

/// Removes the key from all servers on which it holds the token.
async fn unlock_all(cx: &Cx, key: &Key, token: Token, within: Option<Micros>) {
    let unlock = |node| {
        let unlock = cx.redis(node).eval(COMPARE_AND_DELETE, &[key], &[&token]);
        match within {
            Some(within) => unlock.within(within),
            None => unlock,
        }
    };
    cx.join((0..cx.redis_nodes()).map(unlock).collect()).await;
}

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
