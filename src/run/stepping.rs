//! The one loop: the world from its first event to its end.

use super::limits::{End, Limits};
use crate::choice::{About, Choices, Question};
use crate::event::Observer;
use crate::sim::{Effects, Engine, History, Live, Scene, Setup, Stage, Step, Violation, World};

/// One run.
pub struct Run<'a> {
    setup: &'a Setup,
    scene: Scene,
    engine: &'a mut dyn EngineBox,
    /// The world as it is.
    pub world: World,
    steps: u64,
    effects: Effects,
    alternatives: Vec<Step>,
}

/// An engine that a run can use.
pub trait EngineBox: sealed::AsEngine {}

mod sealed {
    use crate::sim::Engine;

    /// Keeps the engine's interface inside the crate.
    pub trait AsEngine {
        #[expect(private_interfaces, reason = "nobody outside can name or call it")]
        fn engine(&mut self) -> &mut dyn Engine;
    }
}

impl sealed::AsEngine for Live {
    #[expect(private_interfaces, reason = "nobody outside can name or call it")]
    fn engine(&mut self) -> &mut dyn Engine {
        self
    }
}
impl EngineBox for Live {}

impl sealed::AsEngine for History {
    #[expect(private_interfaces, reason = "nobody outside can name or call it")]
    fn engine(&mut self) -> &mut dyn Engine {
        self
    }
}
impl EngineBox for History {}

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("steps", &self.steps).finish_non_exhaustive()
    }
}

impl<'a> Run<'a> {
    /// The world of `setup` before its first step, with the processes begun.
    pub fn new(
        setup: &'a Setup,
        engine: &'a mut dyn EngineBox,
        choices: &mut dyn Choices,
        observer: &mut dyn Observer,
    ) -> Self {
        let mut run = Self {
            setup,
            scene: Scene::new(setup),
            engine,
            world: World::new(setup),
            steps: 0,
            effects: Effects::none(setup),
            alternatives: Vec::new(),
        };
        let mut stage =
            Stage { setup, scene: &run.scene, engine: run.engine.engine(), choices, observer };
        run.world.boot(&mut stage);
        run
    }

    /// How many steps were made.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// How often the faults took effect so far, and where.
    pub fn effects(&self) -> &Effects {
        &self.effects
    }

    /// The first violation.
    pub fn violation(&self) -> Option<&Violation> {
        self.world.found.violation.as_ref()
    }

    /// The properties that had something to judge, one bit each, in their order.
    pub fn happened(&self) -> u64 {
        self.world.found.happened
    }

    /// Makes one step, if anything can happen; whether something did.
    pub fn step(&mut self, choices: &mut dyn Choices, observer: &mut dyn Observer) -> bool {
        observer.on_step(self.steps + 1, self.world.total());
        let mut alternatives = std::mem::take(&mut self.alternatives);
        self.world.alternatives(self.setup, &mut alternatives);
        let happened = self.choose(&alternatives, choices, observer);
        self.alternatives = alternatives;
        happened
    }

    fn choose(
        &mut self,
        alternatives: &[Step],
        choices: &mut dyn Choices,
        observer: &mut dyn Observer,
    ) -> bool {
        let Some(&nominal) = alternatives.first() else { return false };
        self.steps += 1;
        let mut taken = nominal;
        if !self.setup.faults.is_empty() || alternatives.len() > 1 {
            let picked = choices.pick(&Question {
                about: About::Step,
                n: alternatives.len() as u32,
                site: &|| self.world.site(),
                alternative: &|n| self.world.alternative(alternatives[n as usize]),
            });
            taken = alternatives[picked as usize];
        }
        let mut stage = Stage {
            setup: self.setup,
            scene: &self.scene,
            engine: self.engine.engine(),
            choices,
            observer,
        };
        if taken != nominal {
            self.world.tell_deviation(&mut stage, taken);
        }
        self.effects.count(&self.world, taken);
        self.world.take(&mut stage, taken);
        true
    }

    /// Runs to the end, or to a limit.
    pub fn to_end(
        &mut self,
        limits: Limits,
        choices: &mut dyn Choices,
        observer: &mut dyn Observer,
    ) -> End {
        loop {
            if limits.stop_at_violation
                && (self.violation().is_some() || observer.found_violation())
            {
                return End::Violated;
            }
            if self.world.is_done() {
                return End::Done;
            }
            let too_long = self.steps >= limits.steps || self.world.total() > limits.time;
            if too_long || observer.has_heard_enough() {
                return End::Cut;
            }
            if !self.step(choices, observer) {
                return End::Stuck;
            }
        }
    }
}
