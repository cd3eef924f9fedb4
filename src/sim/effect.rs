//! Where faults took effect: how often, and in which phases of those whom they hit.

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
pub struct Effects(Vec<Effect>);

impl Effects {
    /// None has taken effect.
    pub(crate) fn none(setup: &Setup) -> Self {
        Self(vec![Effect::default(); setup.faults.len()])
    }

    /// Takes note of a step from `world`.
    pub(crate) fn count(&mut self, world: &World, step: Step) {
        let Step::Strike(strike) = step else { return };
        let process = strike.target.process();
        let effect = &mut self.0[usize::from(strike.fault)];
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
        self.0.iter()
    }
}
