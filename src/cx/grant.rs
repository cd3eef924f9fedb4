//! How an acquisition ends: with what the protocol claims, or with a reason.

use std::rc::Rc;

use super::Cx;
use super::handle::Instant;
use super::op::CallError;

/// What an acquisition grants, as the protocol claims it. The properties judge.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Grant {
    /// Until when the lock is valid by the client's own clock, if the protocol says.
    pub until: Option<Instant>,
    /// The fencing token, if the protocol gives one.
    pub fence: Option<i64>,
    /// Whether others may have the lock at the same time, if they share it too: a reader's grant.
    pub shared: bool,
    /// The ZooKeeper node whose existence is the lock, if the recipe says: a write can be made to depend on it.
    pub node: Option<Rc<str>>,
}

impl Grant {
    /// The grant of two locks together: it ends with the first, and is shared only if both are.
    #[must_use]
    pub fn and(&self, inner: &Self, cx: &Cx) -> Self {
        let until = match (self.until, inner.until) {
            (Some(outer), Some(inner)) if cx.until(inner) < cx.until(outer) => Some(inner),
            (outer, inner) => outer.or(inner),
        };
        let (fence, shared) = (self.fence.or(inner.fence), self.shared && inner.shared);
        Self { until, fence, shared, node: self.node.clone().or_else(|| inner.node.clone()) }
    }
}

/// Why a lock was not acquired or not released.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum LockError {
    /// Somebody else has it.
    Busy,
    /// It was mine and is not any more.
    Lost,
    /// A store call failed.
    Call(CallError),
    /// The call was dropped while it waited.
    Interrupted,
    /// Whoever asked for it has given up: it is not tried again.
    GaveUp,
}

impl From<CallError> for LockError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}
