//! Redlock, to the letter: <https://redis.io/docs/latest/develop/use/patterns/distributed-locks/>, "The Redlock Algorithm".

use serde::Deserialize;

use super::super::{About, Span, Store};
use super::quorum::{Extended, Order, QuorumRenewal, ask, count, grant, unlock_all};
use super::renewal::stop;
use super::{COMPARE_AND_PEXPIRE, Key, Millis};
use crate::cx::{Cx, Grant, Lock, LockError, Token};
use crate::json::{Duration, Problem, Section};
use crate::time::Micros;

/// The same key on most of N independent servers.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Redlock {
    key: Key,
    ttl: Millis<10_000>,
    node_timeout: Span<10>,
    drift: Option<Duration>,
    order: Order,
    extensions: u32,
    retry: Random,
    #[serde(skip)]
    token: Option<Token>,
}

/// Random, so that clients that split the vote do not go on doing so.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Random {
    after: Span<20>,
    jitter: Span<20>,
}

impl Redlock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redlock",
        title: "Redlock: SET NX PX on most of N independent servers, within the time to live",
        source: "https://redis.io/docs/latest/develop/use/patterns/distributed-locks/ (the Redlock algorithm)",
        store: Store::Redis,
        params: &[
            ("key", "the lock's key on every server: \"lock\""),
            ("ttl", "the keys' time to live: \"10s\""),
            ("node_timeout", "how long a client waits for one server: \"10ms\""),
            ("drift", "how far clocks may drift apart within the time to live: 1 % of it and 2 ms"),
            ("order", "\"in-turn\", \"at-once\", or \"first-majority\" of those: \"at-once\""),
            ("extensions", "how often the holder extends the lock, each third of it: 0"),
            ("retry", "as elsewhere, but random: {\"after\": \"20ms\", \"jitter\": \"20ms\"}"),
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    /// The part of the time to live that counts.
    fn counts(&self) -> Micros {
        let drift = Micros(self.ttl.as_ms() * 1000 / 100) + Micros::from_ms(2);
        *self.ttl - self.drift.map_or(drift, |drift| drift.0)
    }
}

impl Lock for Redlock {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let (nodes, token) = (cx.redis_nodes(), cx.unique_token());
        // 1. It gets the current time.
        let started_at = cx.now();
        // 2. It tries to set the key on all N servers, each with a timeout that is small against the lease.
        let set = |node| cx.redis(node).set(&self.key, &token).nx().px(*self.ttl).send();
        let sets = (0..nodes).map(|node| set(node).within(*self.node_timeout)).collect();
        let locked = count(&ask(cx, self.order, sets).await, &true);
        // 3. It has the lock if most servers said yes before the lease was over.
        // 4. The lock is valid for the lease, less the time elapsed, less the drift.
        let valid_until = started_at + self.counts();
        if locked > nodes / 2 && !cx.is_past(valid_until) {
            self.token = Some(token);
            let renewal = QuorumRenewal {
                script: COMPARE_AND_PEXPIRE,
                order: Order::AtOnce,
                keys: vec![self.key.clone()],
                token,
                until: valid_until,
                ttl: (*self.ttl, self.counts()),
                within: Some(*self.node_timeout),
                every: Micros(self.ttl.as_ms() * 1000 / 3),
                most: self.extensions,
                extends: Extended::UntilLost,
                thread: cx.surroundings().thread,
            };
            return Ok(grant(cx, valid_until, Some(renewal).filter(|_| self.extensions > 0)));
        }
        // 5. Otherwise it unlocks all servers, also those that seemed to refuse.
        unlock_all(cx, &self.key, token, Some(*self.node_timeout)).await;
        Err(LockError::Busy)
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        stop(cx);
        if let Some(token) = self.token.take() {
            unlock_all(cx, &self.key, token, Some(*self.node_timeout)).await;
        }
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        (*self.retry.after, *self.retry.jitter)
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
