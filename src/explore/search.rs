//! The search: worlds in order of deviations, then steps; equal worlds are one.

use std::collections::{BTreeMap, VecDeque};
use std::hash::BuildHasherDefault;
use std::ops::ControlFlow;

use indexmap::IndexSet;
use rustc_hash::FxHasher;

use super::component::{Components, Packed, Unpacked};
use super::growth::Growth;
use super::limits::Watch;
use super::liveness::{ASKS, NOWHERE, Nominal, Steps, Way};
use super::odometer::Odometer;
use super::verdict::{Bounds, Cut, Outcome, Seen, Verdict, Witness};
use crate::event::Nobody;
use crate::sim::{Effects, History, Scene, Setup, Stage, Step, Violation, World};
use crate::time::Micros;

/// How far a search is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Different worlds so far.
    pub states: usize,
    /// Worlds that wait to be expanded.
    pub waiting: usize,
    /// The deviations of the worlds that are being expanded.
    pub deviations: u32,
}

/// Watches a search without stopping it.
pub fn to_the_end(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// One world of the search.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    parent: u32,
    /// The answers of the step from the parent, by their number.
    answers: u32,
    pub(super) deviations: u32,
    pub(super) steps: u32,
    pub(super) expanded: bool,
}

/// What waits to be looked at: a world, or the end of a story.
pub(super) enum Waiting {
    World(u32),
    Violated { parent: u32, answers: u32, violation: Violation },
}

/// A search.
pub struct Search<'a> {
    pub(super) setup: &'a Setup,
    pub(super) bounds: Bounds,
    pub(super) scene: Scene,
    engine: History,
    pub(super) components: Components,
    pub(super) worlds: IndexSet<Packed, BuildHasherDefault<FxHasher>>,
    pub(super) known: Vec<Known>,
    pub(super) nominal: Steps,
    answers: IndexSet<Box<[u32]>, BuildHasherDefault<FxHasher>>,
    pub(super) waiting: BTreeMap<(u32, u32), VecDeque<Waiting>>,
    /// Steps and worlds so far, for who watches; and whether a limit ended the search.
    pub(super) looks: u64,
    pub(super) over: bool,
    transitions: u64,
    pub(super) happened: u64,
    seen: Seen,
    pub(super) effects: Effects,
    growth: Growth,
    pub(super) cut: Option<Cut>,
    /// The fewest deviations of which something was left out by a cut.
    left_out: u32,
    apart: Apart,
}

/// What tells worlds apart, besides what they are made of.
#[derive(Clone, Copy, Debug)]
struct Apart {
    /// Equal worlds are one.
    merging: bool,
    /// The numbers of connections are part of the state: somebody asks for one.
    client_ids: bool,
}

impl std::fmt::Debug for Search<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search").field("states", &self.worlds.len()).finish_non_exhaustive()
    }
}

/// The parent of a first world.
const NOBODY: u32 = u32::MAX;

impl<'a> Search<'a> {
    /// A search of all runs of `setup`, whose timing must be abstract.
    pub fn new(setup: &'a Setup, bounds: Bounds) -> Self {
        Self {
            setup,
            bounds,
            scene: Scene::new(setup),
            engine: History::default(),
            components: Components::default(),
            worlds: IndexSet::default(),
            known: Vec::new(),
            nominal: Steps::default(),
            answers: IndexSet::default(),
            waiting: BTreeMap::new(),
            looks: 0,
            over: false,
            transitions: 0,
            happened: 0,
            seen: Seen::default(),
            effects: Effects::none(setup),
            growth: Growth::default(),
            cut: None,
            left_out: u32::MAX,
            apart: Apart { merging: true, client_ids: false },
        }
    }

    /// The same without merging equal worlds, for tests of the merging.
    #[must_use]
    pub fn without_merging(mut self) -> Self {
        self.apart.merging = false;
        self
    }

    /// Searches until the first violation, a limit, or the end; `watch` is told now and then how far it is, and may stop
    /// it.
    pub fn run(mut self, watch: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Outcome {
        self.begin(watch);
        let mut layer = 0;
        let mut beyond = false;
        let verdict = loop {
            let Some(mut bucket) = self.waiting.first_entry() else { break None };
            let (deviations, steps) = *bucket.key();
            let Some(next) = bucket.get_mut().pop_front() else {
                bucket.remove();
                continue;
            };
            if deviations > layer {
                if let Some(found) = self.judge_layer(layer) {
                    break Some(found);
                }
                layer = deviations;
            }
            if self.bounds.deviations.is_some_and(|most| deviations > most) {
                beyond = true;
                break None;
            }
            if matches!(next, Waiting::World(_)) && self.is_over(deviations, watch) {
                break None;
            }
            match next {
                Waiting::Violated { parent, answers, violation } => {
                    // A chain that goes nowhere from a shorter story comes first.
                    let earlier = self.judge_layer(layer).filter(|(verdict, _)| {
                        matches!(verdict, Verdict::Violated { steps: s, .. } if *s < steps)
                    });
                    let here = Verdict::Violated { violation, deviations, steps };
                    let witness = self.witness(parent, Some(answers));
                    break Some(earlier.unwrap_or((here, witness)));
                }
                Waiting::World(world) => {
                    let known = &mut self.known[world as usize];
                    if known.expanded || (known.deviations, known.steps) != (deviations, steps) {
                        continue;
                    }
                    known.expanded = true;
                    if steps >= self.bounds.steps {
                        self.stop(Cut::Steps(self.bounds.steps), deviations);
                        continue;
                    }
                    self.expand(world, watch);
                    if self.components.shows_client_ids && !self.apart.client_ids {
                        // What was merged until now may differ in what somebody asks for.
                        let apart = Apart { client_ids: true, ..self.apart };
                        let again = Self::new(self.setup, self.bounds);
                        return Self { apart, ..again }.run(watch);
                    }
                }
            }
        };
        let verdict = verdict.or_else(|| self.judge_layer(layer));
        self.finish(verdict, layer, beyond)
    }

    /// Something with so many deviations is not looked at.
    pub(super) fn stop(&mut self, cut: Cut, deviations: u32) {
        self.cut = Some(cut);
        self.left_out = self.left_out.min(deviations);
    }

    fn begin(&mut self, watch: &mut Watch<'_>) {
        let mut odometer = Odometer::default();
        loop {
            let mut world = World::new(self.setup);
            if self.apart.client_ids {
                world.count_client_ids();
            }
            let mut stage = Stage {
                setup: self.setup,
                scene: &self.scene,
                engine: &mut self.engine,
                choices: &mut odometer,
                observer: &mut Nobody,
            };
            world.boot(&mut stage);
            self.seen.add(&std::mem::take(&mut world.found));
            let answers = self.remember(odometer.answers().collect());
            self.reach(&world, NOBODY, answers, (0, 0), None);
            if !odometer.advance() || self.is_over(0, watch) {
                return;
            }
        }
    }

    fn remember(&mut self, answers: Box<[u32]>) -> u32 {
        match self.answers.get_index_of(&answers) {
            Some(number) => number as u32,
            None => self.answers.insert_full(answers).0 as u32,
        }
    }

    pub(super) fn unpack(&self, number: usize) -> Unpacked {
        let packed = &self.worlds[number];
        // Without merging a world ends with its own number, which is no component.
        let components = if self.apart.merging { packed } else { &packed[..packed.len() - 1] };
        self.components.unpack(components, self.setup.processes.len())
    }

    /// Everything that can happen in a world.
    fn expand(&mut self, number: u32, watch: &mut Watch<'_>) {
        let Known { deviations, steps, .. } = self.known[number as usize];
        let before = self.unpack(number as usize);
        if before.world.is_done() {
            self.nominal.set(number, Nominal::Done);
            return;
        }
        self.effects.meet(&before.world);
        let mut alternatives = Vec::new();
        before.world.alternatives(self.setup, &mut alternatives);
        if alternatives.is_empty() {
            self.nominal.set(number, Nominal::Stuck);
            return;
        }
        let mut handed = false;
        for (place, &alternative) in alternatives.iter().enumerate() {
            if !handed && alternative.is_late_reply() && !before.world.hears_several(alternative) {
                continue;
            }
            self.effects.count(&before.world, alternative);
            let mut odometer = Odometer::default();
            loop {
                let (mut world, after) = self.take(&before, alternative, &mut odometer);
                self.transitions += 1;
                let several = (alternatives.len() > 1).then_some(place as u32);
                let answers =
                    self.remember(several.into_iter().chain(odometer.answers()).collect());
                let found = std::mem::take(&mut world.found);
                self.happened |= found.happened;
                handed |= place == 0 && found.handed;
                self.seen.add(&found);
                let at = (deviations + u32::from(alternative.cost()), steps + 1);
                let to = self.arrive(&world, number, answers, at, &before, found.violation);
                // The nominal step, whatever is drawn in it.
                if place == 0 {
                    let acts = found.entered | if found.asked { ASKS } else { 0 };
                    self.nominal.add_way(number, Way { to: to.unwrap_or(NOWHERE), acts, after });
                }
                if self.is_over(deviations, watch) {
                    // What comes of it is not all known.
                    self.known[number as usize].expanded = false;
                    return self.nominal.set(number, Nominal::Unknown);
                }
                if !odometer.advance() {
                    break;
                }
                self.growth.drew(&before.world, alternative);
            }
        }
    }

    fn arrive(
        &mut self,
        world: &World,
        parent: u32,
        answers: u32,
        at: (u32, u32),
        before: &Unpacked,
        violation: Option<Violation>,
    ) -> Option<u32> {
        match violation {
            Some(violation) => {
                let end = Waiting::Violated { parent, answers, violation };
                self.waiting.entry(at).or_default().push_back(end);
                None
            }
            None => Some(self.reach(world, parent, answers, at, Some(before))),
        }
    }

    /// One step from a world; how much time it took.
    fn take(
        &mut self,
        before: &Unpacked,
        alternative: Step,
        odometer: &mut Odometer,
    ) -> (World, Micros) {
        let mut world = before.world.clone();
        let mut stage = Stage {
            setup: self.setup,
            scene: &self.scene,
            engine: &mut self.engine,
            choices: odometer,
            observer: &mut Nobody,
        };
        world.take(&mut stage, alternative);
        let after = world.now;
        world.rebase();
        (world, after)
    }

    /// Notes that a world can be reached like this.
    fn reach(
        &mut self,
        world: &World,
        parent: u32,
        answers: u32,
        at: (u32, u32),
        before: Option<&Unpacked>,
    ) -> u32 {
        let mut packed = self.components.pack(world, before);
        if !self.apart.merging {
            // A number of its own makes every world different.
            packed = packed.iter().copied().chain([self.worlds.len() as u32]).collect();
        }
        let (number, is_new) = self.worlds.insert_full(packed);
        let known = Known { parent, answers, deviations: at.0, steps: at.1, expanded: false };
        if is_new {
            self.known.push(known);
            self.nominal.add_world();
        } else {
            let old = &mut self.known[number];
            if old.expanded || (old.deviations, old.steps) <= at {
                return number as u32;
            }
            *old = known;
        }
        self.waiting.entry(at).or_default().push_back(Waiting::World(number as u32));
        number as u32
    }

    /// The answers that lead to a world, and on.
    pub(super) fn witness(&self, world: u32, last: Option<u32>) -> Witness {
        let mut numbers: Vec<u32> = last.into_iter().collect();
        let mut at = world;
        while at != NOBODY {
            let known = &self.known[at as usize];
            numbers.push(known.answers);
            at = known.parent;
        }
        // The first world's answers are those of the beginning, which is no step.
        let steps = numbers.len() as u64 - 1;
        let answers = numbers.iter().rev().flat_map(|&n| self.answers[n as usize].iter().copied());
        Witness { answers: answers.collect(), steps, round: None }
    }

    fn finish(self, found: Option<(Verdict, Witness)>, layer: u32, beyond: bool) -> Outcome {
        let (verdict, witness) = match found {
            Some((verdict, witness)) => (verdict, Some(witness)),
            None => (self.verdict_without_violation(layer, beyond), None),
        };
        let histories = self.engine.counts();
        let ids: usize = self.worlds.iter().map(|packed| packed.len() * size_of::<u32>()).sum();
        let nominal = self.nominal.bytes();
        let each = size_of::<Packed>() + size_of::<Known>() + 2 * size_of::<usize>();
        Outcome {
            verdict,
            witness,
            complete: self.cut.and_then(|_| self.left_out.checked_sub(1)),
            states: self.worlds.len(),
            transitions: self.transitions,
            deviations: self.known.iter().map(|known| known.deviations).max().unwrap_or_default(),
            steps: self.known.iter().map(|known| known.steps).max().unwrap_or_default(),
            happened: self.happened,
            seen: self.seen,
            faults: self.effects,
            growth: self.growth,
            histories: histories.nodes,
            reruns: histories.runs,
            components: self.components.counts(),
            bytes: ids + self.worlds.len() * each + nominal,
        }
    }
}
