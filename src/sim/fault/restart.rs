//! `restart`: a process dies, and a new one without memory takes its place after a time.

use super::entry::{BUDGET, Entry, FOR, PHASE, PROCESS};
use super::near::{AFTER, BEFORE};
use super::processes::Processes;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::event::Event;
use crate::json::Problem;
use crate::sim::agenda::{Due, ProcessId};
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct Restart {
    whom: Processes,
    spans: Vec<Micros>,
}

impl Restart {
    pub(super) const ABOUT: About = About {
        name: "restart",
        title: "a process dies, and a new one without memory takes its place after a time",
        source: "Schlichting and Schneider 1983, \"Fail-Stop Processors\"",
        needs: "",
        params: &[BUDGET, FOR, PROCESS, PHASE, BEFORE, AFTER],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        Ok(Self { spans: entry.spans()?, whom: entry.processes()? })
    }
}

impl Kind for Restart {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        self.whom.each(world, moment, |process| {
            self.spans.iter().for_each(|&span| out(Target::Process(process), span));
        });
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        if let Target::Process(process) = strike.target {
            world.crash(stage, process);
            world.agenda.put(world.now + strike.span, Due::Restart(process));
        }
    }

    fn extent(&self) -> Extent<'_> {
        Extent { spans: &self.spans, ..self.whom.extent() }
    }

    fn kills(&self) -> bool {
        true
    }
}

impl World {
    /// A new process takes the place of one that died.
    pub(in crate::sim) fn restart(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        self.happens(stage, &Event::Restarts(process));
        self.begin_process(stage, process);
    }
}
