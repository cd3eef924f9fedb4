//! Faults of whole processes: which they may hit, and when.

use super::{Extent, Moment};
use crate::sim::agenda::ProcessId;
use crate::sim::thread::Phase;
use crate::sim::world::World;

/// Which processes a fault may hit.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Processes {
    /// By their numbers; all if empty.
    pub(super) numbers: Vec<u16>,
    /// Where a thread of the process must be; anywhere if empty.
    pub(super) phases: Vec<Phase>,
}

impl Processes {
    /// Whether the process is one of them, and one of its threads where it must be.
    pub(super) fn admit(&self, world: &World, process: ProcessId) -> bool {
        let threads = &world.processes[usize::from(process)].threads;
        (self.numbers.is_empty() || self.numbers.contains(&process))
            && (self.phases.is_empty()
                || threads.iter().any(|thread| self.admit_phase(thread.phase)))
    }

    /// Whether a thread of a process must be there.
    pub(super) fn admit_phase(&self, phase: Phase) -> bool {
        self.phases.is_empty() || self.phases.contains(&phase)
    }

    /// Those that live, run and want something: whoever the next event is about, and before time moves everybody; where
    /// the model names a request, whoever it is of.
    pub(super) fn each(&self, world: &World, moment: Moment, mut hit: impl FnMut(ProcessId)) {
        let about = match moment.near {
            Some((process, _)) => Some(process),
            None => world.process_of(moment.event),
        };
        if let Some(process) = about.filter(|it| self.may_hit(world, *it)) {
            hit(process);
        }
        // What may befall a process while it waits matters only to when: before time moves.
        if moment.any_time && moment.near.is_none() {
            let others = (0..world.processes.len() as ProcessId).filter(|it| Some(*it) != about);
            others.filter(|it| self.may_hit(world, *it)).for_each(hit);
        }
    }

    /// Whether the process lives, runs, wants something and is where it must be.
    pub(super) fn may_hit(&self, world: &World, process: ProcessId) -> bool {
        let state = &world.processes[usize::from(process)];
        let idle = state.threads.iter().all(|thread| !thread.wants());
        state.alive && state.paused.is_none() && !idle && self.admit(world, process)
    }

    pub(super) fn extent(&self) -> Extent<'_> {
        Extent { processes: Some(&self.numbers), phases: &self.phases, ..Extent::default() }
    }
}
