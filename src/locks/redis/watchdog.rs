//! SET NX PX kept alive by a watchdog: <https://redis.io/docs/latest/develop/use/patterns/distributed-locks/>, "Extending the lock".

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::renewal::{Renewal, stop};
use super::{COMPARE_AND_DELETE, COMPARE_AND_PEXPIRE, Key, Millis, SET_IF_ABSENT_OR_MINE};
use crate::cx::{Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// A key whose time to live begins anew as long as its holder lives.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Watchdog {
    key: Key,
    ttl: Millis<30_000>,
    defect: Defect,
    retry: Retry,
    #[serde(skip)]
    token: Option<Token>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Defect {
    #[default]
    None,
    SetsAgain,
    GivesUp,
    OutlivesRelease,
}

impl Watchdog {
    /// What it is.
    pub const ABOUT: About = About {
        name: "watchdog",
        title: "SET NX PX, renewed every third of the time to live for as long as the holder lives",
        source: "https://redis.io/docs/latest/develop/use/patterns/distributed-locks/ (extending the lock)",
        store: Store::Redis,
        params: &[
            Key::ABOUT,
            ("ttl", "the key's time to live, renewed every third of it: \"30s\""),
            (
                "defect",
                "\"none\"; \"sets-again\": renewal creates a key that is gone; \"gives-up\": after one call that \
                 failed; \"outlives-release\": nobody stops the watchdog, and it sets again: \"none\"",
            ),
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
        let (token, asked_at) = (cx.unique_token(), cx.now());
        if !cx.redis(0).set(&self.key, &token).nx().px(*self.ttl).await? {
            return Err(LockError::Busy);
        }
        // 2. Start the watchdog. Until it says otherwise, the lock is held.
        self.token = Some(token);
        let thread = cx.surroundings().thread;
        let script = match self.defect {
            Defect::SetsAgain | Defect::OutlivesRelease => SET_IF_ABSENT_OR_MINE,
            Defect::None | Defect::GivesUp => COMPARE_AND_PEXPIRE,
        };
        let (key, ttl, gives_up) = (self.key.clone(), *self.ttl, self.defect == Defect::GivesUp);
        let renewal = Renewal::of(script, key, (token, ttl), thread);
        Ok(Renewal { gives_up, ..renewal }.start(cx, asked_at + ttl))
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. Stop the watchdog, then compare and delete.
        if self.defect != Defect::OutlivesRelease {
            stop(cx);
        }
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
