//! `crash`: a process dies.

use super::entry::{BUDGET, Entry, PHASE, PROCESS};
use super::near::{AFTER, BEFORE};
use super::processes::Processes;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::event::Event;
use crate::json::Problem;
use crate::sim::agenda::ProcessId;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct Crash {
    whom: Processes,
}

impl Crash {
    pub(super) const ABOUT: About = About {
        name: "crash",
        title: "a process dies",
        source: "Schlichting and Schneider 1983, \"Fail-Stop Processors\"",
        needs: "",
        params: &[BUDGET, PROCESS, PHASE, BEFORE, AFTER],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        Ok(Self { whom: entry.processes()? })
    }
}

impl Kind for Crash {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        self.whom.each(world, moment, |process| out(Target::Process(process), Micros::ZERO));
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        if let Target::Process(process) = strike.target {
            world.crash(stage, process);
        }
    }

    fn extent(&self) -> Extent<'_> {
        self.whom.extent()
    }

    fn kills(&self) -> bool {
        true
    }
}

impl World {
    /// A process dies, with all that it knew and waited for; what it has sent still arrives.
    pub(super) fn crash(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        if stage.setup.is_abstract() {
            self.found.reached.dies(&self.processes[usize::from(process)]);
        }
        self.stop_process(stage, process);
        self.happens(stage, &Event::Crashes(process));
    }
}
