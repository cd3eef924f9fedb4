//! Redisson's `RedissonMultiLock`: redisson/redisson RedissonMultiLock.java (2026).

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Key;
use super::redisson_base::{
    Attempt, LOCK, Patience, RENEW, UNLOCK, lock_or_wait, start_watchdog, unlock,
};
use crate::cx::{Cx, Grant, Instant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// Longer than that nobody can wait, and not so long that Redis refuses it.
const LONGEST: Micros = Micros::from_ms(1 << 50);

/// Several `RLock`s, one after the other, all or nothing.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedissonMultiLock {
    keys: Vec<Key>,
    opposite: bool,
    base_wait: Span<100>,
    random_wait: bool,
    watchdog_timeout: Span<300>,
    lease: Option<Span<300>>,
    latch: Span<500>,
    converts_unit_every_round: bool,
    retry: Retry,
    #[serde(skip)]
    me: Option<Token>,
}

impl RedissonMultiLock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redisson-multi-lock",
        title: "Redisson's RedissonMultiLock: several RLocks, all or nothing, again and again",
        source: "redisson/redisson RedissonMultiLock.java",
        store: Store::Redis,
        params: &[
            ("keys", "the locks' keys: [\"lock-a\", \"lock-b\"]"),
            (
                "opposite",
                "whether every second process locks them from the last to the first: false",
            ),
            ("base_wait", "how long one round waits for all of them: \"100ms\""),
            ("random_wait", "whether a round waits so long or twice as long, drawn: false"),
            ("watchdog_timeout", "lockWatchdogTimeout, renewed every third of it: \"300ms\""),
            ("lease", "leaseTime, in place of the watchdog: none"),
            ("latch", "how long an unlock remembers its answer for a repetition: \"500ms\""),
            ("converts_unit_every_round", "the defect of a lease that grows a thousandfold: false"),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let mut lock: Self = section.to()?;
        if lock.keys.is_empty() {
            lock.keys = vec![Key::named("lock-a"), Key::named("lock-b")];
        }
        Ok(lock)
    }

    /// The keys in this client's order, with their places in the list.
    fn in_order(&self, cx: &Cx) -> Vec<(usize, &Key)> {
        let second = cx.surroundings().process.ends_with(['2', '4', '6', '8', '0']);
        let mut keys: Vec<(usize, &Key)> = self.keys.iter().enumerate().collect();
        if self.opposite && second {
            keys.reverse();
        }
        keys
    }

    async fn unlock(&self, cx: &Cx, keys: &[(usize, &Key)], me: Token) -> Result<(), LockError> {
        for &(number, key) in keys {
            let (channel, ttl) = (key.channel(), *self.watchdog_timeout);
            unlock(cx, UNLOCK, (key, number, &[&channel]), &[&me, &ttl], *self.latch).await?;
        }
        Ok(())
    }

    /// One round: whether all are held.
    async fn round(
        &self,
        cx: &Cx,
        me: Token,
        until: Instant,
        lease: Option<Micros>,
    ) -> Result<bool, LockError> {
        let (keys, ttl) = (self.in_order(cx), lease.unwrap_or(*self.watchdog_timeout));
        let patience = Patience { until: Some(until), ..Patience::default() };
        for (place, &(number, key)) in keys.iter().enumerate() {
            // 3. Lock one after the other.
            let attempt = async || {
                let locked = cx.redis(0).eval(LOCK, &[key], &[&me, &ttl]).no_retry().await?;
                Ok(Attempt::of(&locked, ()))
            };
            if lock_or_wait(cx, &key.channel(), patience, attempt).await.is_err() {
                // 4. One is missing: unlock all, and begin again with the first.
                self.unlock(cx, &keys[..place], me).await?;
                return Ok(false);
            }
            if lease.is_none() {
                start_watchdog(cx, RENEW, (key, number), (me, ttl), false);
            }
        }
        Ok(true)
    }
}

impl Lock for RedissonMultiLock {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let me = *self.me.get_or_insert_with(|| cx.unique_token());
        let mut lease = cx.looping(self.lease.map(|lease| *lease));
        loop {
            cx.turn(&mut lease).await;
            // 1. A round ends after the base wait, or twice that. 2. What is had on the way lives for twice the wait.
            let more = if self.random_wait { cx.draw(2).await } else { 0 };
            let wait = Micros((*self.base_wait).0 * i64::from(1 + more));
            let ttl = lease.map(|_| Micros(wait.0 * 2));
            if self.round(cx, me, cx.now() + wait, ttl).await? {
                break;
            }
            let unit = if self.converts_unit_every_round { 1000 } else { 1 };
            *lease = lease.map(|lease| Micros(lease.0.saturating_mul(unit).min(LONGEST.0)));
        }
        // 5. All are held: give them the lease, whoever's they are now.
        let (asked_at, Some(lease)) = (cx.now(), *lease) else { return Ok(Grant::default()) };
        for key in &self.keys {
            cx.redis(0).pexpire(key, lease).await?;
        }
        Ok(Grant { until: Some(asked_at + lease), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 5. Unlock all.
        let Some(me) = self.me else { return Ok(()) };
        self.unlock(cx, &self.in_order(cx), me).await
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.keys[0].to_string()
    }
}
