//! What Redisson's locks share: redisson/redisson RedissonLock.java, RedissonBaseLock.java, LockPubSub.java.

use super::super::{lease, lost};
use super::Key;
use super::renewal::{Renewal, WATCHDOG};
use crate::cx::{Arg, CallError, Cx, Instant, LockError, Script, TaskId, Token};
use crate::store::redis::Reply;
use crate::time::Micros;

/// `tryLockInnerAsync`: nil if it is held now, else how long (ms) it lives.
pub(super) const LOCK: Script = Script(include_str!("hash_lock.lua"));

/// `unlockInnerAsync`: 1 if it is free now, 0 if it is held once less, nil if it was not mine.
const UNLOCK: Script = Script(include_str!("hash_unlock_publish.lua"));

/// The same as it was before there was a latch: traces/recorded/redis/recipe-redisson-1.jsonl.
const UNLOCK_PLAIN: Script = Script(include_str!("hash_unlock_plain.lua"));

/// `renewExpirationAsync`: 1 if it was mine.
pub(super) const RENEW: Script = Script(include_str!("hash_renew.lua"));

/// What an attempt to lock comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Attempt<T> {
    /// It is held, with this.
    Held(T),
    /// Somebody else has it, for at most so long (µs) if that is known.
    Busy(Option<Micros>),
}

impl<T> Attempt<T> {
    /// Of a script that returns nil, or how long (ms) the lock lives: -1 for one without an end.
    pub(super) fn of(reply: &Reply, held: T) -> Self {
        match *reply {
            Reply::Nil => Self::Held(held),
            Reply::Int(ms) if ms >= 0 => Self::Busy(Some(Micros::from_ms(ms))),
            _ => Self::Busy(None),
        }
    }
}

/// For what a waiter waits besides the message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Patience {
    /// Until the lock's time to live is over, as read at the last attempt.
    pub(super) heeds_ttl: bool,
    /// For so long, whatever it was told.
    pub(super) poll: Option<Micros>,
    /// Whether it tries again once it has subscribed (#3018).
    pub(super) rechecks: bool,
    /// Until then; after that it gives up.
    pub(super) until: Option<Instant>,
}

impl Default for Patience {
    fn default() -> Self {
        Self { heeds_ttl: true, poll: None, rechecks: true, until: None }
    }
}

impl Patience {
    /// How long (µs) a waiter waits for the message.
    fn limit(self, cx: &Cx, ttl: Option<Micros>) -> Option<Micros> {
        let rest = self.until.map(|until| cx.until(until));
        let ttl = ttl.filter(|_| self.heeds_ttl);
        [ttl, self.poll, rest].into_iter().flatten().min()
    }
}

/// Attempts, and waits for messages on `channel` between attempts.
pub(super) async fn lock_or_wait<T>(
    cx: &Cx,
    channel: &str,
    patience: Patience,
    attempt: impl AsyncFn() -> Result<Attempt<T>, LockError>,
) -> Result<T, LockError> {
    // 1. Try.
    let ttl = match attempt().await? {
        Attempt::Held(held) => return Ok(held),
        Attempt::Busy(ttl) => ttl,
    };
    if patience.until.is_some_and(|until| cx.is_past(until)) {
        return Err(LockError::Busy);
    }
    // 2. Subscribe to the lock's channel.
    let news = cx.redis(0).subscribe(&channel).await?;
    let told = (!patience.rechecks).then_some(ttl);
    let mut pass = cx.looping((news, told, patience.until));
    loop {
        cx.turn(&mut pass).await;
        // 3. Try again: it may have been released before the subscription was there.
        let ttl = match pass.1.take() {
            Some(ttl) => ttl,
            None => match attempt().await? {
                Attempt::Held(held) => return Ok(held),
                Attempt::Busy(ttl) => ttl,
            },
        };
        if patience.until.is_some_and(|until| cx.is_past(until)) {
            return Err(LockError::Busy);
        }
        // 4. Wait for the message of an unlock, at most for as long as the lock can live.
        let message = cx.redis(0).message(&pass.0);
        let heard = match patience.limit(cx, ttl) {
            Some(limit) => message.within(limit).await,
            None => message.await,
        };
        // A library that does not subscribe again by itself says that the connection is gone.
        if heard == Err(CallError::ConnectionLost) {
            pass.0 = cx.redis(0).subscribe(&channel).await?;
        }
        if patience.until.is_some_and(|until| cx.is_past(until)) {
            return Err(LockError::Busy);
        }
    }
}

/// Attempts, and sleeps between attempts.
pub(super) async fn lock_or_sleep<T>(
    cx: &Cx,
    pause: Micros,
    attempt: impl AsyncFn() -> Result<Attempt<T>, LockError>,
) -> Result<T, LockError> {
    let mut pass = cx.looping(());
    loop {
        cx.turn(&mut pass).await;
        if let Attempt::Held(held) = attempt().await? {
            return Ok(held);
        }
        cx.sleep(pause).await;
    }
}

/// The number of the watchdog of this thread's lock number `lock`, from 0.
pub(super) fn watchdog(cx: &Cx, lock: usize) -> TaskId {
    WATCHDOG + (cx.surroundings().thread + 8 * lock as TaskId) % 31
}

/// `scheduleExpirationRenewal`: the lock lives on as long as its holder, who is `me`.
pub(super) fn start_watchdog(
    cx: &Cx,
    script: Script,
    (key, number): (&Key, usize),
    (token, ttl): (Token, Micros),
    gives_up: bool,
) {
    let renewal = Renewal::of(script, key.clone(), (token, ttl), cx.surroundings().thread);
    watch(cx, watchdog(cx, number), Renewal { gives_up, ..renewal.ttl_first() });
}

/// Starts this watchdog.
pub(super) fn watch(cx: &Cx, number: TaskId, renewal: Renewal) {
    let thread = renewal.thread;
    lost(cx, thread).set(false);
    // What an earlier watchdog said of its own lease is over.
    if lease(cx, thread).get().is_some() {
        lease(cx, thread).set(None);
    }
    cx.spawn(number, renewal);
}

/// Unlocks and stops the watchdog, unless the lock is still held: whether it is free now.
///
/// `script` gets the key, the latch and `keys`, and `args` with the latch's time to live. The latch remembers the
/// answer for so long, should the library repeat the call.
pub(super) async fn unlock(
    cx: &Cx,
    script: Script,
    (key, number, keys): (&Key, usize, &[&dyn Arg]),
    args: &[&dyn Arg],
    latch: Micros,
) -> Result<bool, LockError> {
    let name = format!("redisson_unlock_latch:{{{}}}:{}", &**key, cx.unique_token());
    let keys: Vec<&dyn Arg> =
        [key as &dyn Arg, &name].into_iter().chain(keys.iter().copied()).collect();
    let args: Vec<&dyn Arg> = args.iter().copied().chain([&latch as &dyn Arg]).collect();
    let freed = cx.redis(0).eval(script, &keys, &args).await;
    let free = unlocked(cx, number, &freed);
    if freed.is_ok() {
        cx.redis(0).del(&name).await?;
    }
    free
}

/// Stops the watchdog, unless the lock is still held: whether it is free now.
fn unlocked(cx: &Cx, number: usize, freed: &Result<Reply, CallError>) -> Result<bool, LockError> {
    if *freed != Ok(Reply::Int(0)) {
        cx.interrupt(watchdog(cx, number));
    }
    match freed {
        Err(error) => Err(LockError::Call(error.clone())),
        Ok(Reply::Nil) => Err(LockError::Lost),
        Ok(answer) => Ok(*answer == Reply::Int(1)),
    }
}

/// Unlocks an `RLock`, with a latch that lives so long or, as older versions did, without: whether it is free now.
pub(super) async fn unlock_hash(
    cx: &Cx,
    (key, number): (&Key, usize),
    (me, ttl): (Token, Micros),
    latch: Option<Micros>,
) -> Result<bool, LockError> {
    let channel = key.channel();
    if let Some(latch) = latch {
        return unlock(cx, UNLOCK, (key, number, &[&channel]), &[&ttl, &me], latch).await;
    }
    let freed = cx.redis(0).eval(UNLOCK_PLAIN, &[key, &channel], &[&"0", &ttl, &me]).await;
    unlocked(cx, number, &freed)
}

impl Key {
    /// `getChannelName`: where an unlock is published.
    pub(super) fn channel(&self) -> String {
        format!("redisson_lock__channel:{{{}}}", &**self)
    }
}
