//! Spring Integration's `RedisLockRegistry`: a local lock first, then the key (spring-integration PR #2661, #3401).

use serde::Deserialize;

use super::super::local::{lock_here, unlock_here};
use super::super::{About, Retry, Span, Store};
use super::{COMPARE_AND_DELETE, Key};
use crate::cx::{Cx, Grant, Lock, LockError, Script, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// `OBTAIN_LOCK_SCRIPT`: sets the key if it is absent, extends it if it is mine.
const SET_OR_EXTEND: Script = Script(include_str!("set_or_extend.lua"));

/// One key for each process, and a mutex among its threads.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spring {
    key: Key,
    expire_after: Span<1000>,
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
            ("expire_after", "the key's time to live: \"1s\""),
            ("spin", "how long a waiter sleeps between two tries: \"100ms\""),
            (
                "defect",
                "\"none\", or \"leaks-local-lock\" when Redis fails (#2660, #1888): \"none\"",
            ),
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

    async fn spin(&self, cx: &Cx) -> Result<Grant, LockError> {
        let mut pass = cx.looping(());
        loop {
            cx.turn(&mut pass).await;
            let (asked_at, id) = (cx.now(), Self::client_id(cx));
            let args: [&dyn crate::cx::Arg; 2] = [&id, &*self.expire_after];
            if cx.redis(0).eval(SET_OR_EXTEND, &[&self.key], &args).await? == Reply::Int(1) {
                return Ok(Grant {
                    until: Some(asked_at + *self.expire_after),
                    ..Grant::default()
                });
            }
            cx.sleep(*self.spin).await;
        }
    }
}

impl Lock for Spring {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        // 1. The ReentrantLock of this process. 2. The script, again and again.
        lock_here(cx).await;
        let granted = self.spin(cx).await;
        if granted.is_err() && self.defect == Defect::None {
            unlock_here(cx);
        }
        granted
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. Compare and delete ("Lock was released in the store due to expiration"). 4. The ReentrantLock.
        let id = Self::client_id(cx);
        let deleted = cx.redis(0).eval(COMPARE_AND_DELETE, &[&self.key], &[&id]).await;
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
