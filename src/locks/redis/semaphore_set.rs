//! The sorted set of a semaphore: who has a permit, and since when.

use serde::Deserialize;

use super::super::{lease, lost};
use super::Key;
use super::renewal::WATCHDOG;
use crate::cx::{Arg, CallError, Cx, Grant, Instant, Pending, Script, Task, TaskId, Token};
use crate::store::redis::Reply;
use crate::time::Micros;

/// `acquireLua` of `Semaphore`, and of `MultiSemaphore`: 1 if there is a permit, or are so many.
const ACQUIRE: [Script; 2] = [
    Script(include_str!("semaphore_acquire.lua")),
    Script(include_str!("multi_semaphore_acquire.lua")),
];

/// `refreshLua` of both: 1 if the permits are not lost.
const REFRESH: [Script; 2] = [
    Script(include_str!("semaphore_refresh.lua")),
    Script(include_str!("multi_semaphore_refresh.lua")),
];

/// `releaseLua` of `MultiSemaphore`: how many were removed. `Semaphore` just removes its member.
const RELEASE: Script = Script(include_str!("multi_semaphore_release.lua"));

/// Whose clock dates the permits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Clock {
    #[default]
    Client,
    Server,
}

/// When the permits that are taken are counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Count {
    /// In the script that takes one.
    #[default]
    InTheScript,
    /// In a command before that which takes one.
    ThenAdd,
}

/// What somebody has, or wants to have, of the set.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Permits {
    pub(super) key: Key,
    /// How many permits there are.
    pub(super) limit: i64,
    /// How many it takes, as `MultiSemaphore` does; a `Semaphore` takes one.
    pub(super) several: Option<i64>,
    /// For how long (µs) they are good.
    pub(super) timeout: Micros,
    pub(super) clock: Clock,
    pub(super) count: Count,
    pub(super) member: Token,
}

impl Permits {
    /// Whether there are permits for the member, which has them then.
    pub(super) async fn add(&self, cx: &Cx) -> Result<bool, CallError> {
        if self.count == Count::InTheScript {
            return Ok(self.run(cx, ACQUIRE).await? == Reply::Int(1));
        }
        let (redis, now, key) = (cx.redis(0), cx.wall_clock_ms(), &self.key);
        redis.raw(&[&"ZREMRANGEBYSCORE", key, &"-inf", &(now - self.timeout.as_ms())]).await?;
        match redis.raw(&[&"ZCARD", key]).await? {
            Reply::Int(there) if there < self.limit => {}
            _ => return Ok(false),
        }
        redis.raw(&[&"ZADD", key, &now, &self.member]).await?;
        Ok(true)
    }

    /// How many permits were removed.
    pub(super) fn remove(&self, cx: &Cx) -> Pending<Result<Reply, CallError>> {
        match self.several {
            Some(several) => cx.redis(0).eval(RELEASE, &[&self.key], &[&several, &self.member]),
            None => cx.redis(0).raw(&[&"ZREM", &self.key, &self.member]),
        }
    }

    /// Refreshes them every so often (µs), from now on; they are good until then.
    pub(super) fn keep(self, cx: &Cx, every: Micros, until: Instant) -> Grant {
        let thread = cx.surroundings().thread;
        lost(cx, thread).set(false);
        lease(cx, thread).set(Some(until));
        cx.spawn(WATCHDOG + thread, Refresh { permits: self, every, thread });
        Grant::default()
    }

    fn run(&self, cx: &Cx, scripts: [Script; 2]) -> Pending<Result<Reply, CallError>> {
        let now = cx.wall_clock_ms();
        let mut args: Vec<&dyn Arg> = vec![&self.limit, &self.member, &self.timeout, &now];
        if let Some(several) = &self.several {
            args.insert(1, several);
        }
        if self.clock == Clock::Server {
            args.push(&"server");
        }
        cx.redis(0).eval(scripts[usize::from(self.several.is_some())], &[&self.key], &args)
    }
}

/// `setInterval` of `_processRefresh`: ends when the permits are lost.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Refresh {
    permits: Permits,
    every: Micros,
    /// Whose cell tells of a loss.
    thread: TaskId,
}

impl Task for Refresh {
    async fn run(self, cx: &Cx) {
        let mut due = cx.looping(cx.now() + self.every);
        loop {
            cx.turn(&mut due).await;
            cx.sleep(cx.until(*due)).await;
            let asked_at = cx.now();
            *due = asked_at + self.every;
            match self.permits.run(cx, REFRESH).await {
                Ok(Reply::Int(1)) => {
                    lease(cx, self.thread).set(Some(asked_at + self.permits.timeout));
                }
                Ok(_) => return lost(cx, self.thread).set(true),
                // A call that failed is tried again when it is time for the next.
                Err(_) => {}
            }
        }
    }
}
