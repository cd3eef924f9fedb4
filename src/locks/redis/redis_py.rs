//! redis-py's `Lock`: <https://github.com/redis/redis-py/blob/v5.0.0/redis/lock.py>.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::renewal::{Renew, stop};
use super::timeout::Timeout;
use super::{COMPARE_AND_DELETE, Key};
use crate::cx::{Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// SET NX PX in a loop with a sleep, the token in thread-local storage.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedisPy {
    key: Key,
    timeout: Timeout,
    sleep: Span<100>,
    blocking_timeout: Option<Span<1000>>,
    token: Storage,
    renew: Renew,
    retry: Retry,
    #[serde(skip)]
    mine: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Storage {
    #[default]
    ThreadLocal,
    Shared,
}

impl RedisPy {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redis-py",
        title: "redis-py's Lock: polls with a fixed sleep",
        source: "https://github.com/redis/redis-py/blob/v5.0.0/redis/lock.py",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("timeout", "the key's time to live; null for none, \"0s\" is none as well: \"10s\""),
            ("sleep", "how long a waiter sleeps between two tries: \"100ms\""),
            ("blocking_timeout", "how long a waiter tries: for ever"),
            (
                "token",
                "where it is kept: \"thread-local\", or \"shared\" by the process's threads (#416): \
                 \"thread-local\"",
            ),
            (
                "renew",
                "\"never\"; each third of it (of 0: each second) \"extend\", or \"reacquire\" all of it: \"never\"",
            ),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let lock: Self = section.to()?;
        lock.renew.needs(lock.timeout.span(), section)?;
        Ok(lock)
    }
}

impl Lock for RedisPy {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let token = cx.unique_token();
        let stop_at = self.blocking_timeout.map(|span| cx.now() + *span);
        let mut pass = cx.looping(());
        loop {
            cx.turn(&mut pass).await;
            // 1. SET name token NX PX timeout
            let asked_at = cx.now();
            if self.timeout.px(cx.redis(0).set(&self.key, &token).nx()).await? {
                self.mine = Some(token);
                if self.token == Storage::Shared {
                    cx.cell("redis-py token").set(Some(token));
                }
                let Some(timeout) = self.timeout.span() else { return Ok(Grant::default()) };
                let until = asked_at + timeout;
                return Ok(self.renew.grant(cx, &self.key, token, timeout, until));
            }
            // 2. Stop if the next try would come too late, else sleep.
            if stop_at.is_some_and(|stop_at| cx.until(stop_at) < *self.sleep) {
                return Err(LockError::Busy);
            }
            cx.sleep(*self.sleep).await;
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. Compare and delete: LUA_RELEASE_SCRIPT, LockNotOwnedError.
        stop(cx);
        let mine = self.mine.take();
        let token = match self.token {
            Storage::ThreadLocal => mine,
            Storage::Shared => cx.cell::<Option<Token>>("redis-py token").get(),
        };
        let Some(token) = token else { return Err(LockError::Lost) };
        match cx.redis(0).evalsha(COMPARE_AND_DELETE, &[&self.key], &[&token]).await? {
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
