//! SETNX, then EXPIRE: two commands, as in redis-py before 2.10 (redis/redis-py #554).

use serde::Deserialize;

use super::super::{About, Retry, Store, ms};
use crate::cx::{Cx, Grant, Lock, LockError};
use crate::json::{Duration, Problem, Section};
use crate::time::Micros;

/// A key that gets its time to live a moment later.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SetNxExpire {
    key: String,
    ttl: Duration,
    retry: Retry,
}

impl Default for SetNxExpire {
    fn default() -> Self {
        Self { key: "lock".to_owned(), ttl: ms(1000), retry: Retry::default() }
    }
}

impl SetNxExpire {
    /// What it is.
    pub const ABOUT: About = About {
        name: "setnx-expire",
        title: "SETNX and then EXPIRE: a crash between the two leaves the lock behind for ever",
        source: "redis/redis-py #554; laravel/horizon #1738",
        store: Store::Redis,
        params: &[
            ("key", "the lock's key: \"lock\""),
            ("ttl", "the key's time to live, sent in whole seconds: \"1s\""),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Lock for SetNxExpire {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let asked_at = cx.now();
        // 1. SETNX: 1 is held, 0 is somebody else's.
        if !cx.redis(0).setnx(&self.key, &1_i64).await? {
            return Err(LockError::Busy);
        }
        // 2. EXPIRE.
        cx.redis(0).expire(&self.key, self.ttl.0).await?;
        Ok(Grant { until: Some(asked_at + self.ttl.0), fence: None })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. DEL, whosever it is.
        cx.redis(0).del(&self.key).await?;
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.clone()
    }
}
