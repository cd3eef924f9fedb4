//! Where a search stops, however much one world has to be asked.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::search::{Progress, Search};
use super::verdict::Cut;

/// Who watches a search, and may stop it.
pub(super) type Watch<'w> = dyn FnMut(Progress) -> ControlFlow<()> + 'w;

/// So many steps lie between two looks of who watches.
const BETWEEN: u64 = 512;

impl Search<'_> {
    /// Counts a step among worlds with so many deviations; whether the search is over because of a limit.
    pub(super) fn is_over(&mut self, deviations: u32, watch: &mut Watch<'_>) -> bool {
        if self.worlds.len() > self.bounds.states {
            self.end(Cut::States(self.bounds.states), deviations);
        }
        self.looks += 1;
        if !self.over && self.looks.is_multiple_of(BETWEEN) {
            let progress = Progress {
                states: self.worlds.len(),
                waiting: self.waiting.values().map(VecDeque::len).sum(),
                deviations,
            };
            if watch(progress).is_break() {
                self.end(Cut::Stopped, deviations);
            }
        }
        self.over
    }

    fn end(&mut self, cut: Cut, deviations: u32) {
        self.stop(cut, deviations);
        self.over = true;
    }
}
