//! Redisson's `RFencedLock`: redisson/redisson RedissonFencedLock.java (2026).

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Key;
use super::redisson_base::{Attempt, Patience, RENEW, lock_or_wait, start_watchdog, unlock_hash};
use crate::cx::{Arg, Cx, Grant, Lock, LockError, Script, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// `tryLockInnerAsync`: -1 and the token if it is held now, else how long (ms) it lives and -1.
const LOCK_AND_COUNT: Script = Script(include_str!("hash_lock_count.lua"));

/// `RLock` with a counter that every acquisition increments.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedissonFenced {
    key: Key,
    watchdog_timeout: Span<30_000>,
    retry: Retry,
    #[serde(skip)]
    me: Option<Token>,
}

impl RedissonFenced {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redisson-fenced",
        title: "Redisson's RFencedLock: RLock that hands out a number, counted in the script that locks",
        source: "redisson/redisson RedissonFencedLock.java",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("watchdog_timeout", "lockWatchdogTimeout, renewed every third of it: \"30s\""),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    async fn try_lock(&self, cx: &Cx, me: Token) -> Result<Attempt<i64>, LockError> {
        let counter = format!("redisson_lock_token:{{{}}}", &*self.key);
        let (keys, ttl): ([&dyn Arg; 2], _) = ([&self.key, &counter], *self.watchdog_timeout);
        let locked = cx.redis(0).eval(LOCK_AND_COUNT, &keys, &[&ttl, &me]).no_retry().await?;
        Ok(match &locked {
            Reply::Array(parts) => match parts[..] {
                [Reply::Int(-1), Reply::Int(token)] => Attempt::Held(token),
                [ref ttl, _] => Attempt::of(ttl, 0),
                _ => Attempt::Busy(None),
            },
            _ => Attempt::Busy(None),
        })
    }
}

impl Lock for RedissonFenced {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let me = *self.me.get_or_insert_with(|| cx.unique_token());
        // 1. HINCRBY, PEXPIRE and INCR of the token if nobody has it; else wait for the unlock of the other.
        let attempt = async || self.try_lock(cx, me).await;
        let patience = Patience::default();
        let token = lock_or_wait(cx, &self.key.channel(), patience, attempt).await?;
        // 2. Start the watchdog. The resource is to refuse lower tokens than one that it has seen.
        start_watchdog(cx, RENEW, (&self.key, 0), (me, *self.watchdog_timeout), false);
        Ok(Grant { fence: Some(token), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. HINCRBY -1; DEL and PUBLISH at 0. 4. Stop the watchdog.
        let Some(me) = self.me else { return Ok(()) };
        let ttl = *self.watchdog_timeout;
        unlock_hash(cx, (&self.key, 0), (me, ttl), Some(*self.watchdog_timeout)).await.map(|_| ())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
