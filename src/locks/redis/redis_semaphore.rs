//! A counting semaphore in a sorted set: npm redis-semaphore; Carlson, Redis in Action, 6.3.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Key;
use crate::cx::{Arg, Cx, Grant, Lock, LockError, Script, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// `acquireLua`: 1 if there is a permit.
const ACQUIRE: Script = Script(include_str!("semaphore_acquire.lua"));

/// Each holder is a member, whose score says when it came; whoever came too long ago is removed by the next one.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedisSemaphore {
    key: Key,
    limit: Option<u32>,
    timeout: Span<100>,
    clock: Clock,
    count: Count,
    retry: Retry,
    #[serde(skip)]
    member: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Clock {
    #[default]
    Client,
    Server,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Count {
    #[default]
    InTheScript,
    ThenAdd,
}

impl RedisSemaphore {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redis-semaphore",
        title: "a counting semaphore: a sorted set of those who have a permit, by the time at which they came",
        source: "npm redis-semaphore (Semaphore); Carlson, Redis in Action, 6.3 (counting semaphores)",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("limit", "how many may be inside at once: 1"),
            ("timeout", "lockTimeout: for how long a permit is good, without a refresh: \"100ms\""),
            (
                "clock",
                "whose clock dates the permits: the \"client\"'s, or with TIME in the script the \"server\"'s: \"client\"",
            ),
            (
                "count",
                "\"in-the-script\" that adds, or in a command before: count, \"then-add\": \"in-the-script\"",
            ),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    /// Whether there is a permit for `member`, which has it then.
    async fn add(&self, cx: &Cx, member: Token) -> Result<bool, LockError> {
        let (limit, timeout, now) =
            (i64::from(self.limit.unwrap_or(1)), self.timeout.as_ms(), cx.wall_clock_ms());
        if self.count == Count::InTheScript {
            let clock = if self.clock == Clock::Server { "server" } else { "client" };
            let args: [&dyn Arg; 5] = [&limit, &member, &*self.timeout, &now, &clock];
            return Ok(cx.redis(0).eval(ACQUIRE, &[&self.key], &args).await? == Reply::Int(1));
        }
        let redis = cx.redis(0);
        redis.raw(&[&"ZREMRANGEBYSCORE", &self.key, &"-inf", &(now - timeout)]).await?;
        match redis.raw(&[&"ZCARD", &self.key]).await? {
            Reply::Int(there) if there < limit => {}
            _ => return Ok(false),
        }
        redis.raw(&[&"ZADD", &self.key, &now, &member]).await?;
        Ok(true)
    }
}

impl Lock for RedisSemaphore {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let (member, asked_at) = (cx.unique_token(), cx.now());
        // 1. Remove whoever has been there for too long; if fewer than the limit are left, add oneself.
        if !self.add(cx, member).await? {
            return Err(LockError::Busy);
        }
        self.member = Some(member);
        Ok(Grant { until: Some(asked_at + *self.timeout), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 2. Remove oneself.
        let Some(member) = self.member.take() else { return Ok(()) };
        match cx.redis(0).raw(&[&"ZREM", &self.key, &member]).await? {
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
