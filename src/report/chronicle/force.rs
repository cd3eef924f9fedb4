//! Which faults are in force: they have struck, and what they did is not over.

use super::{At, Chronicle};
use crate::choice::{Direction, Strike, Target, Way};
use crate::event::{Event, Record, ServerTurn};
use crate::report::cast::Misfortune;
use crate::time::Micros;

/// The faults in force, in the order in which they struck.
#[derive(Clone, Debug, Default)]
pub(super) struct Force {
    struck: Vec<Struck>,
}

#[derive(Clone, Copy, Debug)]
struct Struck {
    at: At,
    strike: Strike,
    end: End,
}

/// When a fault is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// At once, unless somebody dies of it in this step.
    Step(u64),
    /// At that time (µs since the run began), or sooner if whom it hit goes on.
    Time(Micros),
    /// When the message arrives that it holds, or is lost.
    Arrival(Way),
    /// When whoever died comes back, if ever.
    Return,
}

impl Force {
    pub(super) fn begin(&mut self, at: At, strike: Strike, record: &Record, kind: &Misfortune) {
        let end = match strike.target {
            Target::Message(way) if kind.holds => End::Arrival(way),
            _ if kind.lasts => End::Time(record.at + strike.span),
            _ => End::Step(record.step),
        };
        self.struck.push(Struck { at, strike, end });
    }

    /// Drops those that are over after this event.
    pub(super) fn take(&mut self, record: &Record) {
        for struck in &mut self.struck {
            if struck.end == End::Step(record.step) && kills(struck.strike.target, &record.event) {
                struck.end = End::Return;
            }
        }
        self.struck.retain(|it| !it.is_over(record));
    }
}

impl Struck {
    fn is_over(&self, record: &Record) -> bool {
        let target = self.strike.target;
        match self.end {
            End::Step(step) => step < record.step,
            End::Time(until) => until <= record.at || goes_on(target, &record.event),
            End::Arrival(way) => arrived(way, &record.event),
            End::Return => goes_on(target, &record.event),
        }
    }
}

fn kills(target: Target, event: &Event<'_>) -> bool {
    match (target, event) {
        (Target::Process(hit), Event::Crashes(process)) => hit == *process,
        (Target::Server(hit), Event::Server { server, turn: ServerTurn::Crashes }) => {
            hit == *server
        }
        (Target::Leader, Event::Server { turn: ServerTurn::Crashes, .. }) => true,
        _ => false,
    }
}

fn goes_on(target: Target, event: &Event<'_>) -> bool {
    match (target, event) {
        (Target::Process(hit), Event::Resumes(process) | Event::Restarts(process)) => {
            hit == *process
        }
        (Target::Server(hit), Event::Server { server, turn: ServerTurn::Restarts }) => {
            hit == *server
        }
        _ => false,
    }
}

fn arrived(way: Way, event: &Event<'_>) -> bool {
    let (process, server, direction) = match *event {
        Event::Executed { process, server, .. } => (process, server, Some(Direction::Up)),
        Event::Received { process, server, .. } => (process, server, Some(Direction::Down)),
        Event::Lost { process, server } => (process, server, None),
        _ => return false,
    };
    (process, server) == (way.process, way.server)
        && direction.is_none_or(|direction| direction == way.direction)
}

impl Chronicle<'_> {
    /// The faults in force, each with the event with which it struck: a pause until the process goes on, a partition
    /// until its span is over, a held message until it arrives, a death until somebody comes back in that place. What is
    /// over as soon as it has happened (a lost message, a clock that jumps, a command at a console) is not in force.
    pub fn in_force(&self) -> impl Iterator<Item = (At, Strike)> {
        let lasts = |it: &&Struck| !matches!(it.end, End::Step(_));
        self.force.struck.iter().filter(lasts).map(|it| (it.at, it.strike))
    }
}
