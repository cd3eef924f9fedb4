//! SET NX PX with a fencing token: Redisson's `RFencedLock`, bsm/redislock's `FenceKey` (PR #94); Kleppmann 2016.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::{COMPARE_AND_DELETE, Key, Millis};
use crate::cx::{Arg, Cx, Grant, Lock, LockError, Script, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// Sets the key if it is not there and counts: the count, or 0.
const SET_AND_COUNT: Script = Script(include_str!("set_and_count.lua"));

/// A key with a time to live, and a counter that outlives it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fenced {
    key: Key,
    ttl: Millis<30_000>,
    count: Count,
    wait: u32,
    within: Span<1000>,
    retry: Retry,
    #[serde(skip)]
    token: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Count {
    #[default]
    InTheScript,
    Before,
    After,
}

impl Fenced {
    /// What it is.
    pub const ABOUT: About = About {
        name: "fenced",
        title: "SET NX PX and a counter: the resource refuses tokens older than one that it has seen",
        source: "redisson RFencedLock; bsm/redislock PR #94; Kleppmann 2016, How to do distributed locking",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("ttl", "the key's time to live: \"30s\""),
            (
                "count",
                "\"in-the-script\" that sets the key, or in a command of its own \"before\" or \"after\" that: \
                 \"in-the-script\"",
            ),
            ("wait", "how many replicas must have the count (WAIT), or the key is given back: 0"),
            ("within", "how long WAIT waits for them: \"1s\""),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    async fn count(cx: &Cx, counter: &impl Arg) -> Result<i64, LockError> {
        match cx.redis(0).raw(&[&"INCR", counter]).await? {
            Reply::Int(count) => Ok(count),
            _ => Err(LockError::Lost),
        }
    }
}

impl Lock for Fenced {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let counter = format!("{}:fence", &*self.key);
        let (token, asked_at) = (cx.unique_token(), cx.now());
        // 1. Set the key and count, in one script...
        let fence = if self.count == Count::InTheScript {
            let args: [&dyn Arg; 2] = [&token, &*self.ttl];
            match cx.redis(0).eval(SET_AND_COUNT, &[&self.key, &counter], &args).await? {
                Reply::Int(count @ 1..) => count,
                _ => return Err(LockError::Busy),
            }
        } else {
            // ... or, wrongly, one after the other.
            let first = self.count == Count::Before;
            let before = if first { Some(Self::count(cx, &counter).await?) } else { None };
            if !cx.redis(0).set(&self.key, &token).nx().px(*self.ttl).await? {
                return Err(LockError::Busy);
            }
            match before {
                Some(count) => count,
                None => Self::count(cx, &counter).await?,
            }
        };
        // 2. WAIT: a count that a failover can roll back is no fencing token.
        if self.wait > 0 && cx.redis(0).wait(self.wait, *self.within).await? < self.wait.into() {
            cx.redis(0).eval(COMPARE_AND_DELETE, &[&self.key], &[&token]).await?;
            return Err(LockError::Busy);
        }
        self.token = Some(token);
        Ok(Grant { until: Some(asked_at + *self.ttl), fence: Some(fence), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. Compare and delete. The counter stays.
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
