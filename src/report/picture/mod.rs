//! A run as a picture, as data: lanes, bars on them, messages between them, steps in words, and what the stores keep.
//!
//! Reports draw it ([`svg`](super::svg)), pages let people walk through it ([`html`](super::html)), and nothing of either
//! is decided here. A place in it is a step and a time ([`Spot`]): steps of one instant stand side by side, and what
//! lasts ends between them.

mod bars;
mod lanes;
mod messages;
mod state;
mod steps;

pub use bars::{Bar, BarKind};
pub use lanes::{Lane, LaneKind};
pub use messages::{Arrow, ArrowKind};
pub use state::{Change, Entry};
pub use steps::{Step, Tone};

use serde::Serialize;

use super::cast::Cast;
use super::rows;
use crate::event::Record;
use crate::run::States;
use crate::time::Micros;

/// A place on the axis.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Spot(
    /// The place of a step in [`Picture::steps`].
    pub usize,
    /// When (µs since the run began): at that step, or after it and before the next one.
    pub Micros,
);

/// A run as a picture.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Picture {
    /// The lanes: threads and then servers; where threads are many, servers first.
    pub lanes: Vec<Lane>,
    /// The steps that a reader wants to see, in words.
    pub steps: Vec<Step>,
    /// What lasts.
    pub bars: Vec<Bar>,
    /// Messages.
    pub arrows: Vec<Arrow>,
    /// What became of what the stores keep.
    pub changes: Vec<Change>,
    /// The last instant (µs since the run began).
    pub end: Micros,
}

/// What the parts of a picture are made of.
struct Drawing<'a> {
    cast: &'a Cast,
    events: &'a [Record],
    lanes: lanes::Lanes,
    /// For each step of the picture the first event that it tells.
    first: Vec<usize>,
}

impl Picture {
    /// The picture of `events`. `states` is what a second look at the run told; without it requests are sent when they
    /// are executed, and nothing is known of what the stores keep beyond the place of the lock.
    pub fn of(cast: &Cast, events: &[Record], states: &States) -> Self {
        let rows = rows::rows(cast, events);
        let lanes = lanes::Lanes::of(cast, events);
        let first = rows.iter().map(|row| row.event).collect();
        let drawing = Drawing { cast, events, lanes, first };
        let steps = steps::steps(&drawing, &rows);
        let bars = bars::bars(&drawing, states);
        let arrows = messages::arrows(&drawing, states);
        let changes = state::changes(&drawing, states);
        let end = events.last().map_or(Micros::ZERO, |it| it.at);
        Self { lanes: drawing.lanes.all, steps, bars, arrows, changes, end }
    }
}

impl Drawing<'_> {
    /// The spot of an event.
    fn spot(&self, event: usize) -> Spot {
        let step = self.first.partition_point(|first| *first <= event).saturating_sub(1);
        Spot(step, self.events.get(event).map_or(Micros::ZERO, |it| it.at))
    }

    /// The spot at the end of the run.
    fn end(&self) -> Spot {
        self.spot(self.events.len().saturating_sub(1))
    }

    /// The spot of an instant, after all that happens then.
    fn instant(&self, at: Micros) -> Spot {
        let event = self.events.partition_point(|it| it.at <= at);
        Spot(self.spot(event.saturating_sub(1)).0, at)
    }

    /// The spot of a step of the run, after all that happens in it.
    fn after_step(&self, step: u64, at: Micros) -> Spot {
        let event = self.events.partition_point(|it| it.step <= step);
        Spot(self.spot(event.saturating_sub(1)).0, at)
    }
}
