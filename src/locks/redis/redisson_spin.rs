//! Redisson's `RSpinLock`: the hash of `RLock`, polled with a growing backoff instead of pub/sub.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store, lost};
use super::Key;
use super::renewal::{Renewal, WATCHDOG};
use crate::cx::{Arg, Cx, Grant, Lock, LockError, Script, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// `tryLockInnerAsync`: nil if it is held now, else how long (ms) it lives.
const LOCK: Script = Script(include_str!("hash_lock.lua"));

/// `unlockInnerAsync`: 1 if it is free now, 0 if it is held once less, nil if it was not mine.
const UNLOCK: Script = Script(include_str!("hash_unlock.lua"));

/// `renewExpirationAsync`: 1 if it was mine.
const RENEW: Script = Script(include_str!("hash_renew.lua"));

/// A hash from the owner to how often it holds the lock.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedissonSpin {
    key: Key,
    watchdog_timeout: Span<30_000>,
    longest_backoff: Span<128>,
    retry: Retry,
    #[serde(skip)]
    me: Option<Token>,
}

impl RedissonSpin {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redisson-spin",
        title: "Redisson's reentrant hash with a watchdog, polled with a growing backoff",
        source: "redisson/redisson RedissonSpinLock.java, RedissonLock.java",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("watchdog_timeout", "lockWatchdogTimeout, renewed every third of it: \"30s\""),
            ("longest_backoff", "the sleeps double from 1 ms up to this: \"128ms\""),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Lock for RedissonSpin {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // The client's UUID and the thread's number.
        let me = *self.me.get_or_insert_with(|| cx.unique_token());
        let (thread, ttl) = (cx.surroundings().thread, *self.watchdog_timeout);
        let mut backoff = cx.looping(Micros::from_ms(1));
        loop {
            cx.turn(&mut backoff).await;
            // 1. HINCRBY and PEXPIRE if nobody has it, or if I have it already.
            if cx.redis(0).eval(LOCK, &[&self.key], &[&ttl, &me]).await? == Reply::Nil {
                break;
            }
            // 2. Sleep, each time twice as long.
            cx.sleep(*backoff).await;
            *backoff = Micros(backoff.0 * 2).min(*self.longest_backoff);
        }
        // 3. Start the watchdog.
        lost(cx, thread).set(false);
        let renewal = Renewal::of(RENEW, self.key.clone(), (me, ttl), thread).ttl_first();
        cx.spawn(WATCHDOG + thread, renewal);
        Ok(Grant::default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 4. HINCRBY -1, DEL at 0. The latch remembers the answer, should the call be repeated.
        let Some(me) = self.me else { return Ok(()) };
        let latch = format!("redisson_unlock_latch:{{{}}}:{}", &*self.key, cx.unique_token());
        let args: [&dyn Arg; 3] = [&me, &*self.watchdog_timeout, &Micros::from_ms(1000)];
        let mut tries = cx.looping(0_u8);
        let unlocked = loop {
            cx.turn(&mut tries).await;
            let unlocked = cx.redis(0).eval(UNLOCK, &[&self.key, &latch], &args).await;
            *tries += 1;
            match unlocked {
                Err(error) if error.outcome_unknown() && *tries < 3 => {}
                unlocked => break unlocked,
            }
        };
        // 5. Stop the watchdog, forget the latch.
        cx.interrupt(WATCHDOG + cx.surroundings().thread);
        let freed = unlocked?;
        cx.redis(0).del(&latch).await?;
        if freed == Reply::Nil { Err(LockError::Lost) } else { Ok(()) }
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
