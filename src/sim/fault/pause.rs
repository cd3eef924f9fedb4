//! `pause`: a process stands still for a time; its clocks go on, its messages queue.

use std::collections::VecDeque;

use super::entry::{BUDGET, Entry, FOR, PHASE, PROCESS};
use super::near::{AFTER, BEFORE};
use super::processes::Processes;
use super::{About, Extent, Halt, Kind, Moment, Strike, Target};
use crate::event::Event;
use crate::json::Problem;
use crate::sim::agenda::{Due, ProcessId};
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct Pause {
    whom: Processes,
    spans: Vec<Micros>,
}

impl Pause {
    pub(super) const ABOUT: About = About {
        name: "pause",
        title: "a process stands still; its clocks go on and its messages queue",
        source: "Kleppmann 2016, \"How to do distributed locking\": the garbage collector",
        needs: "",
        params: &[BUDGET, FOR, PROCESS, PHASE, BEFORE, AFTER],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        Ok(Self { spans: entry.spans()?, whom: entry.processes()? })
    }
}

impl Kind for Pause {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        self.whom.each(world, moment, |process| {
            self.spans.iter().for_each(|&span| out(Target::Process(process), span));
        });
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        if let Target::Process(process) = strike.target {
            world.pause(stage, process, strike.span);
        }
    }

    fn extent(&self) -> Extent<'_> {
        Extent { spans: &self.spans, ..self.whom.extent() }
    }

    fn halts(&self) -> Halt {
        Halt::ForATime
    }
}

impl World {
    fn pause(&mut self, stage: &mut Stage<'_>, process: ProcessId, span: Micros) {
        self.process_mut(process).paused = Some(VecDeque::new());
        self.agenda.put(self.now + span, Due::Resume(process));
        self.contacts(process);
        self.happens(stage, &Event::Pauses(process));
    }

    /// What is due for a process that stands still waits.
    pub(in crate::sim) fn queue_for_paused(&mut self, process: ProcessId, event: Due) {
        if let Due::Timer(_, op) = event {
            // How long ago it was due makes no difference any more.
            self.set_due(process, op, Micros(i64::MIN));
        }
        if let Some(backlog) = &mut self.process_mut(process).paused {
            backlog.push_back(event);
        }
    }

    /// A process that stood still goes on.
    pub(in crate::sim) fn resume_process(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        let backlog = self.process_mut(process).paused.take().unwrap_or_default();
        self.send_kept(process);
        for event in backlog {
            if let Due::Timer(_, op) = event {
                self.set_due(process, op, self.now);
            }
            self.agenda.put(self.now, event);
        }
        self.contacts(process);
        self.happens(stage, &Event::Resumes(process));
    }
}
