//! SETNX with a deadline in the value: <https://redis.io/docs/latest/commands/setnx/>, "Handling deadlocks".

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Key;
use crate::cx::{Cx, Grant, Lock, LockError};
use crate::store::redis::{Bytes, Reply};
use crate::time::Micros;

/// A key that holds the time (ms, by its holder's wall clock) until which it counts.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Timestamp {
    key: Key,
    timeout: Span<30_000>,
    takeover: Takeover,
    release: Release,
    retry: Retry,
    #[serde(skip)]
    deadline: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Takeover {
    Del,
    #[default]
    Getset,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Release {
    #[default]
    InTime,
    Always,
}

impl Timestamp {
    /// What it is.
    pub const ABOUT: About = About {
        name: "timestamp",
        title: "SETNX of a deadline by one's own wall clock; whoever finds it passed takes over",
        source: "https://redis.io/docs/latest/commands/setnx/ (handling deadlocks)",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("timeout", "how far away the deadline is: \"30s\""),
            (
                "takeover",
                "by \"getset\", or by \"del\" and SETNX, which the page warns of: \"getset\"",
            ),
            ("release", "DEL \"in-time\" only, or \"always\", whosever it is: \"in-time\""),
            Retry::ABOUT,
        ],
    };

    from_its_fields!();
}

/// Whether a value is a deadline that has passed.
fn passed(value: &Bytes, now: i64) -> bool {
    value.to_text().parse().is_ok_and(|deadline: i64| deadline < now)
}

impl Lock for Timestamp {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let (redis, now, asked_at) = (cx.redis(0), cx.wall_clock_ms(), cx.now());
        let deadline = now + self.timeout.as_ms() + 1;
        // 1. SETNX key now + timeout + 1: 1 is held.
        let mut held = redis.setnx(&self.key, &deadline).await?;
        if !held {
            // 2. GET: a deadline that has not passed is somebody's.
            match redis.get(&self.key).await? {
                Some(value) if passed(&value, cx.wall_clock_ms()) => {}
                _ => return Err(LockError::Busy),
            }
            held = match self.takeover {
                // 3. GETSET: who gets a deadline that has passed is the first, and holds the lock.
                Takeover::Getset => match redis.raw(&[&"GETSET", &self.key, &deadline]).await? {
                    Reply::Bulk(value) => passed(&value, now),
                    _ => true,
                },
                // ... or, wrongly, remove whatever is there by now.
                Takeover::Del => {
                    redis.del(&self.key).await?;
                    redis.setnx(&self.key, &deadline).await?
                }
            };
        }
        if !held {
            return Err(LockError::Busy);
        }
        self.deadline = deadline;
        Ok(Grant { until: Some(asked_at + *self.timeout), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 4. DEL, unless one's own deadline has passed: then it may be somebody else's.
        if self.release == Release::InTime && cx.wall_clock_ms() > self.deadline {
            return Err(LockError::Lost);
        }
        cx.redis(0).del(&self.key).await?;
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }

    counts_for_its!(timeout);
}
