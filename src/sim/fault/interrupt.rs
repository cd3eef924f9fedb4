//! `interrupt`: a call of a thread is dropped where it waits; what it has sent stays on its way.
//!
//! The recipe is what it was before the call, as the state of a future that is dropped is gone. A thread that was
//! acquiring goes on as after a refusal; one that was working leaves its section and releases, and comes again; one
//! that was releasing takes the lock for released.

use std::collections::VecDeque;

use super::entry::{BUDGET, Entry, PHASE, PROCESS};
use super::processes::Processes;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::cx::{LockError, Next, Output};
use crate::json::Problem;
use crate::sim::agenda::ProcessId;
use crate::sim::setup::Setup;
use crate::sim::thread::Phase;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct Interrupt {
    whom: Processes,
}

impl Interrupt {
    pub(super) const ABOUT: About = About {
        name: "interrupt",
        title: "a call of a thread (acquire, section, release) is dropped where it waits; its requests stay on their way",
        source: "Java Thread.interrupt, asyncio Task.cancel, Go context: https://docs.python.org/3/library/asyncio-task.html#task-cancellation",
        needs: "",
        params: &[BUDGET, PROCESS, PHASE],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        Ok(Self { whom: entry.processes()? })
    }
}

impl Kind for Interrupt {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        self.whom.each(world, moment, |process| {
            let state = &world.processes[usize::from(process)];
            for (number, thread) in state.threads.iter().enumerate() {
                let number = number as u8;
                let in_call =
                    matches!(thread.phase, Phase::Acquiring | Phase::Working | Phase::Releasing);
                if in_call && self.whom.admit_phase(thread.phase) && state.task(number).is_some() {
                    out(Target::Thread(process, number), Micros::ZERO);
                }
            }
        });
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        if let Target::Thread(process, thread) = strike.target {
            world.interrupt_call(stage, process, thread);
        }
    }

    fn call(&self, setup: &Setup, strike: Strike) -> String {
        format!("{} is interrupted", strike.target.name(setup))
    }

    fn extent(&self) -> Extent<'_> {
        self.whom.extent()
    }
}

impl World {
    fn interrupt_call(&mut self, stage: &mut Stage<'_>, process: ProcessId, number: u8) {
        self.interrupt(stage, process, number);
        let thread = &self.processes[usize::from(process)].threads[usize::from(number)];
        let (lock, work) = (thread.lock.clone(), thread.work.clone());
        let output = match thread.phase {
            Phase::Working => Output::Worked(work, Next::Again),
            Phase::Releasing => Output::Released(lock, Err(LockError::Interrupted)),
            _ => Output::Acquired(lock, Err(LockError::Interrupted)),
        };
        let mut todo = VecDeque::new();
        self.finish(stage, process, number, output, &mut todo);
        self.work_off(stage, process, todo);
    }
}
