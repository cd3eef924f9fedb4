//! SET NX PX kept alive by a watchdog: the page of `set_nx_px.rs`, "Making the algorithm more reliable: Extending the lock".

use serde::Deserialize;

use super::super::{About, Retry, Store, lost, ms};
use super::COMPARE_AND_DELETE;
use crate::cx::{Cx, Grant, Lock, LockError, Script, Task, TaskId, Token};
use crate::json::{Duration, Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// Sets a new time to live if the key holds the token: 1 if it did, else 0.
const COMPARE_AND_PEXPIRE: Script = Script(include_str!("compare_and_pexpire.lua"));

/// The number of the first thread's watchdog; the next thread's is the next.
const WATCHDOG: TaskId = 32;

/// A key whose time to live begins anew as long as its holder lives.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Watchdog {
    key: String,
    ttl: Duration,
    retry: Retry,
    #[serde(skip)]
    token: Option<Token>,
}

impl Default for Watchdog {
    fn default() -> Self {
        Self { key: "lock".to_owned(), ttl: ms(90), retry: Retry::default(), token: None }
    }
}

impl Watchdog {
    /// What it is.
    pub const ABOUT: About = About {
        name: "watchdog",
        title: "SET NX PX, renewed every third of the time to live for as long as the holder lives",
        source: "https://redis.io/docs/latest/develop/use/patterns/distributed-locks/ (extending the lock)",
        store: Store::Redis,
        params: &[
            ("key", "the lock's key: \"lock\""),
            ("ttl", "the key's time to live, renewed every third of it: \"90ms\""),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }
}

impl Lock for Watchdog {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. SET key token NX PX ttl.
        let token = cx.unique_token();
        if !cx.redis(0).set(&self.key, &token).nx().px(self.ttl.0).await? {
            return Err(LockError::Busy);
        }
        // 2. Start the watchdog. Until it says otherwise, the lock is held.
        self.token = Some(token);
        let thread = cx.surroundings().thread;
        lost(cx, thread).set(false);
        cx.spawn(
            WATCHDOG + thread,
            Renewal { key: self.key.clone(), ttl: self.ttl.0, token, thread },
        );
        Ok(Grant::default())
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 4. Stop the watchdog, then compare and delete.
        cx.interrupt(WATCHDOG + cx.surroundings().thread);
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
        self.key.clone()
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Renewal {
    key: String,
    ttl: Micros,
    token: Token,
    thread: TaskId,
}

impl Task for Renewal {
    async fn run(self, cx: &Cx) {
        let mut until = cx.looping(cx.now() + self.ttl);
        loop {
            cx.turn(&mut until).await;
            // 3. Every third of the time to live: renew, if the key still holds the token.
            cx.sleep(Micros(self.ttl.0 / 3)).await;
            let asked_at = cx.now();
            match cx
                .redis(0)
                .eval(COMPARE_AND_PEXPIRE, &[&self.key], &[&self.token, &self.ttl])
                .await
            {
                Ok(Reply::Int(1)) => *until = asked_at + self.ttl,
                // A call that failed is tried again, until the time is up.
                Err(_) if !cx.is_past(*until) => {}
                _ => return lost(cx, self.thread).set(true),
            }
        }
    }
}
