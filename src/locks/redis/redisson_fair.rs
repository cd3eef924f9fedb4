//! Redisson's `RFairLock`: redisson/redisson RedissonFairLock.java (2026).

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Key;
use super::redisson_base::{Attempt, Patience, RENEW, lock_or_wait, start_watchdog, unlock};
use crate::cx::{Arg, Cx, Grant, Lock, LockError, Script, Token};
use crate::time::Micros;

/// `tryLockInnerAsync`: nil if it is held now, else for how long (ms) to wait.
const LOCK: Script = Script(include_str!("fair_lock.lua"));

/// `unlockInnerAsync`: 1 if it is free now, 0 if it is held once less, nil if it was not mine.
const UNLOCK: Script = Script(include_str!("fair_unlock.lua"));

/// The hash of `RLock`, a line of those who wait, and a channel for each of them.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedissonFair {
    key: Key,
    watchdog_timeout: Span<30_000>,
    thread_wait: Span<300_000>,
    defect: Defect,
    retry: Retry,
    #[serde(skip)]
    me: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Defect {
    #[default]
    None,
    EvictsLiveWaiters,
}

impl RedissonFair {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redisson-fair",
        title: "Redisson's RFairLock: who waits stands in line, and is called on a channel of its own",
        source: "redisson/redisson RedissonFairLock.java",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("watchdog_timeout", "lockWatchdogTimeout, renewed every third of it: \"30s\""),
            ("thread_wait", "fairLockWaitTimeout: how long one in line is waited for: \"5m\""),
            (
                "defect",
                "\"none\": who waits says so every third of thread_wait; \"evicts-live-waiters\": nobody says so, \
                 and who has waited for longer is taken out of the line (#3004): \"none\"",
            ),
            Retry::ABOUT,
        ],
    };

    from_its_fields!();

    fn names(&self) -> [String; 3] {
        let key = &*self.key;
        [
            key.to_owned(),
            format!("redisson_lock_queue:{{{key}}}"),
            format!("redisson_lock_timeout:{{{key}}}"),
        ]
    }

    async fn try_lock(&self, cx: &Cx, me: Token) -> Result<Attempt<()>, LockError> {
        let (now, ttl) = (cx.wall_clock_ms(), *self.watchdog_timeout);
        let beats = if self.defect == Defect::None { "heartbeat" } else { "" };
        let [lock, line, times] = &self.names();
        let args: [&dyn Arg; 5] = [&ttl, &me, &*self.thread_wait, &now, &beats];
        let locked = cx.redis(0).eval(LOCK, &[lock, line, times], &args).no_retry().await?;
        Ok(Attempt::of(&locked, ()))
    }
}

impl Lock for RedissonFair {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let me = *self.me.get_or_insert_with(|| cx.unique_token());
        let third = Micros((*self.thread_wait).0 / 3);
        let poll = (self.defect == Defect::None).then_some(third);
        let patience = Patience { poll, ..Patience::default() };
        // 1. Stand in line, and lock when nobody stands before me; until then wait to be called.
        let channel = format!("{}:{me}", self.key.channel());
        let attempt = async || self.try_lock(cx, me).await;
        lock_or_wait(cx, &channel, patience, attempt).await?;
        // 2. Start the watchdog.
        start_watchdog(cx, RENEW, (&self.key, 0), (me, *self.watchdog_timeout), false);
        Ok(Grant::default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. HINCRBY -1; at 0 DEL, and PUBLISH to the first in line. 4. Stop the watchdog.
        let Some(me) = self.me else { return Ok(()) };
        let (now, [_, line, times]) = (cx.wall_clock_ms(), &self.names());
        let args: [&dyn Arg; 4] = [&me, &*self.watchdog_timeout, &now, &self.key.channel()];
        let keys: [&dyn Arg; 2] = [line, times];
        unlock(cx, UNLOCK, (&self.key, 0, &keys), &args, *self.watchdog_timeout).await.map(|_| ())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }

    fn places(&self) -> Vec<String> {
        self.names().to_vec()
    }

    stands_in_a_queue!();
    counts_for_its!(thread_wait);
}
