//! Traces of own runs: everything that happened, one event a line, readable and replayable.
//!
//! | line | what it says |
//! |---|---|
//! | the first | `trace`, `version`, `origin` (`run` or `check`), `program`, `timing` (`sampled` or `abstract`), `seed` (sampled only), `limits` (with `round_from`, where a search found that what follows comes again and again), the whole `model`, and the `deviations`: what was not nominal, by site and ordinal |
//! | an event | `at` (µs), `step`, and one of the forms of [`What`] |
//! | the last | `at`, `end` (`done`, `stuck`, `violated` or `cut`), `steps`, the `counters` of [`Tally`], and the digest of the first line |
//!
//! Requests and replies are written as in recordings of real servers. A trace has the same bytes on every machine:
//! it holds neither clock readings nor paths, and all of it follows from its first line. [`replay()`] makes the run
//! again and compares every line.

mod event;
mod execute;
mod message;
mod recipe;
mod replay;
mod sessions;
mod tally;
mod teller;
mod waiting;
mod written;

pub use event::{Act, Did, Event, ProcessEvent, Sent, What};
pub use execute::{Ended, Sink, execute};
pub use recipe::{Recipe, name};
pub use replay::{Difference, Replayed, replay};
pub use tally::{Tally, Waits};
pub use written::Written;

use std::io::{self, Write};
use std::ops::ControlFlow;

use crate::choice::{Choices, Noting, Seeded};
use crate::model::Model;
use crate::sim::{Limits, Setup};
use crate::trace::Origin;

/// A run with all its events, and what it follows from.
#[derive(Clone, Debug)]
pub struct Recording {
    /// What the run follows from.
    pub recipe: Recipe,
    /// The world that ran.
    pub setup: Setup,
    /// What happened.
    pub events: Vec<Event>,
    /// How it went.
    pub ended: Ended,
}

impl Recording {
    /// Runs `model` with the timing of `origin` and the answers of `choices`, and keeps everything.
    ///
    /// With [`Origin::Run`] latencies and draws must be those of [`Seeded`] with `seed`.
    pub fn make(
        model: &Model,
        origin: Origin,
        seed: Option<u64>,
        limits: Limits,
        choices: impl Choices,
    ) -> Self {
        let (model, deviations) = (model.clone(), Vec::new());
        let recipe = Recipe { origin, seed, limits, round: None, model, deviations };
        Self::complete(recipe, choices, true)
    }

    /// A run with `seed` of which no events are kept: a crowd has too many of them, and nobody reads them.
    pub fn make_without_events(model: &Model, seed: u64, limits: Limits) -> Self {
        let choices = Seeded::new(seed);
        let (origin, seed, round) = (Origin::Run, Some(seed), None);
        let (model, deviations) = (model.clone(), Vec::new());
        let recipe = Recipe { origin, seed, limits, round, model, deviations };
        Self::complete(recipe, choices, false)
    }

    /// Runs `model` with the answers of a search, which knows that after so many steps as `limits` says the world is the
    /// same as it was after `from`, but for the time.
    pub fn make_round(model: &Model, limits: Limits, from: u64, choices: impl Choices) -> Self {
        let (origin, round) = (Origin::Check, Some(from));
        let (model, deviations) = (model.clone(), Vec::new());
        let recipe = Recipe { origin, seed: None, limits, round, model, deviations };
        Self::complete(recipe, choices, true)
    }

    fn complete(mut recipe: Recipe, choices: impl Choices, keeps: bool) -> Self {
        let setup = recipe.setup();
        let mut noting = Noting::new(choices, recipe.origin == Origin::Run);
        let mut events = Vec::new();
        let mut keep = |event| {
            events.push(event);
            ControlFlow::Continue(())
        };
        let sink: Option<&mut Sink<'_>> = if keeps { Some(&mut keep) } else { None };
        let ended = execute(&setup, recipe.limits, recipe.round, &mut noting, sink);
        (recipe.deviations, _) = noting.into_parts();
        Self { recipe, setup, events, ended }
    }

    /// Writes the trace.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let header = self.recipe.header();
        writeln!(out, "{header}")?;
        for event in &self.events {
            writeln!(out, "{}", event.line())?;
        }
        writeln!(out, "{}", self.ended.line(&header))
    }
}
