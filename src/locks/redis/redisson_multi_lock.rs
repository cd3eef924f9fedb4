//! Redisson's `RedissonMultiLock`: redisson/redisson RedissonMultiLock.java (2026).

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Key;
use super::redisson_round::{lock_all, unlock_all};
use crate::cx::{Cx, Grant, Lock, LockError, Token};
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
    base_wait: Span<3000>,
    random_wait: bool,
    watchdog_timeout: Span<30_000>,
    lease: Option<Span<30_000>>,
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
            ("base_wait", "how long one round waits for all of them, 1500 ms for each: \"3s\""),
            ("random_wait", "whether a round waits so long or twice as long, drawn: false"),
            ("watchdog_timeout", "lockWatchdogTimeout, renewed every third of it: \"30s\""),
            ("lease", "leaseTime, in place of the watchdog: none"),
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
}

impl Lock for RedissonMultiLock {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let me = *self.me.get_or_insert_with(|| cx.unique_token());
        let mut lease = cx.looping(self.lease.map(|lease| *lease));
        loop {
            cx.turn(&mut lease).await;
            // 1. A round ends after the base wait, or twice that. 2. What is had on the way lives for twice the wait.
            let more = if self.random_wait { cx.delay(2).await } else { 0 };
            let wait = Micros((*self.base_wait).0 * i64::from(1 + more));
            let ttl = lease.map(|_| Micros(wait.0 * 2));
            let keys = self.in_order(cx);
            let times = (ttl, *self.watchdog_timeout);
            if lock_all(cx, &keys, me, cx.now() + wait, times).await? {
                break;
            }
            let unit = if self.converts_unit_every_round { 1000 } else { 1 };
            *lease = lease.map(|lease| Micros(lease.0.saturating_mul(unit).min(LONGEST.0)));
        }
        // 4. All are held: give them the lease, whoever's they are now.
        let (asked_at, Some(lease)) = (cx.now(), *lease) else { return Ok(Grant::default()) };
        for key in &self.keys {
            cx.redis(0).pexpire(key, lease).await?;
        }
        Ok(Grant { until: Some(asked_at + lease), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 5. Unlock all.
        let Some(me) = self.me else { return Ok(()) };
        unlock_all(cx, &self.in_order(cx), me, *self.watchdog_timeout).await
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.keys[0].to_string()
    }
}
