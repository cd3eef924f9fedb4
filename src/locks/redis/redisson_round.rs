//! One round of Redisson's multi-lock: `tryLock(waitTime, leaseTime)` of redisson/redisson RedissonMultiLock.java.

use super::Key;
use super::redisson_base::{
    Attempt, LOCK, Patience, RENEW, lock_or_wait, start_watchdog, unlock_hash,
};
use crate::cx::{Cx, Instant, LockError, Token};
use crate::time::Micros;

/// Locks one `RLock` after the other until that instant: whether all are held. If not, none is.
///
/// `keys` come with their places in the list. What is had has this lease (µs), or else a watchdog of that timeout.
pub(super) async fn lock_all(
    cx: &Cx,
    keys: &[(usize, &Key)],
    me: Token,
    until: Instant,
    (lease, watchdog_timeout): (Option<Micros>, Micros),
) -> Result<bool, LockError> {
    let ttl = lease.unwrap_or(watchdog_timeout);
    let patience = Patience { until: Some(until), ..Patience::default() };
    for (place, &(number, key)) in keys.iter().enumerate() {
        let attempt = async || {
            let locked = cx.redis(0).eval(LOCK, &[key], &[&ttl, &me]).no_retry().await?;
            Ok(Attempt::of(&locked, ()))
        };
        if lock_or_wait(cx, &key.channel(), patience, attempt).await.is_err() {
            // One is missing: unlock what is had.
            unlock_all(cx, &keys[..place], me, watchdog_timeout).await?;
            return Ok(false);
        }
        if lease.is_none() {
            start_watchdog(cx, RENEW, (key, number), (me, ttl), false);
        }
    }
    Ok(true)
}

/// Unlocks one after the other.
pub(super) async fn unlock_all(
    cx: &Cx,
    keys: &[(usize, &Key)],
    me: Token,
    ttl: Micros,
) -> Result<(), LockError> {
    for &(number, key) in keys {
        unlock_hash(cx, (key, number), (me, ttl), Some(ttl)).await?;
    }
    Ok(())
}
