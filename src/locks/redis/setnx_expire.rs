//! SETNX, then EXPIRE: two commands, as in redis-py before 2.10 (redis/redis-py #554).

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::{Key, whole_in};
use crate::cx::{Cx, Grant, Lock, LockError};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// A key that gets its time to live a moment later.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SetNxExpire {
    key: Key,
    ttl: Span<30_000>,
    unit: Unit,
    repair: Repair,
    retry: Retry,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Unit {
    #[default]
    Seconds,
    Milliseconds,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Repair {
    #[default]
    None,
    Expire,
    ExpireNx,
    Setex,
}

impl SetNxExpire {
    /// What it is.
    pub const ABOUT: About = About {
        name: "setnx-expire",
        title: "SETNX and then EXPIRE: a crash between the two leaves the lock behind for ever",
        source: "redis/redis-py #554; laravel/horizon #1738; the repair: Carlson, Redis in Action, 6.2.5",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("ttl", "the key's time to live, sent in its `unit`: \"30s\""),
            ("unit", "\"seconds\" (EXPIRE), or \"milliseconds\" (PEXPIRE): \"seconds\""),
            (
                "repair",
                "what who is refused does if TTL tells of no time to live: \"none\"; \"expire\"; \"expire-nx\", which \
                 gives none to a key that has one by now; \"setex\", which creates a key that is gone: \"none\"",
            ),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let lock: Self = section.to()?;
        let (unit, name) = match lock.unit {
            Unit::Seconds => (1_000_000, "seconds"),
            Unit::Milliseconds => (1000, "milliseconds"),
        };
        // EXPIRE and PEXPIRE of 0 delete the key.
        whole_in(section, "ttl", *lock.ttl, unit, name)?;
        Ok(lock)
    }
}

impl Lock for SetNxExpire {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let (redis, asked_at) = (cx.redis(0), cx.now());
        // 1. SETNX: 1 is held, 0 is somebody else's.
        if redis.setnx(&self.key, &1_i64).await? {
            // 2. EXPIRE, or PEXPIRE.
            match self.unit {
                Unit::Seconds => redis.expire(&self.key, *self.ttl).await?,
                Unit::Milliseconds => redis.pexpire(&self.key, *self.ttl).await?,
            };
            return Ok(Grant { until: Some(asked_at + *self.ttl), ..Grant::default() });
        }
        // 3. If the holder did not come to do so, do it in its place. -2 is no key, -1 no time to live.
        if self.repair != Repair::None
            && matches!(redis.raw(&[&"TTL", &self.key]).await?, Reply::Int(..0))
        {
            let seconds = (self.ttl.as_ms() + 999) / 1000;
            match self.repair {
                Repair::Setex => redis.raw(&[&"SETEX", &self.key, &seconds, &1_i64]).await?,
                Repair::ExpireNx => redis.raw(&[&"EXPIRE", &self.key, &seconds, &"NX"]).await?,
                _ => redis.raw(&[&"EXPIRE", &self.key, &seconds]).await?,
            };
        }
        Err(LockError::Busy)
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 4. DEL, whosever it is.
        cx.redis(0).del(&self.key).await?;
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
