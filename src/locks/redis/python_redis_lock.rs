//! python-redis-lock: <https://github.com/ionelmc/python-redis-lock/blob/v4.0.0/src/redis_lock/__init__.py>.

use serde::Deserialize;

use super::super::{About, Retry, Span, Store};
use super::Seconds;
use super::python_redis_renewal::PythonRenewal;
use super::renewal::WATCHDOG;
use crate::cx::{Cx, Grant, Lock, LockError, Script, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// `UNLOCK_SCRIPT`: 1 if the lock is not mine, else 0.
const UNLOCK_AND_SIGNAL: Script = Script(include_str!("unlock_and_signal.lua"));

/// A key with a time to live, and a list on which waiters block.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PythonRedisLock {
    name: Name,
    expire: Option<Seconds<1000>>,
    auto_renewal: bool,
    timeout: Option<Span<1000>>,
    signal_expire: Span<1000>,
    retry: Retry,
    #[serde(skip)]
    token: Option<Token>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(transparent)]
struct Name(String);

impl Default for Name {
    fn default() -> Self {
        Self("name".to_owned())
    }
}

impl PythonRedisLock {
    /// What it is.
    pub const ABOUT: About = About {
        name: "python-redis-lock",
        title: "SET NX, waiters block on a list that the release pushes one signal to",
        source: "https://github.com/ionelmc/python-redis-lock (4.0)",
        store: Store::Redis,
        params: &[
            ("name", "the key is lock:name and the list lock-signal:name: \"name\""),
            ("expire", "the key's time to live, in whole seconds, 0 or null for none: none"),
            ("auto_renewal", "whether a thread renews the key, every two thirds of expire: false"),
            ("timeout", "for how long an acquisition blocks before it is given up: none"),
            ("signal_expire", "the list's time to live: \"1s\""),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let lock: Self = section.to()?;
        Ok(Self { expire: lock.expire.filter(|expire| **expire > Micros::ZERO), ..lock })
    }

    fn signal(&self) -> String {
        format!("lock-signal:{}", self.name.0)
    }
}

impl Lock for PythonRedisLock {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let (key, signal, token) = (self.place(), self.signal(), cx.unique_token());
        let seconds = self.expire.map_or(0, |expire| expire.as_ms() / 1000);
        let limit = self.timeout.map(|timeout| *timeout).or(self.expire.map(|expire| *expire));
        let mut timed_out = cx.looping(false);
        loop {
            cx.turn(&mut timed_out).await;
            // 1. SET lock:name id NX EX expire
            let asked_at = cx.now();
            let set: [&dyn crate::cx::Arg; 6] = [&"SET", &key, &token, &"NX", &"EX", &seconds];
            let set = if self.expire.is_some() { &set[..] } else { &set[..4] };
            if cx.redis(0).raw(set).await? != Reply::Nil {
                self.token = Some(token);
                let renews = self.auto_renewal && self.expire.is_some();
                if renews {
                    PythonRenewal::start(cx, key, token, seconds);
                }
                let ends = self.expire.is_some() && !renews;
                let until = ends.then(|| asked_at + Micros::from_ms(1000 * seconds));
                return Ok(Grant { until, ..Grant::default() });
            }
            if *timed_out {
                return Err(LockError::Busy);
            }
            // 2. Block until a release signals: for the timeout, or as long as the key can live, or for ever.
            let ms = limit.unwrap_or_default().as_ms();
            let span = format!("{}.{:03}", ms / 1000, ms % 1000).replace(".000", "");
            let signalled = cx.redis(0).raw(&[&"BLPOP", &signal, &span]).await?;
            *timed_out = self.timeout.is_some() && signalled == Reply::Nil;
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        // 3. Leave one signal in the list, and delete the key.
        cx.interrupt(WATCHDOG + cx.surroundings().thread);
        let Some(token) = self.token.take() else { return Ok(()) };
        let keys: [&dyn crate::cx::Arg; 2] = [&self.place(), &self.signal()];
        match cx.redis(0).eval(UNLOCK_AND_SIGNAL, &keys, &[&token, &*self.signal_expire]).await? {
            Reply::Int(0) => Ok(()),
            _ => Err(LockError::Lost),
        }
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        format!("lock:{}", self.name.0)
    }
}
