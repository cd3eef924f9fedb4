//! Where faults took effect: how often, and in which phases of those whom they hit.

use super::fault::Fault;
use super::setup::Setup;
use super::step::Step;
use super::thread::Phase;
use super::world::World;

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
        let hit = PHASES.iter().enumerate().filter(|(bit, _)| self.phases >> bit & 1 == 1);
        hit.map(|(_, phase)| *phase)
    }

    /// Whether it took effect in every phase in which the other did.
    pub fn covers(&self, other: &Self) -> bool {
        other.phases & !self.phases == 0
    }
}

/// The effects of all faults of a model, in its order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Effects {
    each: Vec<Effect>,
    /// The fault, if the model lists one, that a search tries at no cost: a message that is late.
    late: Option<usize>,
}

impl Effects {
    /// None has taken effect.
    pub(crate) fn none(setup: &Setup) -> Self {
        let late = setup.faults.iter().position(Fault::is_always_tried);
        Self { each: vec![Effect::default(); setup.faults.len()], late }
    }

    /// Takes note of a step from `world`.
    pub(crate) fn count(&mut self, world: &World, step: Step) {
        let (fault, process) = match (step, self.late) {
            (Step::Strike(strike), _) => (usize::from(strike.fault), strike.target.process()),
            (Step::Late(conn, _), Some(fault)) => (fault, Some(world.conns[conn as usize].process)),
            _ => return,
        };
        let effect = &mut self.each[fault];
        effect.times += 1;
        let hit = world.processes.iter().enumerate();
        let hit = hit.filter(|(number, _)| process.is_none_or(|it| usize::from(it) == *number));
        for thread in hit.flat_map(|(_, process)| &process.threads) {
            let bit = PHASES.iter().position(|phase| *phase == thread.phase);
            effect.phases |= bit.map_or(0, |bit| 1 << bit);
        }
    }

    /// Each fault's.
    pub fn iter(&self) -> impl Iterator<Item = &Effect> {
        self.each.iter()
    }
}
