//! Whether a key is still its holder's: asked now and then, as Redisson's `isHeldByThread` and redis-py's `owned` do.

use super::super::lost;
use super::Key;
use crate::cx::{Cx, Task, TaskId, Token};
use crate::time::Micros;

/// The number of the first thread's check; the next thread's is the next.
pub(super) const CHECK: TaskId = 32;

/// Looks whose the key is, and says so when it is somebody else's, nobody's, or not to be learnt.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Check {
    /// The lock's key.
    pub(super) key: Key,
    /// Whose it is to be.
    pub(super) token: Token,
    /// How often (µs) it looks.
    pub(super) every: Micros,
    /// Whether it asks a replica instead of the master (catalogue entry F34).
    pub(super) on_replica: bool,
    /// Whose cell tells of a loss.
    pub(super) thread: TaskId,
}

impl Task for Check {
    async fn run(self, cx: &Cx) {
        let redis = if self.on_replica { cx.redis(0).replica(0) } else { cx.redis(0) };
        let mut pass = cx.looping(());
        loop {
            cx.turn(&mut pass).await;
            cx.sleep(self.every).await;
            if redis.get(&self.key).await != Ok(Some(self.token.text())) {
                return lost(cx, self.thread).set(true);
            }
        }
    }
}
