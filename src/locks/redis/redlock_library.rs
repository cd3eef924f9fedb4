//! Redlock as libraries have it, each with its own omissions: catalogue of `redlock-py` 1.0.8, redsync v4, node-redlock 5, Redisson.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::{Key, unlock_all};
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
            Key::ABOUT,
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
        let (nodes, within) = (cx.redis_nodes(), Micros(self.ttl.as_ms() * 1000 / 20));
        let set = |node| cx.redis(node).set(&self.key, &token).nx().px(*self.ttl).send();
        let at_once = || (0..nodes).map(set).collect::<Vec<_>>();
        match self.library {
            Library::NodeRedlock => cx.quorum(at_once(), nodes / 2 + 1).await,
            Library::Redsync => {
                cx.join(at_once().into_iter().map(|set| set.within(within)).collect()).await
            }
            Library::RedlockPy | Library::Redisson => {
                let mut replies = Vec::new();
                for set in at_once() {
                    replies.push(Some(set.await));
                }
                replies
            }
        }
    }
}

impl Lock for RedlockLibrary {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let (token, started_at) = (cx.unique_token(), cx.now());
        let by_wall = self.library == Library::RedlockPy;
        let wall = if by_wall { cx.wall_clock_ms() } else { 0 };
        let replies = self.ask_all(cx, token).await;
        let locked = replies.iter().filter(|reply| matches!(reply, Some(Ok(true)))).count();
        // 1. Is there a majority, and is it still valid? Not everybody asks the second question.
        let drift = Micros(self.ttl.as_ms() * 1000 / 100);
        let valid = match self.library {
            Library::RedlockPy => cx.wall_clock_ms() - wall < self.ttl.as_ms() - drift.as_ms() - 2,
            Library::Redsync => !cx.is_past(started_at + (*self.ttl - drift)),
            Library::NodeRedlock | Library::Redisson => true,
        };
        if locked > cx.redis_nodes() / 2 && valid {
            if by_wall && replies.iter().any(|reply| matches!(reply, Some(Err(_)))) {
                // MultipleRedlockException, although the lock is held (F39).
                return Err(LockError::Call(CallError::ConnectionLost));
            }
            self.token = Some(token);
            return Ok(Grant { until: Some(started_at + (*self.ttl - drift)), ..Grant::default() });
        }
        // 2. Unlock all.
        unlock_all(cx, &self.key, token, None).await;
        Err(LockError::Busy)
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        if let Some(token) = self.token.take() {
            unlock_all(cx, &self.key, token, None).await;
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
