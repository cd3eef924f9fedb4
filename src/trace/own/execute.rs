//! One run, told event by event.

use std::ops::ControlFlow;

use super::event::{Event, What};
use super::tally::{Tally, Waits};
use super::teller::Teller;
use super::waiting::Waiting;
use crate::choice::Choices;
use crate::sim::{Effects, End, Limits, Listener, Live, Run, Setup, Told, Violation};
use crate::time::Micros;

/// How a run went.
#[derive(Clone, PartialEq, Debug)]
pub struct Ended {
    /// Why it ended.
    pub end: End,
    /// Its steps.
    pub steps: u64,
    /// When it ended (µs).
    pub at: Micros,
    /// The first property that was violated.
    pub violation: Option<Violation>,
    /// Its counters.
    pub tally: Tally,
    /// How often the faults took effect, and where.
    pub faults: Effects,
}

/// Who hears the events of a run, until it has heard enough.
pub type Sink<'s> = dyn FnMut(Event) -> ControlFlow<()> + 's;

/// Hears a world, and hands on what it tells.
struct Ear<'a> {
    teller: Teller<'a>,
    setup: &'a Setup,
    waiting: Waiting,
    tally: Tally,
    step: u64,
    violation: Option<Violation>,
    /// None if nobody wants to hear the events.
    sink: Option<&'a mut Sink<'a>>,
    enough: bool,
}

impl Ear<'_> {
    fn hand_on(&mut self, event: Event) {
        if let Some(sink) = self.sink.as_mut().filter(|_| !self.enough) {
            self.enough = sink(event).is_break();
        }
    }

    fn violated(&mut self, at: Micros, property: &'static str, why: String) {
        if self.violation.is_none() {
            let what = What::Violated { violated: property.to_owned(), why: why.clone() };
            self.violation = Some(Violation { property, why });
            self.hand_on(Event { at, step: self.step, what });
        }
    }
}

impl Listener for Ear<'_> {
    fn hear(&mut self, now: Micros, told: &Told<'_>) {
        if let Told::Violated { property, why } = *told {
            // One violation is told: the first, also among those that judge waiting.
            return self.violated(now, property, why.to_owned());
        }
        self.tally.count(told, self.setup);
        if self.sink.is_some() {
            let event = self.teller.event(now, self.step, told);
            self.hand_on(event);
        }
        if let Some(long) = self.waiting.hear(now, told, self.setup) {
            self.violated(now, long.property, long.why);
        }
    }
}

/// Runs the world of `setup` to its end, or to a limit, or until `sink` has heard enough. Without one no event is made.
///
/// With a `round`, what comes after that step until the limit comes again and again from there on.
pub fn execute<'s>(
    setup: &'s Setup,
    limits: Limits,
    round: Option<u64>,
    choices: &mut dyn Choices,
    sink: Option<&'s mut Sink<'s>>,
) -> Ended {
    let mut ear = Ear {
        teller: Teller::new(setup),
        setup,
        waiting: Waiting::default(),
        tally: Tally::default(),
        step: 0,
        violation: None,
        sink,
        enough: false,
    };
    let mut engine = Live::default();
    let mut run = Run::new(setup, &mut engine, choices, &mut ear);
    let mut since = None;
    let end = loop {
        if round == Some(run.steps()) {
            since = Some(run.world.total());
        }
        if limits.stop_at_violation && ear.violation.is_some() {
            break End::Violated;
        }
        if run.world.is_done() {
            break End::Done;
        }
        if ear.enough || run.steps() >= limits.steps || run.world.total() > limits.time {
            break End::Cut;
        }
        ear.step = run.steps() + 1;
        if !run.step(choices, &mut ear) {
            break End::Stuck;
        }
    };
    let (steps, at) = (run.steps(), run.world.total());
    let faults = run.effects().clone();
    let properties = run.world.properties.clone();
    ear.step = steps;
    let round = since.map(|since| at - since).filter(|_| end == End::Cut);
    if let Some(long) = ear.waiting.judge_end(at, (end, round), setup, &properties) {
        ear.violated(at, long.property, long.why);
    }
    let Ear { waiting, mut tally, violation, .. } = ear;
    tally.waits = Waits::of(waiting.waits);
    Ended { end, steps, at, violation, tally, faults }
}
