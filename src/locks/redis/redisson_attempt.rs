//! How Redisson sends the lock script, and what becomes of its answer: `tryAcquireAsync` of RedissonLock.java.

use super::Key;
use super::redisson_base::{LOCK, RENEW, start_watchdog, unlock_hash, watchdog};
use crate::cx::{CallError, Cx, Task, Token};
use crate::store::redis::Reply;
use crate::time::Micros;

/// How the lock script is sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum How {
    /// The library may send it again, and it counts again.
    Again,
    /// Once; what may be held after an error stays so.
    Once,
    /// Once; what may be held after an error is unlocked.
    OnceAndUndone,
    /// Once; the watchdog begins with the answer, whatever has become of the thread that asked.
    Beside,
}

/// `tryLockInnerAsync`: nil if it is held now, else how long (ms) it lives.
pub(super) async fn lock_once(
    cx: &Cx,
    key: &Key,
    (me, ttl): (Token, Micros),
    how: How,
) -> Result<Reply, CallError> {
    if how == How::Beside {
        return ask_beside(cx, Callback { key: key.clone(), me, ttl }).await;
    }
    let lock = cx.redis(0).eval(LOCK, &[key], &[&me, &ttl]);
    let lock = if how == How::Again { lock } else { lock.no_retry() };
    let locked = lock.await;
    if how == How::OnceAndUndone && locked.as_ref().is_err_and(CallError::outcome_unknown) {
        // It may be held once more than anybody knows of. If this fails too, the lease ends some time.
        let _ = unlock_hash(cx, (key, 0), (me, ttl), ttl).await;
    }
    locked
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
        let locked = cx.redis(0).eval(LOCK, &[&key], &[&me, &ttl]).no_retry().await;
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
