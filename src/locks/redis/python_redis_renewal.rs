//! The thread that renews a python-redis-lock: `_lock_renewer` of the same source.

use super::super::lost;
use super::renewal::WATCHDOG;
use crate::cx::{Arg, Cx, Script, Task, TaskId, Token};
use crate::store::redis::Reply;
use crate::time::Micros;

/// `EXTEND_SCRIPT`: 0, or 1 if the lock is not mine, or 2 if it has no time to live.
const EXTEND: Script = Script(include_str!("python_extend.lua"));

/// Gives the key a new time to live after two thirds of it, again and again.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct PythonRenewal {
    key: String,
    token: Token,
    /// The time to live, in whole seconds.
    seconds: i64,
    /// Whose cell tells of a loss.
    thread: TaskId,
}

impl PythonRenewal {
    /// Begins beside this thread.
    pub(super) fn start(cx: &Cx, key: String, token: Token, seconds: i64) {
        let thread = cx.surroundings().thread;
        lost(cx, thread).set(false);
        cx.spawn(WATCHDOG + thread, Self { key, token, seconds, thread });
    }
}

impl Task for PythonRenewal {
    async fn run(self, cx: &Cx) {
        let mut pass = cx.looping(());
        loop {
            cx.turn(&mut pass).await;
            cx.sleep(Micros(self.seconds * 2_000_000 / 3)).await;
            let args: [&dyn Arg; 2] = [&self.token, &self.seconds];
            // An exception ends the thread, and nobody is told.
            match cx.redis(0).eval(EXTEND, &[&self.key], &args).await {
                Ok(Reply::Int(0)) => {}
                Ok(_) => return lost(cx, self.thread).set(true),
                Err(_) => return,
            }
        }
    }
}
