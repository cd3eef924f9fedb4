//! `interrupt`: a call of a thread is dropped where it waits; what it has sent stays on its way.
//!
//! The recipe is what it was before the call, as the state of a future that is dropped is gone. A thread that was
//! acquiring goes on as after a refusal, when its library has cleaned up; one that was working leaves its section and releases, and comes again; one
//! that was releasing takes the lock for released.

use std::collections::VecDeque;

use super::entry::{BUDGET, Entry, PHASE, PROCESS};
use super::near::{AFTER, BEFORE};
use super::processes::Processes;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::cx::{LockError, Next, Output};
use crate::event::{Event, Who};
use crate::json::{Problem, Section};
use crate::sim::agenda::ProcessId;
use crate::sim::thread::Phase;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct Interrupt {
    whom: Processes,
    then: Then,
}

/// What a thread does whose call was dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Then {
    /// It goes on: as after a refusal, to its release, or to what comes after that.
    #[default]
    GoesOn,
    /// It ends there, without a `finally`: whatever else its process does goes on.
    Ends,
}

impl Then {
    const ALL: [(&'static str, Self); 2] = [("goes-on", Self::GoesOn), ("ends", Self::Ends)];

    fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let name: String = section.to()?;
        match Self::ALL.iter().find(|(known, _)| *known == name) {
            Some((_, then)) => Ok(*then),
            None => Err(section.unknown_name("way", &name, Self::ALL.map(|(name, _)| name))),
        }
    }
}

const THEN: (&str, &str) = (
    "then",
    "the thread \"goes-on\", to its release if it was working; or it \"ends\" there, releases nothing, and what its \
     process does beside it goes on: \"goes-on\"",
);

impl Interrupt {
    pub(super) const ABOUT: About = About {
        name: "interrupt",
        title: "a call of a thread (acquire, section, release) is dropped where it waits; its requests stay on their way",
        source: "Java Thread.interrupt, asyncio Task.cancel, Go context: https://docs.python.org/3/library/asyncio-task.html#task-cancellation",
        needs: "",
        params: &[BUDGET, PROCESS, PHASE, BEFORE, AFTER, THEN],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        let then = entry.get("then").map(|field| Then::from_section(&field)).transpose()?;
        Ok(Self { whom: entry.processes()?, then: then.unwrap_or_default() })
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
                let asks = moment.near.is_none_or(|(_, task)| task == Some(number));
                let admitted = asks && self.whom.admit_phase(thread.phase);
                if in_call && admitted && state.task(number).is_some() {
                    out(Target::Thread(process, number), Micros::ZERO);
                }
            }
        });
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        if let Target::Thread(process, thread) = strike.target {
            match self.then {
                Then::GoesOn => world.interrupt_call(stage, process, thread),
                Then::Ends => world.end_thread(stage, process, thread),
            }
        }
    }

    fn needs(&self) -> &'static str {
        "a call of a thread that is under way"
    }

    fn extent(&self) -> Extent<'_> {
        Extent { ends_thread: self.then == Then::Ends, ..self.whom.extent() }
    }
}

impl World {
    /// A thread ends in the middle of its call.
    fn end_thread(&mut self, stage: &mut Stage<'_>, process: ProcessId, number: u8) {
        self.interrupt(stage, process, number);
        let who = Who { process, thread: number };
        let thread = &mut self.process_mut(process).threads[usize::from(number)];
        let was = std::mem::replace(&mut thread.phase, Phase::Done);
        match was {
            Phase::Working => self.happens(stage, &Event::Leaves(who)),
            Phase::Releasing => {}
            _ => self.happens(stage, &Event::Refused(who)),
        }
        self.done(stage, who);
    }

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
