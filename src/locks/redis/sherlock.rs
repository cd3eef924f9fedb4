//! sherlock's `RedisLock`: <https://github.com/py-sherlock/sherlock>, version 0.4.1, its three scripts.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::{COMPARE_AND_DELETE, Key, whole_in};
use crate::cx::{Arg, Cx, Grant, Lock, LockError, Script, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// `_acquire_script`: SETNX, and EXPIRE unless the third argument is the *number* -1, which no argument is.
const SETNX_AND_EXPIRE: Script = Script(include_str!("sherlock_acquire.lua"));

/// SETNX and EXPIRE in one script, polled.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sherlock {
    key: Key,
    expire: Expire,
    retry_interval: Span<100>,
    timeout: Option<Span<10_000>>,
    retry: Retry,
    #[serde(skip)]
    owner: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(untagged)]
enum Expire {
    Never(Never),
    After(Span<60_000>),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Never {
    None,
}

impl Default for Sherlock {
    fn default() -> Self {
        let (key, expire) = (Key::default(), Expire::After(Span::default()));
        let (retry_interval, timeout, retry) = Default::default();
        Self { key, expire, retry_interval, timeout, retry, owner: None }
    }
}

impl Sherlock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "sherlock",
        title: "sherlock's RedisLock: SETNX and EXPIRE in one script, polled",
        source: "https://github.com/py-sherlock/sherlock (0.4.1, lock.py)",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            (
                "expire",
                "the key's time to live, in whole seconds, or \"none\", which deletes the key at once, since the \
                 script takes -1 for a time: \"60s\"",
            ),
            ("retry_interval", "how long a waiter sleeps between two tries: \"100ms\""),
            ("timeout", "how long a waiter tries: for ever"),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let lock: Self = section.to()?;
        if let Expire::After(span) = lock.expire {
            whole_in(section, "expire", *span, 1_000_000, "seconds")?;
        }
        Ok(lock)
    }
}

impl Lock for Sherlock {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let owner = cx.unique_token();
        let lasts = if let Expire::After(span) = self.expire { Some(*span) } else { None };
        let seconds = lasts.map_or(-1, |span| span.as_ms() / 1000);
        let give_up_at = self.timeout.map(|timeout| cx.now() + *timeout);
        let mut pass = cx.looping(());
        loop {
            cx.turn(&mut pass).await;
            // 1. SETNX, EXPIRE.
            let (asked_at, args): (_, [&dyn Arg; 2]) = (cx.now(), [&owner, &seconds]);
            let set = cx.redis(0).eval(SETNX_AND_EXPIRE, &[&self.key], &args).await?;
            if set == Reply::Int(1) {
                self.owner = Some(owner);
                let until = lasts.map(|span| asked_at + span);
                return Ok(Grant { until, ..Grant::default() });
            }
            // 2. `LockTimeoutException`, or sleep.
            if give_up_at.is_some_and(|give_up_at| cx.is_past(give_up_at)) {
                return Err(LockError::Busy);
            }
            cx.sleep(*self.retry_interval).await;
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. Compare and delete; `LockException` if it was not mine.
        let Some(owner) = self.owner.take() else { return Err(LockError::Lost) };
        match cx.redis(0).eval(COMPARE_AND_DELETE, &[&self.key], &[&owner]).await? {
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
