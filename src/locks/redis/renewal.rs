//! The watchdog of recipes that keep their lock alive.

use serde::Deserialize;

use super::super::{lease, lost};
use super::{COMPARE_AND_PEXPIRE, Key};
use crate::cx::{Arg, Cx, Grant, Instant, Script, Task, TaskId, Token};
use crate::json::{Problem, Section};
use crate::store::redis::Reply;
use crate::time::Micros;

/// The number of the first thread's watchdog; the next thread's is the next.
pub(super) const WATCHDOG: TaskId = 32;

/// Gives the key a new time to live every third of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Renewal {
    /// What is sent, with key, token and time: 1 if it was renewed.
    pub(super) script: Script,
    /// The lock's key.
    pub(super) key: Key,
    /// Whose it is.
    pub(super) token: Token,
    /// The time to live (µs), renewed every third of it.
    pub(super) ttl: Micros,
    /// What is added (µs) to what is left of the time to live; none if it begins anew.
    pub(super) adds: Option<Micros>,
    /// What of the key is renewed, with deadlines by the holder's wall clock; all of it if that is nothing.
    pub(super) fields: Vec<String>,
    /// Whether the script gets the time before the token, as Redisson's do.
    pub(super) ttl_first: bool,
    /// Whose cell tells of a loss.
    pub(super) thread: TaskId,
    /// Whether the first call that fails is the last (catalogue entry F15).
    pub(super) gives_up: bool,
}

impl Renewal {
    /// Renews all of the key for as long as it can.
    pub(super) fn of(
        script: Script,
        key: Key,
        (token, ttl): (Token, Micros),
        thread: TaskId,
    ) -> Self {
        let (adds, fields, ttl_first, gives_up) = (None, Vec::new(), false, false);
        Self { script, key, token, ttl, adds, fields, ttl_first, thread, gives_up }
    }

    /// Whether the key was set without a time to live: redis-py's timeout of 0.
    fn is_endless(&self) -> bool {
        self.ttl == Micros::ZERO
    }

    /// The same for a script of Redisson's.
    pub(super) fn ttl_first(self) -> Self {
        Self { ttl_first: true, ..self }
    }

    /// Begins, for a lock that is valid until then.
    pub(super) fn start(self, cx: &Cx, until: Instant) -> Grant {
        lost(cx, self.thread).set(false);
        lease(cx, self.thread).set(Some(until).filter(|_| !self.is_endless()));
        cx.spawn(WATCHDOG + self.thread, self);
        Grant::default()
    }
}

/// How the user of redis-py's lock keeps it, from a thread of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Renew {
    #[default]
    Never,
    Extend,
    Reacquire,
}

/// `LUA_EXTEND_SCRIPT` of redis-py: adds to what is left of the time to live, 1 if the lock is mine.
const EXTEND: Script = Script(include_str!("redis_py_extend.lua"));

impl Renew {
    /// What has no timeout, which 0 is not, is not renewed.
    pub(super) fn needs(
        self,
        timeout: Option<Micros>,
        section: &Section<'_>,
    ) -> Result<(), Box<Problem>> {
        if self == Self::Never || timeout.is_some() {
            return Ok(());
        }
        let message = "redis-py raises LockError: it renews no lock that has no timeout";
        Err(section.field("renew")?.error(message))
    }

    /// The grant of a lock with a time to live of `ttl` (µs), valid until then if nobody renews it.
    pub(super) fn grant(
        self,
        cx: &Cx,
        key: &Key,
        token: Token,
        ttl: Micros,
        until: Instant,
    ) -> Grant {
        let (script, adds) = match self {
            Self::Never if ttl == Micros::ZERO => return Grant::default(),
            Self::Never => return Grant { until: Some(until), ..Grant::default() },
            Self::Extend => (EXTEND, Some(Micros(ttl.0 / 3))),
            Self::Reacquire => (COMPARE_AND_PEXPIRE, None),
        };
        let (key, thread) = (key.clone(), cx.surroundings().thread);
        Renewal { adds, ..Renewal::of(script, key, (token, ttl), thread) }.start(cx, until)
    }
}

impl Task for Renewal {
    async fn run(self, cx: &Cx) {
        // Without a time to live the user renews it now and then.
        let lives = if self.is_endless() { Micros::from_ms(3000) } else { self.ttl };
        let (span, third) = (self.adds.unwrap_or(self.ttl), Micros(lives.0 / 3));
        let (lost, lease) = (lost(cx, self.thread), lease(cx, self.thread));
        let mut until = cx.looping(cx.now() + lives);
        loop {
            cx.turn(&mut until).await;
            cx.sleep(third.min(cx.until(*until))).await;
            let (asked_at, rest) = (cx.now(), cx.until(*until));
            let now = if self.fields.is_empty() { 0 } else { cx.wall_clock_ms() };
            let deadlines = self.fields.iter().map(|field| field as &dyn Arg);
            let by_clock = (!self.fields.is_empty()).then_some(&now as &dyn Arg);
            let mut who: [&dyn Arg; 2] = [&self.token, &span];
            if self.ttl_first {
                who.reverse();
            }
            let args: Vec<&dyn Arg> = who.into_iter().chain(by_clock).chain(deadlines).collect();
            let renew = cx.redis(0).eval(self.script, &[&self.key], &args);
            // With no time left it asks all the same: the process may have stood still.
            let patience = if rest > Micros::ZERO { rest } else { third };
            match renew.within(patience).await {
                Ok(Reply::Int(1)) => {
                    *until = self.adds.map_or(asked_at + lives, |adds| *until + adds);
                    if !self.is_endless() {
                        lease.set(Some(*until));
                    }
                }
                // It ends as it was, and nobody is told.
                Err(_) if self.gives_up => return lease.set(None),
                // A call that failed is tried again, until the time is up.
                Err(_) if !cx.is_past(*until) => {}
                _ => return lost.set(true),
            }
        }
    }
}

/// Stops the watchdog of this thread, if it has one.
pub(super) fn stop(cx: &Cx) {
    let thread = cx.surroundings().thread;
    cx.interrupt(WATCHDOG + thread);
    let lease = lease(cx, thread);
    if lease.get().is_some() {
        lease.set(None);
    }
}
