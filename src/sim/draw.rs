//! What recipes and workloads draw.
//!
//! In a search a decision may go any way. A delay decides nothing but when a process goes on: of many values each
//! process has a usual one, and another is a choice of those that cost nothing ([`free`](super::free)), like a try of
//! another phase.

use super::agenda::ProcessId;
use super::world::{Stage, World};
use crate::choice::{About, Alternative, Question, Site};

/// The most alternatives of which a search tries all.
const WIDE: u32 = 16;
/// The same of a delay.
const LONG: u32 = 4;
/// How many it tries of more.
const FEW: u32 = 3;

/// What a search does not try of what is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Drawn {
    /// Of a decision with many alternatives only the ends and the middle were tried.
    pub thinned: bool,
    /// Of a delay with many values each client's usual one was tried, and others as free choices.
    pub delays: bool,
}

impl Drawn {
    pub(crate) const fn add(&mut self, other: Self) {
        self.thinned |= other.thinned;
        self.delays |= other.delays;
    }
}

impl World {
    /// One of `0..n`, a decision.
    pub(super) fn draw(&mut self, stage: &mut Stage<'_>, process: ProcessId, n: u32) -> u32 {
        if stage.setup.is_abstract() && n > WIDE {
            self.found.drawn.thinned = true;
            let values = (0..FEW).map(|place| spread(place, FEW, n)).collect();
            return pick(stage, process, &Among::Some(values));
        }
        pick(stage, process, &Among::All(n))
    }

    /// One of `0..n`, as the length of a wait.
    pub(super) fn draw_delay(&mut self, stage: &mut Stage<'_>, process: ProcessId, n: u32) -> u32 {
        if !stage.setup.is_abstract() || n <= LONG {
            return pick(stage, process, &Among::All(n));
        }
        self.found.drawn.delays = true;
        // The usual delays differ, so that who is refused together does not ask together for ever.
        let usual = spread(process.into(), self.processes.len() as u32, n);
        if !self.free.may_choose() {
            return usual;
        }
        let mut values = vec![usual];
        for other in (0..FEW).map(|place| spread(place, FEW, n)) {
            if !values.contains(&other) {
                values.push(other);
            }
        }
        let drawn = pick(stage, process, &Among::Some(values));
        if drawn != usual {
            self.free.choose();
        }
        drawn
    }
}

/// What is offered of the values of a draw.
enum Among {
    All(u32),
    Some(Vec<u32>),
}

fn pick(stage: &mut Stage<'_>, process: ProcessId, among: &Among) -> u32 {
    let value = |place: u32| match among {
        Among::All(_) => place,
        Among::Some(values) => values[place as usize],
    };
    let n = match among {
        Among::All(n) => *n,
        Among::Some(values) => values.len() as u32,
    };
    let place = stage.choices.pick(&Question {
        about: About::Draw,
        n,
        site: &|| Site::Draw(process),
        alternative: &|place| Alternative::Value(value(place)),
    });
    value(place)
}

/// The value at a place of so many that are spread over `0..n` from end to end.
fn spread(place: u32, places: u32, n: u32) -> u32 {
    (u64::from(place) * u64::from(n - 1) / u64::from(places.max(2) - 1)) as u32
}
