//! SET NX PX, released by a client that looks before it deletes: redis-py before 3.0, redis/redis-py PR #1031.

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::{Key, Millis};
use crate::cx::{Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// A key with a time to live, and a client that compares in its place.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SetNxPxWatch {
    key: Key,
    ttl: Millis<30_000>,
    release: Release,
    retry: Retry,
    #[serde(skip)]
    token: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Release {
    #[default]
    WatchMultiExec,
    WatchDel,
    GetDel,
}

impl SetNxPxWatch {
    /// What it is.
    pub const ABOUT: About = About {
        name: "set-nx-px-watch",
        title: "SET NX PX with a unique token, which the client compares before it deletes",
        source: "https://redis.io/docs/latest/develop/interact/transactions/; redis/redis-py PR #1031",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("ttl", "the key's time to live: \"30s\""),
            (
                "release",
                "\"watch-multi-exec\": DEL in a transaction; \"watch-del\": WATCH, but no transaction for it to \
                 stop; \"get-del\": neither: \"watch-multi-exec\"",
            ),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Lock for SetNxPxWatch {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. SET key token NX PX ttl.
        let token = cx.unique_token();
        let asked_at = cx.now();
        if !cx.redis(0).set(&self.key, &token).nx().px(*self.ttl).await? {
            return Err(LockError::Busy);
        }
        self.token = Some(token);
        Ok(Grant { until: Some(asked_at + *self.ttl), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        let (redis, key) = (cx.redis(0), &self.key);
        let Some(token) = self.token.take() else { return Ok(()) };
        // 2. WATCH key: what happens to it from here on is noticed by EXEC.
        if self.release != Release::GetDel {
            redis.watch(key).await?;
        }
        // 3. GET key: is it mine?
        if redis.get(key).await? != Some(token.text()) {
            if self.release != Release::GetDel {
                redis.unwatch().await?;
            }
            return Err(LockError::Lost);
        }
        // 4. MULTI, DEL key, EXEC: nil if the key has changed; or, wrongly, DEL whatever is there by now.
        let removed = if self.release == Release::WatchMultiExec {
            redis.multi().await?;
            redis.del(key).await?;
            redis.exec().await?.is_some()
        } else {
            let removed = redis.del(key).await? == 1;
            if self.release == Release::WatchDel {
                redis.unwatch().await?;
            }
            removed
        };
        if removed { Ok(()) } else { Err(LockError::Lost) }
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
