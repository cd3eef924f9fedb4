//! Recipes for Redis.

pub mod fenced;
pub mod keyspace_events;
pub mod laravel;
mod lives;
pub mod multi_lock;
mod ownership;
pub mod presence;
pub mod python_redis_lock;
mod python_redis_renewal;
mod quorum;
pub mod redis_py;
pub mod redis_semaphore;
pub mod redisson;
mod redisson_attempt;
mod redisson_base;
pub mod redisson_fair;
pub mod redisson_faster_multi_lock;
pub mod redisson_fenced;
pub mod redisson_multi_lock;
pub mod redisson_read_write;
pub mod redisson_redlock;
mod redisson_round;
pub mod redisson_spin;
pub mod redlock;
pub mod redlock_library;
mod redlock_round;
mod redlock_ways;
mod renewal;
pub mod replicated;
mod semaphore_set;
pub mod set_nx_px;
pub mod set_nx_px_watch;
pub mod setnx;
pub mod setnx_expire;
pub mod shedlock;
pub mod sherlock;
pub mod spring;
mod timeout;
pub mod timestamp;
pub mod watchdog;

use std::ops::Deref;

use serde::Deserialize;

use crate::cx::{Arg, Script};
use crate::store::redis::Bytes;
use lives::{Millis, Seconds, whole_in};

/// Deletes the key if it holds the token: 1 if it did, else 0.
const COMPARE_AND_DELETE: Script = Script(include_str!("compare_and_delete.lua"));

/// Sets a new time to live if the key holds the token: 1 if it did, else 0.
const COMPARE_AND_PEXPIRE: Script = Script(include_str!("compare_and_pexpire.lua"));

/// The same, but it creates the key if it is gone: `SET_LOCK_SCRIPT` of aioredlock 0.7.3.
const SET_IF_ABSENT_OR_MINE: Script = Script(include_str!("set_if_absent_or_mine.lua"));

/// The lock's key.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(transparent)]
pub struct Key(String);

impl Key {
    fn named(name: &str) -> Self {
        Self(name.to_owned())
    }

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
