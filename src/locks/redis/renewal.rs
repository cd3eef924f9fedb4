//! The watchdog of recipes that keep their lock alive.

use super::super::lost;
use super::Key;
use crate::cx::{Cx, Script, Task, TaskId, Token};
use crate::store::redis::Reply;
use crate::time::Micros;

/// The number of the first thread's watchdog; the next thread's is the next.
pub(super) const WATCHDOG: TaskId = 32;

/// Gives the key a new time to live every third of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Renewal {
    /// What is sent, with key, token and time to live: 1 if it was renewed.
    pub(super) script: Script,
    /// The lock's key.
    pub(super) key: Key,
    /// Whose it is.
    pub(super) token: Token,
    /// The time to live (µs).
    pub(super) ttl: Micros,
    /// Whose cell tells of a loss.
    pub(super) thread: TaskId,
    /// Whether the first call that fails is the last (catalogue entry F15).
    pub(super) gives_up: bool,
}

impl Task for Renewal {
    async fn run(self, cx: &Cx) {
        let mut until = cx.looping(cx.now() + self.ttl);
        loop {
            cx.turn(&mut until).await;
            cx.sleep(Micros(self.ttl.0 / 3)).await;
            let asked_at = cx.now();
            match cx.redis(0).eval(self.script, &[&self.key], &[&self.token, &self.ttl]).await {
                Ok(Reply::Int(1)) => *until = asked_at + self.ttl,
                Err(_) if self.gives_up => return,
                // A call that failed is tried again, until the time is up.
                Err(_) if !cx.is_past(*until) => {}
                _ => return lost(cx, self.thread).set(true),
            }
        }
    }
}
