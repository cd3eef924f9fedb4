//! SET NX PX, and waiters that listen to what happens to the key: <https://redis.io/docs/latest/develop/use/keyspace-notifications/>.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::{COMPARE_AND_DELETE, Key, Millis};
use crate::cx::{CallError, Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// `del`, `expired` and `evicted`.
const EVENTS: &str = "__keyevent@0__:[de]*[ld]";

/// A key with a time to live; who waits subscribes to the events of keys that are gone.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyspaceEvents {
    key: Key,
    ttl: Millis<30_000>,
    poll: Span<50>,
    trusts_events: bool,
    retry: Retry,
    #[serde(skip)]
    token: Option<Token>,
}

impl KeyspaceEvents {
    /// What it is.
    pub const ABOUT: About = About {
        name: "keyspace-events",
        title: "SET NX PX; waiters listen for the event that the key was deleted or has expired",
        source: "https://redis.io/docs/latest/develop/use/keyspace-notifications/; spring-integration #8227",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("ttl", "the key's time to live: \"30s\""),
            ("poll", "a waiter tries again after so long without an event: \"50ms\""),
            ("trusts_events", "the defect of a waiter that never tries again without one: false"),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Lock for KeyspaceEvents {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. Subscribe to the events of keys that are gone.
        let gone = cx.redis(0).psubscribe(&EVENTS).await?;
        let token = cx.unique_token();
        let mut pass = cx.looping(gone);
        loop {
            cx.turn(&mut pass).await;
            // 2. SET key token NX PX ttl.
            let asked_at = cx.now();
            if cx.redis(0).set(&self.key, &token).nx().px(*self.ttl).await? {
                self.token = Some(token);
                return Ok(Grant { until: Some(asked_at + *self.ttl), ..Grant::default() });
            }
            // 3. Wait until a key is gone; then go to 2. The event is a hint: it may come late, or never.
            let event = cx.redis(0).message(&pass);
            let event = if self.trusts_events { event } else { event.within(*self.poll) };
            let heard = event.await;
            if heard == Err(CallError::ConnectionLost) {
                *pass = cx.redis(0).psubscribe(&EVENTS).await?;
            }
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 4. Compare and delete.
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
