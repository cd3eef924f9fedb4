//! Where faults took effect: how often, and in which phases of those whom they hit.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::agenda::Due;
use super::conn::Direction;
use super::fault::{Fault, name_of_next};
use super::setup::Setup;
use super::step::Step;
use super::thread::Phase;
use super::world::World;
use crate::choice::FaultId;

/// The phases that a fault can hit somebody in, in the order of a section's life.
const PHASES: [Phase; 4] = [Phase::Acquiring, Phase::Waiting, Phase::Working, Phase::Releasing];

/// How often a fault took effect, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Effect {
    /// How often: in a search once for each world and each way in which it may strike there.
    pub times: u64,
    phases: u8,
}

impl Effect {
    /// The phases of the threads of the process that it hit; of all threads if it hit a server.
    pub fn phases(&self) -> impl Iterator<Item = Phase> + '_ {
        phases(self.phases)
    }

    /// Whether it took effect in every phase in which the other did.
    pub fn covers(&self, other: &Self) -> bool {
        other.phases & !self.phases == 0
    }
}

/// The effects of all faults of a model, in its order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Effects {
    faults: Vec<Effect>,
    /// The fault, if the model lists one, that a search tries at no cost: a message that is late.
    late: Option<usize>,
    met: Met,
}

/// What a search met before every fault had taken effect: what a fault that never does looked for in vain.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Met {
    /// The phases of each process's threads, as bits in the order of [`PHASES`].
    phases: Vec<u8>,
    /// The requests that were about to arrive, or of which a reply was, by name.
    pub requests: BTreeSet<Rc<str>>,
}

impl Met {
    /// The phases in which threads of the process were.
    pub fn phases(&self, process: u16) -> impl Iterator<Item = Phase> + '_ {
        phases(self.phases.get(usize::from(process)).copied().unwrap_or_default())
    }
}

fn phases(bits: u8) -> impl Iterator<Item = Phase> {
    PHASES.into_iter().enumerate().filter(move |(bit, _)| bits >> bit & 1 == 1).map(|(_, it)| it)
}

/// The bit of a phase; none of a thread that has had enough.
fn bit(phase: Phase) -> u8 {
    PHASES.iter().position(|it| *it == phase).map_or(0, |bit| 1 << bit)
}

impl Effects {
    /// None has taken effect.
    pub(crate) fn none(setup: &Setup) -> Self {
        let late = setup.faults.iter().position(Fault::is_always_tried);
        let faults = vec![Effect::default(); setup.faults.len()];
        let phases = vec![0; setup.processes.len()];
        Self { faults, late, met: Met { phases, requests: BTreeSet::new() } }
    }

    /// Takes note of a step from `world`.
    pub(crate) fn count(&mut self, world: &World, step: Step) {
        let (fault, process) = match (step, self.late) {
            (Step::Strike(strike), _) => (usize::from(strike.fault), strike.target.process()),
            (Step::Late(conn, _), Some(fault)) => (fault, Some(world.conns[conn as usize].process)),
            _ => return,
        };
        let effect = &mut self.faults[fault];
        effect.times += 1;
        let hit = world.processes.iter().enumerate();
        let hit = hit.filter(|(number, _)| process.is_none_or(|it| usize::from(it) == *number));
        for thread in hit.flat_map(|(_, process)| &process.threads) {
            effect.phases |= bit(thread.phase);
        }
    }

    /// Takes note of what there is in a world for faults to look for, as long as one has not taken effect.
    pub(crate) fn meet(&mut self, world: &World) {
        if self.faults.iter().all(|effect| effect.times > 0) {
            return;
        }
        for (met, process) in self.met.phases.iter_mut().zip(&world.processes) {
            let phases = process.threads.iter().filter(|_| process.alive).map(|it| bit(it.phase));
            *met |= phases.fold(0, |all, phase| all | phase);
        }
        let (conn, direction) = match world.agenda.head() {
            Some((_, Due::Up(conn))) => (conn, Direction::Up),
            Some((_, Due::Down(conn))) => (conn, Direction::Down),
            _ => return,
        };
        self.met.requests.extend(name_of_next(world, conn, direction));
    }

    /// Each fault's.
    pub fn iter(&self) -> impl Iterator<Item = &Effect> {
        self.faults.iter()
    }

    /// The faults that never took effect.
    pub fn never(&self) -> impl Iterator<Item = FaultId> + '_ {
        // What is tried at no cost needs no strike.
        let numbered = self.faults.iter().enumerate();
        let numbered = numbered.filter(|(number, _)| self.late != Some(*number));
        numbered.filter(|(_, effect)| effect.times == 0).map(|(number, _)| number as FaultId)
    }

    /// What they looked for in vain.
    pub fn met(&self) -> &Met {
        &self.met
    }
}
