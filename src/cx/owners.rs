//! Which tasks refer to something: one bit each.

use super::TaskId;

/// A set of tasks of a process.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Owners([u128; 2]);

impl Owners {
    /// One task.
    pub(super) fn only(task: TaskId) -> Self {
        let mut owners = Self::default();
        owners.set(task, true);
        owners
    }

    /// Puts a task in, or takes it out.
    pub(super) fn set(&mut self, task: TaskId, is_in: bool) {
        let bit = 1 << (task % 128);
        let half = &mut self.0[usize::from(task / 128)];
        *half = if is_in { *half | bit } else { *half & !bit };
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0 == [0; 2]
    }
}
