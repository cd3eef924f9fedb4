//! How Redisson sends the lock script, and what becomes of its answer: `tryAcquireAsync` of RedissonLock.java.

use serde::Deserialize;

use super::Key;
use super::redisson_base::{LOCK, Patience, RENEW, start_watchdog, unlock_hash, watchdog};
use crate::cx::{CallError, Cx, LockError, Task, Token};
use crate::store::redis::Reply;
use crate::time::Micros;

/// What versions of Redisson got wrong, or let their users switch off.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Defect {
    /// Nothing: the lock script is sent once, and what may be held after an error is unlocked.
    #[default]
    None,
    /// The watchdog ends with the first call that fails.
    RenewalGivesUp,
    /// The watchdog begins with the answer, whatever has become of the thread that asked.
    RenewalInCallback,
    /// Who has subscribed does not try again before it waits.
    NoRecheckAfterSubscribe,
    /// Who waits heeds no time to live.
    WaitsForever,
    /// The library may send the lock script again, and it counts again.
    RetriesAcquire,
    /// What may be held after an error stays so.
    KeepsOnError,
    /// What no replica has is held all the same.
    IgnoresUnsynced,
}

impl Defect {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) = (
        "defect",
        "\"renewal-gives-up\" when one fails (#5698); \"renewal-in-callback\" of the lock script (#7272); \
         \"no-recheck-after-subscribe\" (#3018); \"waits-forever\" for the message; \"retries-acquire\" whose reply is \
         lost (#4706); \"keeps-on-error\" what may be held; \"ignores-unsynced\" replicas \
         (checkLockSyncedSlaves = false): \"none\"",
    );

    /// For what a waiter waits.
    pub(super) fn patience(self) -> Patience {
        let heeds_ttl = self != Self::WaitsForever;
        let rechecks = self != Self::NoRecheckAfterSubscribe;
        Patience { heeds_ttl, rechecks, ..Patience::default() }
    }
}

/// `tryLockInnerAsync`: nil if it is held now, else how long (ms) it lives.
pub(super) async fn lock_once(
    cx: &Cx,
    key: &Key,
    (me, ttl): (Token, Micros),
    defect: Defect,
) -> Result<Reply, CallError> {
    if defect == Defect::RenewalInCallback {
        return ask_beside(cx, Callback { key: key.clone(), me, ttl }).await;
    }
    let lock = cx.redis(0).eval(LOCK, &[key], &[&ttl, &me]);
    let lock = if defect == Defect::RetriesAcquire { lock } else { lock.no_retry() };
    let locked = lock.await;
    let keeps = matches!(defect, Defect::RetriesAcquire | Defect::KeepsOnError);
    if !keeps && locked.as_ref().is_err_and(CallError::outcome_unknown) {
        // It may be held once more than anybody knows of. If this fails too, the lease ends some time.
        let _ = unlock_hash(cx, (key, 0), (me, ttl), Some(ttl)).await;
    }
    locked
}

/// `syncedEval` and `handleNoSync`: waits until all replicas have the lock, for so long (µs) at most.
///
/// If none has it although one is needed, it is given back, and the caller is told of an error.
pub(super) async fn sync(
    cx: &Cx,
    key: &Key,
    (me, ttl): (Token, Micros),
    (replicas, within): (u32, Micros),
    needed: bool,
) -> Result<(), LockError> {
    if cx.redis(0).wait(replicas, within).await? == 0 && needed {
        unlock_hash(cx, (key, 0), (me, ttl), Some(ttl)).await?;
        return Err(LockError::Busy);
    }
    Ok(())
}

/// Sends the lock script and waits for the answer, as another task of the process does.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Callback {
    key: Key,
    me: Token,
    ttl: Micros,
}

/// The cell with the answer that nobody has taken yet.
const ANSWER: &str = "answer to the lock script";

impl Task for Callback {
    async fn run(self, cx: &Cx) {
        let Self { key, me, ttl } = self;
        let locked = cx.redis(0).eval(LOCK, &[&key], &[&ttl, &me]).no_retry().await;
        if locked == Ok(Reply::Nil) {
            start_watchdog(cx, RENEW, (&key, 0), (me, ttl), false);
        }
        cx.cell(ANSWER).set(Some(locked));
    }
}

async fn ask_beside(cx: &Cx, callback: Callback) -> Result<Reply, CallError> {
    let answer = cx.cell::<Option<Result<Reply, CallError>>>(ANSWER);
    answer.set(None);
    cx.spawn(watchdog(cx, 3), callback);
    let mut pass = cx.looping(());
    loop {
        cx.turn(&mut pass).await;
        if let Some(locked) = answer.get() {
            return locked;
        }
        answer.changed().await;
    }
}
