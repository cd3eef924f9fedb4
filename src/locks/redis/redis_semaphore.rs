//! A counting semaphore in a sorted set: npm redis-semaphore; Carlson, Redis in Action, 6.3.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store, lost};
use super::Key;
use super::renewal::stop;
use super::semaphore_set::{Clock, Count, Permits};
use crate::cx::{Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// Each holder is a member, whose score says when it came; whoever came too long ago is removed by the next one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedisSemaphore {
    key: Key,
    limit: Option<u32>,
    permits: Option<u32>,
    timeout: Span<10_000>,
    refresh: Option<Span<8_000>>,
    clock: Clock,
    count: Count,
    retry: Retry,
    #[serde(skip)]
    member: Option<Token>,
}

impl RedisSemaphore {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redis-semaphore",
        title: "a counting semaphore: a sorted set of those who have a permit, by the time at which they came",
        source: "npm redis-semaphore (Semaphore); Carlson, Redis in Action, 6.3 (counting semaphores)",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("limit", "how many permits there are: 1"),
            ("permits", "how many each takes at once, as a MultiSemaphore: one, as a Semaphore"),
            ("timeout", "lockTimeout: for how long a permit is good, without a refresh: \"10s\""),
            ("refresh", "after so long, again and again, a holder refreshes its permit: never"),
            (
                "clock",
                "whose clock dates the permits: the \"client\"'s, or with TIME in the script the \"server\"'s: \"client\"",
            ),
            (
                "count",
                "\"in-the-script\" that adds, or in a command before: count, \"then-add\": \"in-the-script\"",
            ),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let lock: Self = section.to()?;
        if lock.permits.is_some() && (lock.clock, lock.count) != Default::default() {
            return Err(section.field("permits")?.error("clock and count are a Semaphore's only"));
        }
        Ok(lock)
    }

    fn permits(&self, member: Token) -> Permits {
        let (limit, several) = (i64::from(self.limit.unwrap_or(1)), self.permits.map(i64::from));
        let (key, timeout) = (self.key.clone(), *self.timeout);
        Permits { key, limit, several, timeout, clock: self.clock, count: self.count, member }
    }
}

impl Lock for RedisSemaphore {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let (member, asked_at) = (cx.unique_token(), cx.now());
        // 1. Remove whoever has been there for too long; if fewer than the limit are left, add oneself.
        if !self.permits(member).add(cx).await? {
            return Err(LockError::Busy);
        }
        self.member = Some(member);
        let until = asked_at + *self.timeout;
        // 2. Refresh it, if one does.
        match self.refresh {
            Some(every) => Ok(self.permits(member).keep(cx, *every, until)),
            None => Ok(Grant { until: Some(until), ..Grant::default() }),
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        stop(cx);
        let Some(member) = self.member.take() else { return Ok(()) };
        // 3. Remove oneself, unless it is known that one is not there.
        if self.refresh.is_some() && lost(cx, cx.surroundings().thread).get() {
            return Err(LockError::Lost);
        }
        match self.permits(member).remove(cx).await? {
            Reply::Int(0) => Err(LockError::Lost),
            _ => Ok(()),
        }
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    counts_for_its!(timeout);

    fn place(&self) -> String {
        self.key.to_string()
    }
}
