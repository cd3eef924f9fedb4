//! The events of an own run, as lines of a trace and as what reports are made of.

use serde::Serialize;

use super::written::Written;
use crate::store::ledger::Account;
use crate::time::Micros;

/// One event: one line of a trace.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Event {
    /// When it happened (µs since the run began).
    pub at: Micros,
    /// The step in which it happened; 0 before the first.
    pub step: u64,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum What {
    /// A server executed a request.
    Executed {
        /// The process that sent it.
        from: String,
        /// Which of its threads, from 1, if it has several.
        #[serde(skip_serializing_if = "Option::is_none")]
        thread: Option<u8>,
        /// The server.
        to: String,
        /// The request, as recordings write it: a list of words (Redis), or an object with `op`.
        call: Written,
        /// The answer as recordings write it; there is none yet if the member is missing.
        #[serde(skip_serializing_if = "Option::is_none")]
        reply: Option<Written>,
        /// What else the server sent.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        sent: Vec<Sent>,
    },
    /// A server did something because it was time.
    Deadline {
        /// The server.
        deadline: String,
        /// What it sent.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        sent: Vec<Sent>,
    },
    /// A message reached a process.
    Heard {
        /// The process.
        to: String,
        /// The server that sent it.
        from: String,
        /// The message.
        heard: Written,
    },
    /// A process learnt that its connection is gone.
    Lost {
        /// The process.
        to: String,
        /// The server at the other end.
        from: String,
        /// Always true.
        lost: bool,
    },
    /// A timer of a process fired.
    Timer {
        /// The process.
        timer: String,
    },
    /// A thread did something that properties judge.
    Did(Did),
    /// Something was put where the lock lives, or is gone from there.
    Place {
        /// The key or node.
        lock: String,
        /// Whether it was put there.
        placed: bool,
        /// Whose request it was; nobody's if its time was over, or if a fault took it.
        by: Option<String>,
        /// Whether a fault took it away.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        taken: bool,
    },
    /// Something happened to a process.
    Process {
        /// The process.
        process: String,
        /// What.
        event: ProcessEvent,
    },
    /// The role of a server changed.
    Server {
        /// The server.
        server: String,
        /// `promoted`, or `follows` another one.
        event: String,
    },
    /// Something other than the nominal happened.
    Deviation {
        /// What was done.
        deviation: String,
        /// What was about to happen instead, as in `c2>redis`.
        site: String,
        /// 1 for a fault, 0 for the end of one.
        cost: u8,
    },
    /// A recipe or workload counted something.
    Noted {
        /// The process.
        process: String,
        /// What.
        noted: &'static str,
        /// How much.
        amount: i64,
    },
    /// A property was violated.
    Violated {
        /// Which.
        violated: String,
        /// Why, in words.
        why: String,
    },
}

/// A message that a server sent beside the answer to a request.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Sent {
    /// The process it goes to.
    pub to: String,
    /// The message.
    pub message: Written,
}

/// What a thread did.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Did {
    /// The thread, as in `c1` or `s1.t2`.
    pub who: String,
    /// What.
    #[serde(flatten)]
    pub act: Act,
}

/// What a thread can do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Act {
    /// It begins to ask for the lock.
    Asks,
    /// The first request of its acquisition was executed.
    InLine,
    /// It enters its section.
    Enters {
        /// Until when (µs since the run began) it believes to have the lock, if it heeds that.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Micros>,
        /// Its fencing token.
        #[serde(skip_serializing_if = "Option::is_none")]
        fence: Option<i64>,
        /// Whether it shares the lock.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        shared: bool,
    },
    /// It leaves its section.
    Leaves,
    /// Its acquisition failed.
    Refused,
    /// It was refused too often, and will not ask again.
    GivesUp,
    /// It has had enough.
    Done,
    /// The ledger executed its read.
    Read {
        /// Of which account, if there are several.
        #[serde(skip_serializing_if = "Account::is_main")]
        account: Account,
        /// What the ledger said.
        value: i64,
    },
    /// The ledger executed its write.
    Wrote {
        /// Of which account, if there are several.
        #[serde(skip_serializing_if = "Account::is_main")]
        account: Account,
        /// What the ledger says now.
        value: i64,
    },
    /// The ledger refused its fencing token.
    Fenced,
}

/// What happens to a process.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProcessEvent {
    /// It stops for good.
    Crashes,
    /// It ends by itself.
    Exits,
    /// A new one takes its place.
    Restarts,
    /// It stands still.
    Pauses,
    /// It goes on.
    Resumes,
}

impl Event {
    /// The line that the event is in a trace, without the line break.
    pub fn line(&self) -> String {
        // Nothing in an event can fail to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}
