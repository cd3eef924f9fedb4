//! `ShedLock`: <https://github.com/lukas-krecan/ShedLock>, "at most once at the same time", its Redis provider.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::{COMPARE_AND_DELETE, COMPARE_AND_PEXPIRE, Key, Millis};
use crate::cx::{Cx, Grant, Instant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// A key that stays for at most, and at least, so long.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShedLock {
    key: Key,
    at_most: Millis<30_000>,
    at_least: Span<0>,
    unlock: Unlock,
    retry: Retry,
    #[serde(skip)]
    locked: Option<(Token, Instant)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Unlock {
    Del,
    #[default]
    CompareAndDelete,
}

impl ShedLock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "shedlock",
        title: "SET NX PX for scheduled tasks: locked for at most and at least so long",
        source: "https://github.com/lukas-krecan/ShedLock (RedisLockProvider)",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("at_most", "lockAtMostFor, the key's time to live: \"30s\""),
            ("at_least", "lockAtLeastFor, also after a shorter task: \"0ms\""),
            (
                "unlock",
                "\"del\" whosever it is, or \"compare-and-delete\", its safeUpdate: \"compare-and-delete\"",
            ),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Lock for ShedLock {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. SET key host NX PX lockAtMostFor; a task that is refused is skipped.
        let (host, locked_at) = (cx.unique_token(), cx.now());
        if !cx.redis(0).set(&self.key, &host).nx().px(*self.at_most).await? {
            return Err(LockError::Busy);
        }
        self.locked = Some((host, locked_at));
        Ok(Grant { until: Some(locked_at + *self.at_most), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 2. Keep the key for the rest of lockAtLeastFor, or delete it if that is over.
        let (redis, key) = (cx.redis(0), &self.key);
        let Some((host, locked_at)) = self.locked.take() else { return Ok(()) };
        let rest = cx.until(locked_at + *self.at_least);
        let (keep, safe) = (rest.as_ms() > 0, self.unlock == Unlock::CompareAndDelete);
        let reply = match (keep, safe) {
            (true, true) => redis.eval(COMPARE_AND_PEXPIRE, &[key], &[&host, &rest]).await?,
            (true, false) => redis.raw(&[&"SET", key, &host, &"XX", &"PX", &rest]).await?,
            (false, true) => redis.eval(COMPARE_AND_DELETE, &[key], &[&host]).await?,
            (false, false) => redis.raw(&[&"DEL", key]).await?,
        };
        if matches!(reply, Reply::Int(0) | Reply::Nil) { Err(LockError::Lost) } else { Ok(()) }
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
