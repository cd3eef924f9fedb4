//! Hears a run: keeps or hands on its events, counts, and judges who waits.

use std::ops::ControlFlow;

use super::limits::{End, Limits};
use super::stepping::Run;
use super::tally::{Tally, Waits};
use super::waiting::{TooLong, Waiting};
use crate::choice::{Choices, ServerId};
use crate::event::{Event, Observer, Record};
use crate::sim::{Effects, Live, Setup, Violation};
use crate::store::Link;
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
pub type Sink<'s> = dyn FnMut(Record) -> ControlFlow<()> + 's;

/// Who is told now and then after how many steps and at what time the run is, and may stop it.
pub type Watch<'w> = dyn FnMut(u64, Micros) -> ControlFlow<()> + 'w;

/// So many steps lie between two looks of who watches.
const BETWEEN: u64 = 1024;

struct Recorder<'a> {
    setup: &'a Setup,
    waiting: Waiting,
    tally: Tally,
    step: u64,
    violation: Option<Violation>,
    /// None if nobody wants to hear the events.
    sink: Option<&'a mut Sink<'a>>,
    /// None if nobody wants to know how far the run is.
    watch: Option<&'a mut Watch<'a>>,
    /// Who hears everything beside that, as it is.
    listener: Option<&'a mut dyn Observer>,
    enough: bool,
    /// The step after which what follows comes again and again, if a search knows one, and when that step began.
    round: Option<(u64, Option<Micros>)>,
}

impl Recorder<'_> {
    fn hand_on(&mut self, at: Micros, event: &Event<'_>) {
        if let Some(sink) = self.sink.as_mut().filter(|_| !self.enough) {
            let event = event.clone().into_owned();
            self.enough = sink(Record { at, step: self.step, event }).is_break();
        }
    }

    fn violated(&mut self, at: Micros, found: Option<TooLong>) {
        let Some(TooLong { property, why }) = found else { return };
        if self.violation.is_some() {
            return;
        }
        self.on_event(at, &Event::Violated { property, why: why.into() });
    }
}

impl Observer for Recorder<'_> {
    fn on_event(&mut self, at: Micros, event: &Event<'_>) {
        if let Event::Violated { property, why } = event {
            // One violation is told: the first, also among those that judge waiting; of a property that measures how
            // bad it is, the worst.
            if self.violation.as_ref().is_none_or(|first| first.property == *property) {
                self.violation = Some(Violation { property, why: why.to_string() });
                self.hand_on(at, event);
            }
            return;
        }
        self.tally.count(event, self.setup);
        if let Some(listener) = self.listener.as_mut() {
            listener.on_event(at, event);
        }
        if self.sink.is_some() {
            self.hand_on(at, event);
        }
        let found = self.waiting.on_event(at, event, self.setup);
        self.violated(at, found);
    }

    fn on_step(&mut self, step: u64, at: Micros) {
        self.step = step;
        if step.is_multiple_of(BETWEEN)
            && let Some(watch) = self.watch.as_mut()
        {
            self.enough |= watch(step, at).is_break();
        }
        if let Some((from, since @ None)) = &mut self.round
            && *from + 1 == step
        {
            *since = Some(at);
        }
    }

    fn on_queued(&mut self, server: ServerId, link: Link) {
        if let Some(listener) = self.listener.as_mut() {
            listener.on_queued(server, link);
        }
    }

    fn on_busy(&mut self, server: ServerId, took: Micros) {
        if let Some(listener) = self.listener.as_mut() {
            listener.on_busy(server, took);
        }
    }

    fn found_violation(&self) -> bool {
        self.violation.is_some()
    }

    fn has_heard_enough(&self) -> bool {
        self.enough
    }
}

/// Runs the world of `setup` to its end, or to a limit, or until `sink` has heard enough. Without one no event is kept.
///
/// With a `round`, what comes after that step until the limit comes again and again from there on.
pub fn execute<'s>(
    setup: &'s Setup,
    limits: Limits,
    round: Option<u64>,
    choices: &mut dyn Choices,
    sink: Option<&'s mut Sink<'s>>,
) -> Ended {
    execute_watched(setup, limits, round, choices, sink, None)
}

/// The same, and `watch` is told how far it is.
pub fn execute_watched<'s>(
    setup: &'s Setup,
    limits: Limits,
    round: Option<u64>,
    choices: &mut dyn Choices,
    sink: Option<&'s mut Sink<'s>>,
    watch: Option<&'s mut Watch<'s>>,
) -> Ended {
    execute_heard(setup, (limits, round), choices, (sink, watch), None)
}

/// The same, and `listener` hears everything as it is, without a copy of it.
pub(super) fn execute_heard<'s>(
    setup: &'s Setup,
    (limits, round): (Limits, Option<u64>),
    choices: &mut dyn Choices,
    (sink, watch): (Option<&'s mut Sink<'s>>, Option<&'s mut Watch<'s>>),
    listener: Option<&'s mut dyn Observer>,
) -> Ended {
    let mut recorder = Recorder {
        setup,
        waiting: Waiting::new(setup),
        tally: Tally::default(),
        step: 0,
        violation: None,
        sink,
        watch,
        listener,
        enough: false,
        round: round.map(|from| (from, None)),
    };
    let mut engine = Live::default();
    let mut run = Run::new(setup, &mut engine, choices, &mut recorder);
    let end = run.to_end(limits, choices, &mut recorder);
    let (steps, at) = (run.steps(), run.world.total());
    let faults = run.effects().clone();
    recorder.step = steps;
    let since = recorder.round.and_then(|(_, since)| since);
    let round = since.map(|since| at - since).filter(|_| end == End::Cut);
    let found = recorder.waiting.judge_end(at, (end, round), setup);
    recorder.violated(at, found);
    let Recorder { waiting, mut tally, violation, .. } = recorder;
    tally.waits = Waits::of(waiting.waits);
    Ended { end, steps, at, violation, tally, faults }
}
