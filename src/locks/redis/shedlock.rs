//! `ShedLock`: <https://github.com/lukas-krecan/ShedLock>, "at most once at the same time", its Redis provider.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Key;
use crate::cx::{Cx, Grant, Instant, Lock, LockError};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// A key that stays for at most, and at least, so long.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShedLock {
    key: Key,
    at_most: Span<200>,
    at_least: Span<0>,
    retry: Retry,
    #[serde(skip)]
    locked_at: Option<Instant>,
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
            ("at_most", "lockAtMostFor, the key's time to live: \"200ms\""),
            ("at_least", "lockAtLeastFor, also after a shorter task: \"0ms\""),
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
        let locked_at = cx.now();
        let host = &cx.surroundings().process;
        if !cx.redis(0).set(&self.key, host).nx().px(*self.at_most).await? {
            return Err(LockError::Busy);
        }
        self.locked_at = Some(locked_at);
        Ok(Grant { until: Some(locked_at + *self.at_most), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 2. Keep the key for the rest of lockAtLeastFor, or delete it if that is over.
        let Some(locked_at) = self.locked_at.take() else { return Ok(()) };
        let rest = cx.until(locked_at + *self.at_least);
        if rest.as_ms() > 0 {
            let host = &cx.surroundings().process;
            cx.redis(0).raw(&[&"SET", &self.key, host, &"XX", &"PX", &rest]).await?;
        } else {
            cx.redis(0).del(&self.key).await?;
        }
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
