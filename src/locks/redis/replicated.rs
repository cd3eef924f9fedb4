//! SET NX PX on a master with replicas: redis.io, "Distributed Locks", "Why Failover-based Implementations Are Not Enough"; WAIT: redisson #2669, #5256.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store, lost};
use super::ownership::{CHECK, Check};
use super::{COMPARE_AND_DELETE, Key, Millis};
use crate::cx::{Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// A key with a time to live, of which so many replicas have said that they have it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Replicated {
    key: Key,
    ttl: Millis<10_000>,
    wait: u32,
    within: Span<1000>,
    too_few: TooFew,
    checks_on: Checks,
    every: Span<1000>,
    retry: Retry,
    #[serde(skip)]
    token: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TooFew {
    #[default]
    Undo,
    Ignore,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Checks {
    #[default]
    Clock,
    Master,
    Replica,
}

impl Replicated {
    /// What it is.
    pub const ABOUT: About = About {
        name: "replicated",
        title: "SET NX PX on a master with replicas, followed by WAIT; the holder may check that it still owns the key",
        source: "https://redis.io/docs/latest/develop/use/patterns/distributed-locks/; redisson issues 2669 and 5256",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("ttl", "the key's time to live: \"10s\""),
            ("wait", "how many replicas must acknowledge (WAIT): 0"),
            ("within", "how long WAIT waits for them: \"1s\""),
            ("too_few", "if fewer do, \"undo\" the SET, or \"ignore\" it: \"undo\""),
            (
                "checks_on",
                "what tells a holder that stops at validity when to stop: its own \"clock\" at the end of the lease, or a \
                 GET now and then on the \"master\" or on a \"replica\": \"clock\"",
            ),
            ("every", "how often it checks: \"1s\""),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Lock for Replicated {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. SET key token NX PX ttl, on the master.
        let (redis, token, asked_at) = (cx.redis(0), cx.unique_token(), cx.now());
        if !redis.set(&self.key, &token).nx().px(*self.ttl).await? {
            return Err(LockError::Busy);
        }
        // 2. WAIT: too few acknowledgements, and the key is taken back.
        let few =
            self.wait > 0 && redis.wait(self.wait, *self.within).await? < i64::from(self.wait);
        if few && self.too_few == TooFew::Undo {
            redis.eval(COMPARE_AND_DELETE, &[&self.key], &[&token]).await?;
            return Err(LockError::Busy);
        }
        self.token = Some(token);
        if self.checks_on == Checks::Clock {
            return Ok(Grant { until: Some(asked_at + *self.ttl), ..Grant::default() });
        }
        // 3. Held for as long as the key is there, as the checks see it.
        let thread = cx.surroundings().thread;
        lost(cx, thread).set(false);
        let on_replica = self.checks_on == Checks::Replica;
        let (key, every) = (self.key.clone(), *self.every);
        cx.spawn(CHECK + thread, Check { key, token, every, on_replica, thread });
        Ok(Grant::default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 4. Compare and delete, on the master.
        cx.interrupt(CHECK + cx.surroundings().thread);
        let Some(token) = self.token.take() else { return Ok(()) };
        match cx.redis(0).eval(COMPARE_AND_DELETE, &[&self.key], &[&token]).await? {
            Reply::Int(1) => Ok(()),
            _ => Err(LockError::Lost),
        }
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
