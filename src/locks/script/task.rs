//! Functions of scripts that run beside a call: renewals, listeners, tasks.

use std::rc::Rc;

use super::drive::{Done, drive};
use super::ending::Ending;
use super::plain::{Plain, Survives};
use super::session::Returned;
use super::source::Source;
use super::vm::Arg;
use crate::cx::{CallError, Cx, Either, Pending, Session, Task, TaskId};
use crate::locks::{lease, lost};
use crate::time::Micros;

/// The number of the first task of recipes.
const FIRST: TaskId = 32;

/// How many threads of a process can have tasks beside them.
pub(super) const MOST_THREADS: u8 = 4;

/// The tasks of a thread, in the order of their numbers.
pub(super) const RENEWAL: u8 = 0;
pub(super) const LISTENER: u8 = 1;
/// The first that a script begins.
pub(super) const SPAWNED: u8 = 2;
/// How many a script can begin.
pub(super) const MOST_SPAWNED: u8 = 6;

/// The number of a thread's task of this kind.
pub(super) fn number(kind: u8, thread: u8) -> TaskId {
    FIRST + kind * MOST_THREADS + thread % MOST_THREADS
}

/// A function that runs beside a call.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Background {
    pub(super) source: Rc<Source>,
    pub(super) function: Rc<str>,
    pub(super) given: Survives,
    pub(super) runs: Runs,
    pub(super) thread: u8,
}

/// When it runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Runs {
    /// Once, with the value that it was given.
    Once,
    /// So often, with the lock: what it returns says whether the lock is still held.
    Every(Micros),
    /// Whenever the ZooKeeper session's state changes, with the lock and the state.
    OnSession,
}

impl Task for Background {
    async fn run(self, cx: &Cx) {
        match self.runs {
            Runs::Once => {
                let args = [Arg::Value(self.given.value.clone())];
                drive(cx, &self.source, &self.function, &self.given, &args, false).await;
            }
            Runs::Every(span) => self.renew(cx, span).await,
            Runs::OnSession => self.listen(cx).await,
        }
    }
}

impl Background {
    async fn renew(&self, cx: &Cx, every: Micros) {
        let mut given = cx.looping(self.given.clone());
        loop {
            cx.turn(&mut given).await;
            cx.sleep(every).await;
            let Done { result, lock } =
                drive(cx, &self.source, &self.function, &given, &[Arg::Lock], false).await;
            *given = lock;
            if !self.goes_on(cx, &result) {
                return;
            }
        }
    }

    async fn listen(&self, cx: &Cx) {
        let mut given = cx.looping((self.given.clone(), cx.zk().session()));
        loop {
            cx.turn(&mut given).await;
            let state = cx.zk().session_changed(given.1).await;
            let args = [Arg::Lock, Arg::Value(Plain::text(session_name(state)))];
            let Done { result, lock } =
                drive(cx, &self.source, &self.function, &given.0, &args, false).await;
            *given = (lock, state);
            if !self.goes_on(cx, &result) {
                return;
            }
        }
    }

    /// Whether the lock is still held, as far as this one knows.
    fn goes_on(&self, cx: &Cx, result: &Result<Returned, CallError>) -> bool {
        match result {
            Ok(Returned::Ending(Ending::Held(grant))) => {
                if grant.until.is_some() {
                    lease(cx, self.thread).set(grant.until);
                }
                true
            }
            Ok(Returned::Ending(Ending::Lost | Ending::Busy) | Returned::No) => {
                lost(cx, self.thread).set(true);
                false
            }
            // It ends, and nobody is told.
            Ok(Returned::Ending(Ending::GaveUp)) => {
                lease(cx, self.thread).set(None);
                false
            }
            // Whoever does not catch an error is run again the next time.
            Ok(Returned::Nothing | Returned::Other(_)) | Err(_) => true,
        }
    }
}

/// How scripts call the state of a session.
pub(super) fn session_name(session: Session) -> &'static str {
    match session {
        Session::Connected => "connected",
        Session::Suspended => "suspended",
        Session::Expired => "expired",
    }
}

/// Waits, at most so long if that is said: whether it came in time.
pub(super) async fn in_time(cx: &Cx, what: Pending<()>, within: Option<Micros>) -> bool {
    match within {
        None => {
            what.await;
            true
        }
        Some(span) => matches!(cx.race(what, cx.sleep(span)).await, Either::First(())),
    }
}
