//! One model at many values of its fields: what `check` finds at each.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use super::super::failure::Failure;
use super::super::field::Text;
use super::super::interrupt::Interrupt;
use super::super::output::Output;
use super::super::surroundings::Stopwatch;
use super::super::workers;
use super::Arguments;
use crate::explore::Verdict;
use crate::json::Duration;
use crate::report::{Cast, cover, faults_in, words};
use crate::run::{self, Asked, Checked, Recording};

/// What was found of one model.
pub(super) struct Probed {
    /// What came out, or why there is no such model.
    pub(super) came: Result<Seen, String>,
}

/// What a search came to, as plain data, which goes from one thread to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in super::super) struct Seen {
    pub(super) kind: Kind,
    /// The verdict in the words of reports.
    pub(super) verdict: &'static str,
    /// What is violated, or what there was nothing to judge of, or which faults never struck.
    pub(super) names: String,
    /// Of a violation: its faults and its steps.
    pub(super) deviations: u32,
    pub(super) steps: u32,
    /// The faults of the shortest violation, each in a sentence.
    pub(super) story: Vec<String>,
    /// It holds within so many faults, and no more were looked at.
    pub(super) within: Option<u32>,
    /// Of a search that was cut: with so many faults or fewer nothing is violated.
    pub(super) complete: Option<u32>,
    pub(super) states: usize,
}

impl Seen {
    pub(super) fn of(checked: &Checked) -> Self {
        let outcome = &checked.outcome;
        let mut seen = Self {
            kind: Kind::Holds,
            verdict: cover::verdict(&outcome.verdict),
            names: String::new(),
            deviations: 0,
            steps: 0,
            story: Vec::new(),
            within: None,
            complete: outcome.complete,
            states: outcome.states,
        };
        match &outcome.verdict {
            Verdict::Holds => {}
            Verdict::HoldsWithin(within) => seen.within = Some(*within),
            Verdict::Violated { violation, deviations, steps } => {
                seen.kind = Kind::Violated;
                violation.property.clone_into(&mut seen.names);
                (seen.deviations, seen.steps) = (*deviations, *steps);
                let told = |it: Recording| faults_in(&it.events, &Cast::of(&it.setup));
                seen.story = checked.recording().map(told).unwrap_or_default();
            }
            Verdict::Vacuous(names) => (seen.kind, seen.names) = (Kind::Vacuous, names.join(", ")),
            Verdict::NeverStruck(faults) => {
                let names = cover::names(&checked.model.abstract_setup(), faults);
                (seen.kind, seen.names) = (Kind::Vacuous, names);
            }
            Verdict::Cut(_) => seen.kind = Kind::Cut,
        }
        seen
    }
}

/// What a verdict is, for a comparison of verdicts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Kind {
    /// Nothing is violated in any run that was looked at.
    Holds,
    /// Something is violated.
    Violated,
    /// What the property is about never happened, or a fault never struck.
    Vacuous,
    /// A limit was hit.
    Cut,
    /// There is no such model.
    Refused,
}

impl Probed {
    pub(super) fn kind(&self) -> Kind {
        self.came.as_ref().map_or(Kind::Refused, |seen| seen.kind)
    }
}

/// How searches of several models are made.
pub(super) struct Prober<'a> {
    arguments: &'a Arguments,
    watch: Stopwatch,
    interrupt: Interrupt,
    /// How many searches were made.
    pub(super) made: u64,
    /// Somebody pressed Ctrl-C.
    pub(super) interrupted: bool,
    /// The most states of one search, if nobody asked for another number.
    states: Option<u64>,
}

impl<'a> Prober<'a> {
    pub(super) fn new(arguments: &'a Arguments) -> Self {
        let (watch, interrupt) = (Stopwatch::start(), Interrupt::watched());
        Self { arguments, watch, interrupt, made: 0, interrupted: false, states: None }
    }

    /// The same, where each search keeps no more states than this unless somebody asked for another number.
    pub(super) fn within(self, states: u64) -> Self {
        Self { states: Some(states), ..self }
    }

    fn threads(&self) -> Option<NonZeroUsize> {
        self.arguments.threads
    }

    /// Searches all of these, each at most as long as was asked for: the results in the same order. Of those that Ctrl-C
    /// came before there are none.
    pub(super) fn all(
        &mut self,
        texts: &[Result<Text, String>],
        what: &str,
        output: &mut Output<'_>,
    ) -> Result<Vec<Probed>, Failure> {
        let mut found: Vec<Probed> = Vec::new();
        if self.interrupted {
            return Ok(found);
        }
        let asked = Asked {
            deviations: self.arguments.deviations,
            states: self.arguments.states.or(self.states),
        };
        let limit = self.arguments.time_limit.map(|Duration(limit)| limit.0.unsigned_abs() / 1000);
        let (watch, interrupt, made) = (&self.watch, &self.interrupt, self.made);
        let count = texts.len() as u64;
        let mut pressed = false;
        workers::in_order(
            workers::threads(self.threads()),
            count,
            || (),
            |(), piece, stop| {
                let text = texts[piece as usize].as_ref().map_err(Clone::clone)?;
                let model = text.parsed()?;
                let own = Stopwatch::start();
                let checked = run::check(model, asked, &mut |_| {
                    let late = limit.is_some_and(|limit| own.took().0 >= limit);
                    if late || stop.load(Ordering::Relaxed) {
                        return ControlFlow::Break(());
                    }
                    ControlFlow::Continue(())
                });
                Ok(Seen::of(&checked))
            },
            |_, came: Result<Seen, String>| {
                found.push(Probed { came });
                ControlFlow::Continue(())
            },
            |had| {
                let searches = words::counted(made + had, "search");
                output.progress(format_args!("{}: {what}: {searches}", watch.took()));
                pressed = interrupt.is_pressed();
                if pressed { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        )?;
        self.made += found.len() as u64;
        self.interrupted = pressed;
        Ok(found)
    }
}
