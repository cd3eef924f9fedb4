//! Redisson's `RedissonFasterMultiLock`: redisson/redisson RedissonFasterMultiLock.java, FastMultilockTask.java (2026).

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Key;
use super::redisson_base::{Attempt, Patience, lock_or_wait, unlock, watch, watchdog};
use super::renewal::Renewal;
use crate::cx::{Arg, Cx, Grant, Instant, Lock, LockError, Script, Token};
use crate::json::{Problem, Section};
use crate::time::Micros;

const LOCK: Script = Script(include_str!("faster_lock.lua"));
const UNLOCK: Script = Script(include_str!("faster_unlock.lua"));
const RENEW: Script = Script(include_str!("faster_renew.lua"));

/// Several fields of one hash, taken in one script. Until when each is held says a deadline by the holder's wall
/// clock, which those who want it compare with their own.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedissonFasterMultiLock {
    group: Key,
    fields: Vec<String>,
    watchdog_timeout: Span<30_000>,
    lease: Option<Span<30_000>>,
    retry: Retry,
    #[serde(skip)]
    me: Option<Token>,
}

impl RedissonFasterMultiLock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redisson-faster-multi-lock",
        title: "Redisson's RedissonFasterMultiLock: fields of one hash in one script, with deadlines by the clients' clocks",
        source: "redisson/redisson RedissonFasterMultiLock.java",
        store: Store::Redis,
        params: &[
            (
                "group",
                "the hash's key; who asks for it wants at least one of the same fields: \"lock\"",
            ),
            ("fields", "what is locked in it: [\"a\", \"b\"]"),
            ("watchdog_timeout", "lockWatchdogTimeout, renewed every third of it: \"30s\""),
            ("lease", "leaseTime, in place of the watchdog: none"),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let mut lock: Self = section.to()?;
        if lock.fields.is_empty() {
            lock.fields = vec!["a".to_owned(), "b".to_owned()];
        }
        Ok(lock)
    }

    fn ttl(&self) -> Micros {
        self.lease.map_or(*self.watchdog_timeout, |lease| *lease)
    }

    async fn try_lock(&self, cx: &Cx, me: Token) -> Result<Attempt<Instant>, LockError> {
        let (asked_at, ttl, now) = (cx.now(), self.ttl(), cx.wall_clock_ms());
        let fields = self.fields.iter().map(|field| field as &dyn Arg);
        let args: Vec<&dyn Arg> = [&me as &dyn Arg, &ttl, &now].into_iter().chain(fields).collect();
        let locked = cx.redis(0).eval(LOCK, &[&self.group], &args).no_retry().await?;
        Ok(Attempt::of(&locked, asked_at + ttl))
    }
}

impl Lock for RedissonFasterMultiLock {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let me = *self.me.get_or_insert_with(|| cx.unique_token());
        // 1. Take all fields, if none is another's whose deadline is still to come; else wait for an unlock.
        let attempt = async || self.try_lock(cx, me).await;
        let patience = Patience::default();
        let until = lock_or_wait(cx, &self.group.channel(), patience, attempt).await?;
        // 2. Start the watchdog, unless the lease has an end: it sets the deadlines anew.
        if self.lease.is_none() {
            let (key, thread) = (self.group.clone(), cx.surroundings().thread);
            let renewal = Renewal::of(RENEW, key, (me, self.ttl()), thread);
            watch(cx, watchdog(cx, 0), Renewal { fields: self.fields.clone(), ..renewal });
        }
        Ok(Grant { until: self.lease.map(|_| until), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. Give all fields back whose deadline has not passed, and publish. 4. Stop the watchdog.
        let Some(me) = self.me else { return Ok(()) };
        let (ttl, now) = (self.ttl(), cx.wall_clock_ms());
        let fields = self.fields.iter().map(|field| field as &dyn Arg);
        let args: Vec<&dyn Arg> = [&me as &dyn Arg, &ttl, &now].into_iter().chain(fields).collect();
        let keys: &[&dyn Arg] = &[&self.group.channel()];
        unlock(cx, UNLOCK, (&self.group, 0, keys), &args, ttl).await.map(|_| ())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.group.to_string()
    }
}
