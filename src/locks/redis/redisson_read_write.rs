//! Redisson's `RReadWriteLock`: redisson/redisson RedissonReadLock.java, RedissonWriteLock.java (2026).

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Key;
use super::redisson_base::{Attempt, Patience, lock_or_wait, start_watchdog, unlock};
use crate::cx::{Arg, Cx, Grant, Instant, Lock, LockError, Script, Token};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// `tryLockInnerAsync` of either lock (nil if it is held now, else how long (ms) it lives), `unlockInnerAsync` and
/// `renewExpirationAsync` of both.
const READ: Script = Script(include_str!("rw_read_lock.lua"));
const WRITE: Script = Script(include_str!("rw_write_lock.lua"));
const UNLOCK: Script = Script(include_str!("rw_unlock.lua"));
const RENEW: Script = Script(include_str!("rw_renew.lua"));

/// A hash with a mode, and a key for every hold of a reader.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedissonReadWrite {
    key: Key,
    role: Role,
    watchdog_timeout: Span<30_000>,
    lease: Option<Span<30_000>>,
    writers_first: bool,
    shrinks_lease: bool,
    retry: Retry,
    #[serde(skip)]
    me: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Role {
    Read,
    #[default]
    Write,
}

impl RedissonReadWrite {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redisson-read-write",
        title: "Redisson's RReadWriteLock: readers share a hash that has a mode",
        source: "redisson/redisson RedissonReadLock.java, RedissonWriteLock.java",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("role", "\"read\" or \"write\": \"write\""),
            ("watchdog_timeout", "lockWatchdogTimeout, renewed every third of it: \"30s\""),
            ("lease", "leaseTime, in place of the watchdog: none"),
            ("writers_first", "whether new readers make way for a writer that waits: false"),
            (
                "shrinks_lease",
                "the defect of a reader that shortens that of the others (#2144): false",
            ),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    fn channel(&self) -> String {
        format!("redisson_rwlock:{{{}}}", &*self.key)
    }

    fn holds(&self, me: Token) -> String {
        format!("{{{}}}:{me}:rwlock_timeout", &*self.key)
    }

    async fn try_lock(&self, cx: &Cx, me: Token) -> Result<Attempt<Instant>, LockError> {
        let (asked_at, ttl) = (cx.now(), self.lease.map_or(*self.watchdog_timeout, |lease| *lease));
        let (script, word) = match self.role {
            Role::Write => (WRITE, if self.writers_first { "intent" } else { "" }),
            Role::Read => (READ, if self.shrinks_lease { "shrinks-lease" } else { "" }),
        };
        let (holds, intent) = (self.holds(me), format!("{}:intent", self.channel()));
        let keys: [&dyn Arg; 3] = [&self.key, &holds, &intent];
        let locked = cx.redis(0).eval(script, &keys, &[&ttl, &me, &word]).no_retry().await?;
        Ok(Attempt::of(&locked, asked_at + ttl))
    }
}

impl Lock for RedissonReadWrite {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let me = *self.me.get_or_insert_with(|| cx.unique_token());
        // 1. Read: unless a writer has it. Write: if nobody has it, or I have it to write. Else wait for a message.
        let attempt = async || self.try_lock(cx, me).await;
        let until = lock_or_wait(cx, &self.channel(), Patience::default(), attempt).await?;
        // 2. Start the watchdog, unless the lease has an end.
        if self.lease.is_none() {
            start_watchdog(cx, RENEW, (&self.key, 0), (me, *self.watchdog_timeout), false);
        }
        let (until, shared) = (self.lease.map(|_| until), self.role == Role::Read);
        Ok(Grant { until, shared, ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. Take my hold away; the last one deletes the hash and publishes. 4. Stop the watchdog.
        let Some(me) = self.me else { return Ok(()) };
        let name = if self.role == Role::Read { me.to_string() } else { format!("{me}:write") };
        let (channel, holds, all) = (self.channel(), self.holds(me), format!("{{{}}}", &*self.key));
        let keys: [&dyn Arg; 2] = [&channel, &holds];
        let args: [&dyn Arg; 3] = [&name, &*self.watchdog_timeout, &all];
        unlock(cx, UNLOCK, (&self.key, 0, &keys), &args, *self.watchdog_timeout).await.map(|_| ())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
