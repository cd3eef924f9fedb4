//! Spring Integration's `RedisLockRegistry`: a local lock first, then the key (spring-integration PR #2661, #3401).

use serde::Deserialize;

use super::super::local::{lock_here, unlock_here};
use super::super::{About, Retry, Span, Store};
use super::redisson_base::{Attempt, Patience, lock_or_sleep, lock_or_wait};
use super::{Key, Millis};
use crate::cx::{Cx, Grant, Instant, Lock, LockError, Script, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// `OBTAIN_LOCK_SCRIPT`: sets the key if it is absent, extends it if it is mine.
const SET_OR_EXTEND: Script = Script(include_str!("set_or_extend.lua"));

/// `UNLINK_UNLOCK_SCRIPT`: deletes the key if it is mine, and tells those who wait.
const DELETE_AND_PUBLISH: Script = Script(include_str!("compare_delete_publish.lua"));

/// Where a release is published.
const CHANNEL: &str = "redis-lock-registry-channel";

/// One key for each process, and a mutex among its threads.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spring {
    key: Key,
    expire_after: Millis<60_000>,
    pub_sub: bool,
    spin: Span<100>,
    defect: Defect,
    retry: Retry,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Defect {
    #[default]
    None,
    LeaksLocalLock,
}

impl Spring {
    /// What it is.
    pub const ABOUT: About = About {
        name: "spring",
        title: "RedisLockRegistry: a mutex in the process, then SET if absent or mine",
        source: "spring-projects/spring-integration RedisLockRegistry.java",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("expire_after", "the key's time to live: \"60s\""),
            ("pub_sub", "whether waiters wait for the message of a release: false"),
            ("spin", "how long a waiter sleeps between two tries: \"100ms\""),
            ("defect", "\"none\", or \"leaks-local-lock\" if Redis fails (#2660, #1888): \"none\""),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        section.to()
    }

    /// `clientId`: one for each registry.
    fn client_id(cx: &Cx) -> Token {
        let id = cx.cell::<Option<Token>>("registry's client id");
        id.get().unwrap_or_else(|| {
            let token = cx.unique_token();
            id.set(Some(token));
            token
        })
    }

    async fn obtain(&self, cx: &Cx) -> Result<Attempt<Instant>, LockError> {
        let (asked_at, id) = (cx.now(), Self::client_id(cx));
        let args: [&dyn crate::cx::Arg; 2] = [&id, &*self.expire_after];
        let obtained = cx.redis(0).eval(SET_OR_EXTEND, &[&self.key], &args).await?;
        let held = obtained == Reply::Int(1);
        Ok(if held { Attempt::Held(asked_at + *self.expire_after) } else { Attempt::Busy(None) })
    }

    /// `RedisSpinLock` or `RedisPubSubLock`.
    async fn obtain_or_wait(&self, cx: &Cx) -> Result<Instant, LockError> {
        let obtain = async || self.obtain(cx).await;
        if !self.pub_sub {
            return lock_or_sleep(cx, *self.spin, obtain).await;
        }
        let patience = Patience { poll: Some(*self.expire_after), ..Patience::default() };
        lock_or_wait(cx, CHANNEL, patience, obtain).await
    }
}

impl Lock for Spring {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. The ReentrantLock of this process. 2. The script, again and again.
        lock_here(cx).await;
        let until = self.obtain_or_wait(cx).await;
        if until.is_err() && self.defect == Defect::None {
            unlock_here(cx);
        }
        Ok(Grant { until: Some(until?), ..Grant::default() })
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. Compare, delete and publish ("Lock was released in the store due to expiration"). 4. The ReentrantLock.
        let id = Self::client_id(cx);
        let deleted = cx.redis(0).eval(DELETE_AND_PUBLISH, &[&self.key, &CHANNEL], &[&id]).await;
        unlock_here(cx);
        if deleted? == Reply::Int(1) { Ok(()) } else { Err(LockError::Lost) }
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
