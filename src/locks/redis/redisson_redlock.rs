//! Redisson's `RedissonRedLock`: `RedissonMultiLock.tryLock(0, leaseTime)` that lets a minority fail.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Key;
use super::quorum::within;
use crate::cx::{Cx, Grant, Lock, LockError, Script, Token};
use crate::json::{Duration, Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// `tryLockInnerAsync` of each lock: nil if it is held now, else how long (ms) it lives.
const LOCK: Script = Script(include_str!("hash_lock.lua"));

/// `unlockInnerAsync` without its latch: 0 if it was not mine.
const UNLOCK: Script = Script(include_str!("hash_delete.lua"));

/// Sets a new time to live if the hash is the owner's: 1 if it was.
const RENEW: Script = Script(include_str!("hash_renew.lua"));

/// A lock on each server; most of them are enough.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedissonRedLock {
    key: Key,
    ttl: Span<10_000>,
    node_timeout: Option<Duration>,
    validity: bool,
    retry: Retry,
    #[serde(skip)]
    me: Option<Token>,
}

impl RedissonRedLock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redisson-redlock",
        title: "RedissonRedLock: one lock after the other, without a look at the clock",
        source: "redisson/redisson RedissonRedLock.java, RedissonMultiLock.java; #656, #2669",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("ttl", "leaseTime, set anew on all when most are locked: \"10s\""),
            ("node_timeout", "how long the client waits for one server: for ever"),
            (
                "validity",
                "true: counts only keys that are still its own, and looks at the time elapsed: false, as the library",
            ),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    async fn unlock(&self, cx: &Cx, me: Token, nodes: &[usize]) {
        let unlock = |&node| cx.redis(node).eval(UNLOCK, &[&self.key], &[&me]);
        cx.join(nodes.iter().map(unlock).collect()).await;
    }
}

impl Lock for RedissonRedLock {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let (nodes, ttl, patience) =
            (cx.redis_nodes(), *self.ttl, self.node_timeout.map(|span| span.0));
        let me = *self.me.get_or_insert_with(|| cx.unique_token());
        // 1. tryLock on one after the other, until more than a minority has failed. One that fails is unlocked.
        let mut acquired = Vec::new();
        for node in 0..nodes {
            let lock = cx.redis(node).eval(LOCK, &[&self.key], &[&ttl, &me]);
            match within(lock, patience).await {
                Ok(Reply::Nil) => acquired.push(node),
                Ok(_) => {}
                Err(_) => self.unlock(cx, me, &[node]).await,
            }
            if node + 1 - acquired.len() > nodes - (nodes / 2 + 1) {
                // 2. unlockInner, and false.
                self.unlock(cx, me, &acquired).await;
                return Err(LockError::Busy);
            }
        }
        // 3. expireAsync(leaseTime) on all that were acquired.
        let extended_at = cx.now();
        let renew = |&node: &usize| {
            if self.validity {
                cx.redis(node).eval(RENEW, &[&self.key], &[&ttl, &me])
            } else {
                cx.redis(node).raw(&[&"PEXPIRE", &self.key, &ttl])
            }
        };
        let replies = cx.join(acquired.iter().map(renew).collect()).await;
        let mine = replies.iter().filter(|it| matches!(it, Some(Ok(Reply::Int(1))))).count();
        if self.validity && (mine <= nodes / 2 || cx.is_past(extended_at + ttl)) {
            self.unlock(cx, me, &acquired).await;
            return Err(LockError::Busy);
        }
        Ok(Grant { until: Some(extended_at + ttl), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 4. Unlock all.
        if let Some(me) = self.me {
            let all: Vec<usize> = (0..cx.redis_nodes()).collect();
            self.unlock(cx, me, &all).await;
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
