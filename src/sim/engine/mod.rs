//! Two engines for a task, one world.
//!
//! A task is a pure function of what it has observed. The [live](Live) engine keeps its future and polls it: that
//! is for long runs with many tasks. The [history](History) engine keeps what tasks did after which observations,
//! and runs a future again only for a history that is new: that is for searches, where a task must be put back
//! to where it was. Fed with the same observations both do the same.

mod history;
mod live;

pub use history::{History, HistoryCounts};
pub use live::Live;

use std::rc::Rc;

use crate::cx::{Act, Call, Local, OpId, OpResult, Surroundings, TaskId};

/// A task as an engine knows it.
pub(crate) type Handle = u32;

/// What a task did until it had to wait.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ran {
    /// The task from here on.
    pub(crate) handle: Handle,
    /// What concerns the world, in order.
    pub(crate) acts: Vec<Act>,
}

/// Runs tasks.
pub(crate) trait Engine {
    /// Begins `call` as task number `task` of its process.
    fn begin(
        &mut self,
        around: &Rc<Surroundings>,
        task: TaskId,
        call: &Call,
        local: &mut Local,
    ) -> Ran;

    /// Goes on after the end of an operation.
    fn resume(&mut self, handle: Handle, op: OpId, result: OpResult, local: &mut Local) -> Ran;

    /// Drops a task that is interrupted or whose process has crashed: nothing that it does is heard.
    fn end(&mut self, handle: Handle);
}
