//! Several locks at once: Redisson's `RedissonMultiLock`, all or nothing, in the order of the list.

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::{COMPARE_AND_DELETE, Millis};
use crate::cx::{Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// One key after the other; what was set is removed again if one is not free.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MultiLock {
    keys: Vec<String>,
    ttl: Millis<30_000>,
    order: Order,
    retry: Retry,
    #[serde(skip)]
    token: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Order {
    #[default]
    AsListed,
    Opposite,
}

impl Default for MultiLock {
    fn default() -> Self {
        let keys = vec!["lock-a".to_owned(), "lock-b".to_owned()];
        let (ttl, order) = Default::default();
        Self { keys, ttl, order, retry: Retry::default(), token: None }
    }
}

impl MultiLock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "multi-lock",
        title: "several SET NX PX, all or nothing",
        source: "redisson/redisson RedissonMultiLock.java",
        store: Store::Redis,
        params: &[
            ("keys", "the locks' keys: [\"lock-a\", \"lock-b\"]"),
            ("ttl", "the keys' time to live: \"30s\""),
            ("order", "\"as-listed\", or \"opposite\" in every second process: \"as-listed\""),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let lock: Self = section.to()?;
        if lock.keys.is_empty() {
            return Err(section.field("keys")?.error("there is no key to lock"));
        }
        Ok(lock)
    }

    /// The keys in this client's order.
    fn in_order(&self, cx: &Cx) -> Vec<&String> {
        let second = cx.surroundings().process.ends_with(['2', '4', '6', '8', '0']);
        match self.order {
            Order::Opposite if second => self.keys.iter().rev().collect(),
            _ => self.keys.iter().collect(),
        }
    }

    async fn unlock(cx: &Cx, keys: &[&String], token: Token) -> Result<(), LockError> {
        for key in keys {
            cx.redis(0).eval(COMPARE_AND_DELETE, &[key], &[&token]).await?;
        }
        Ok(())
    }
}

impl Lock for MultiLock {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let token = cx.unique_token();
        let asked_at = cx.now();
        let keys = self.in_order(cx);
        for (number, key) in keys.iter().enumerate() {
            // 1. Set one key after the other.
            if !cx.redis(0).set(key, &token).nx().px(*self.ttl).await? {
                // 2. If one is not free, remove what was set, and begin again with the first.
                Self::unlock(cx, &keys[..number], token).await?;
                return Err(LockError::Busy);
            }
        }
        self.token = Some(token);
        Ok(Grant { until: Some(asked_at + *self.ttl), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. Remove all.
        let Some(token) = self.token.take() else { return Ok(()) };
        Self::unlock(cx, &self.in_order(cx), token).await
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.keys[0].clone()
    }
}
