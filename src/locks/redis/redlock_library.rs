//! Redlock as libraries have it, each with its own omissions: catalogue of `redlock-py` 1.0.8, redsync v4, node-redlock 5, Redisson.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::{COMPARE_AND_DELETE, Key};
use crate::cx::{CallError, Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// The same key on most of N servers, the way of one library.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedlockLibrary {
    library: Library,
    key: Key,
    ttl: Span<100>,
    retry: Retry,
    #[serde(skip)]
    token: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Library {
    #[default]
    RedlockPy,
    Redsync,
    NodeRedlock,
    Redisson,
}

impl RedlockLibrary {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redlock-library",
        title: "Redlock as a library has it, with what that leaves out",
        source: "PyPI redlock-py 1.0.8; go-redsync/redsync v4; mike-marcacci/node-redlock 5; RedissonRedLock.java",
        store: Store::Redis,
        params: &[
            (
                "library",
                "\"redlock-py\": one server after the other, by the wall clock, fails if one server does; \
                 \"redsync\": all at once, each within 5 % of the lease; \"node-redlock\": the first majority counts, \
                 however late; \"redisson\": one after the other, no validity: \"redlock-py\"",
            ),
            ("key", "the lock's key on every server: \"lock\""),
            ("ttl", "the keys' time to live: \"100ms\""),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    /// The replies of all servers; none from those that were not waited for.
    async fn ask_all(&self, cx: &Cx, token: Token) -> Vec<Option<Result<bool, CallError>>> {
        let nodes = cx.redis_nodes();
        let set = |node| cx.redis(node).set(&self.key, &token).nx().px(*self.ttl).send();
        let at_once = || (0..nodes).map(set).collect::<Vec<_>>();
        match self.library {
            Library::NodeRedlock => cx.quorum(at_once(), nodes / 2 + 1).await,
            Library::Redsync => {
                let within = Micros(self.ttl.as_ms() * 1000 / 20);
                cx.join(at_once().into_iter().map(|set| set.within(within)).collect()).await
            }
            Library::RedlockPy | Library::Redisson => {
                let mut replies = Vec::new();
                for node in 0..nodes {
                    replies.push(Some(set(node).await));
                }
                replies
            }
        }
    }

    async fn unlock_all(&self, cx: &Cx, token: Token) {
        let unlock = |node| cx.redis(node).eval(COMPARE_AND_DELETE, &[&self.key], &[&token]);
        cx.join((0..cx.redis_nodes()).map(unlock).collect()).await;
    }
}

impl Lock for RedlockLibrary {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let (token, started_at) = (cx.unique_token(), cx.now());
        let by_wall = self.library == Library::RedlockPy;
        let wall = if by_wall { cx.wall_clock_ms() } else { 0 };
        // 1. Ask the servers.
        let replies = self.ask_all(cx, token).await;
        let locked = replies.iter().filter(|reply| matches!(reply, Some(Ok(true)))).count();
        let failed = replies.iter().any(|reply| matches!(reply, Some(Err(_))));
        // 2. Is there a majority, and is it still valid? Not everybody asks the second question.
        let drift = Micros(self.ttl.as_ms() * 1000 / 100);
        let valid = match self.library {
            Library::RedlockPy => {
                let elapsed = cx.wall_clock_ms() - wall;
                self.ttl.as_ms() - elapsed - (drift.as_ms() + 2) > 0
            }
            Library::Redsync => !cx.is_past(started_at + (*self.ttl - drift)),
            Library::NodeRedlock | Library::Redisson => true,
        };
        if locked > cx.redis_nodes() / 2 && valid {
            if failed && by_wall {
                // MultipleRedlockException, although the lock is held (F39).
                return Err(LockError::Call(CallError::ConnectionLost));
            }
            self.token = Some(token);
            return Ok(Grant { until: Some(started_at + (*self.ttl - drift)), fence: None });
        }
        // 3. Unlock all.
        self.unlock_all(cx, token).await;
        Err(LockError::Busy)
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        if let Some(token) = self.token.take() {
            self.unlock_all(cx, token).await;
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
