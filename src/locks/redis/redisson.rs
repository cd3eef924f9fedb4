//! Redisson's `RLock`: redisson/redisson RedissonLock.java, RedissonBaseLock.java (2026).

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Key;
use super::redisson_attempt::{Defect, lock_once, sync};
use super::redisson_base::{Attempt, Patience, RENEW, lock_or_wait, start_watchdog, unlock_hash};
use crate::cx::{Cx, Grant, Instant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// A hash from the owner (client and thread) to how often it holds the lock, and a channel for those who wait.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Redisson {
    key: Key,
    watchdog_timeout: Span<30_000>,
    lease: Option<Span<30_000>>,
    wait: Option<Span<100>>,
    reenter: u8,
    plain_unlock: bool,
    poll: Option<Span<20>>,
    replicas: u32,
    sync_timeout: Span<1000>,
    defect: Defect,
    retry: Retry,
    #[serde(skip)]
    me: Option<Token>,
}

impl Redisson {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redisson",
        title: "Redisson's RLock: a reentrant hash with a watchdog; waiters subscribe to the unlock",
        source: "redisson/redisson RedissonLock.java, RedissonBaseLock.java",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("watchdog_timeout", "lockWatchdogTimeout, renewed every third of it: \"30s\""),
            ("lease", "leaseTime, in place of the watchdog: none"),
            ("wait", "waitTime, after which a waiter gives up: none"),
            ("reenter", "how often the holder locks again: 0"),
            ("plain_unlock", "whether it unlocks without a latch, as older versions did: false"),
            ("poll", "a waiter tries again after so long without a message: never"),
            (
                "replicas",
                "WAIT is asked for so many after the lock script, and if none has it, it is unlocked: 0",
            ),
            ("sync_timeout", "slavesSyncTimeout, how long WAIT waits for them: \"1s\""),
            Defect::ABOUT,
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    async fn try_lock(&self, cx: &Cx, me: Token) -> Result<Attempt<Instant>, LockError> {
        let (asked_at, ttl) = (cx.now(), self.lease.map_or(*self.watchdog_timeout, |lease| *lease));
        let locked = lock_once(cx, &self.key, (me, ttl), self.defect).await?;
        if locked == Reply::Nil && self.replicas > 0 {
            let (needed, within) = (self.defect != Defect::IgnoresUnsynced, *self.sync_timeout);
            sync(cx, &self.key, (me, ttl), (self.replicas, within), needed).await?;
        }
        Ok(Attempt::of(&locked, asked_at + ttl))
    }
}

impl Lock for Redisson {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let me = *self.me.get_or_insert_with(|| cx.unique_token());
        let patience = Patience {
            poll: self.poll.map(|poll| *poll),
            until: self.wait.map(|wait| cx.now() + *wait),
            ..self.defect.patience()
        };
        // 1. HINCRBY and PEXPIRE if nobody has it or I have it already; else wait for the unlock of the other.
        let attempt = async || self.try_lock(cx, me).await;
        let until = lock_or_wait(cx, &self.key.channel(), patience, attempt).await?;
        for _ in 0..self.reenter {
            self.try_lock(cx, me).await?;
        }
        // 2. Start the watchdog, unless the lease has an end.
        if self.lease.is_none() {
            let gives_up = self.defect == Defect::RenewalGivesUp;
            start_watchdog(cx, RENEW, (&self.key, 0), (me, *self.watchdog_timeout), gives_up);
        }
        Ok(Grant { until: self.lease.map(|_| until), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. HINCRBY -1; DEL and PUBLISH at 0. 4. Stop the watchdog then.
        let Some(me) = self.me else { return Ok(()) };
        let ttl = *self.watchdog_timeout;
        let latch = Some(ttl).filter(|_| !self.plain_unlock);
        for _ in 0..=self.reenter {
            unlock_hash(cx, (&self.key, 0), (me, ttl), latch).await?;
        }
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }

    /// `waitTime`, `leaseTime`, and how often.
    fn with_arguments_of(&self, other: &Self) -> Option<Self> {
        let (wait, lease, reenter) = (other.wait, other.lease, other.reenter);
        (self.key == other.key).then(|| Self { lease, wait, reenter, ..self.clone() })
    }
}
