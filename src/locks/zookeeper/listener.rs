//! A listener of the session's state, as applications that use Curator must have one.

use serde::Deserialize;

use super::super::lost;
use crate::cx::{Cx, Grant, Session, Task, TaskId};

/// The number of the first thread's listener; the next thread's is the next.
const LISTENER: TaskId = 40;

/// What an application takes for the loss of its lock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Heeds {
    /// Nothing: it does not listen.
    #[default]
    Nothing,
    /// The session's end, once a server has said so (LOST).
    Lost,
    /// The loss of the connection (SUSPENDED).
    Suspended,
}

impl Heeds {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) = (
        "heeds",
        "what a worker that stops at-validity takes for the loss of its lock: \"nothing\", the session's end \
         (\"lost\"), the loss of the connection (\"suspended\"): \"nothing\"",
    );

    /// Begins to listen, for the thread that has the lock now.
    pub(super) fn start(self, cx: &Cx) {
        let thread = cx.surroundings().thread;
        lost(cx, thread).set(false);
        if self != Self::Nothing {
            cx.spawn(LISTENER + thread, Listen { heeds: self, thread });
        }
    }

    /// Begins to listen, and hands the grant on.
    pub(super) fn granted(self, cx: &Cx, grant: Grant) -> Grant {
        self.start(cx);
        grant
    }

    /// Listens no more.
    pub(super) fn stop(self, cx: &Cx) {
        if self != Self::Nothing {
            cx.interrupt(LISTENER + cx.surroundings().thread);
        }
    }
}

/// Curator's `ConnectionStateErrorPolicy`: what ends a leadership.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Policy {
    /// The loss of the connection, and that of the session.
    #[default]
    Standard,
    /// That of the session alone.
    Session,
}

impl Policy {
    /// The parameter.
    pub(super) const ABOUT: (&'static str, &'static str) = (
        "policy",
        "what ends the leadership of work that stops at-validity: \"standard\" SUSPENDED and LOST, \"session\" LOST \
         alone: \"standard\"",
    );

    /// What is heeded then.
    pub(super) const fn heeds(self) -> Heeds {
        match self {
            Self::Standard => Heeds::Suspended,
            Self::Session => Heeds::Lost,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Listen {
    heeds: Heeds,
    thread: TaskId,
}

impl Task for Listen {
    async fn run(self, cx: &Cx) {
        let mut state = cx.looping(Session::Connected);
        loop {
            cx.turn(&mut state).await;
            let now = cx.zk().session_changed(*state).await;
            if now == Session::Expired
                || now == Session::Suspended && self.heeds == Heeds::Suspended
            {
                return lost(cx, self.thread).set(true);
            }
            *state = now;
        }
    }
}
