//! `slow`: a message is held while time passes, at most for the longest of its durations.

use super::entry::{BUDGET, Entry, FOR, PHASE, PROCESS, REQUEST};
use super::messages::Messages;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::agenda::Due;
use crate::sim::conn::{Direction, Hold};
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct Slow {
    what: Messages,
    spans: Vec<Micros>,
}

impl Slow {
    pub(super) const ABOUT: About = About {
        name: "slow",
        title: "a message is held while time passes",
        source: "Kleppmann 2016, \"How to do distributed locking\": the delayed packet",
        needs: "",
        params: &[BUDGET, FOR, PROCESS, PHASE, REQUEST],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        Ok(Self { spans: entry.spans()?, what: entry.messages()? })
    }
}

impl Kind for Slow {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        let longest = self.spans.iter().copied().max().unwrap_or_default();
        if let Some((conn, direction)) = self.what.next(world, moment) {
            out(Target::Message(world.way(conn, direction)), longest);
        }
    }

    fn strike(&self, world: &mut World, _: &mut Stage<'_>, strike: Strike) {
        if let Target::Message(way) = strike.target
            && let Some(conn) = world.conn_of(way)
        {
            let direction = way.direction;
            let until = world.now + strike.span;
            world.agenda.put(until, Due::SlowEnds(conn, direction == Direction::Up));
            world.hold(conn, direction, Hold::Slow(until));
        }
    }

    fn needs(&self) -> &'static str {
        "a message under way"
    }

    fn extent(&self) -> Extent<'_> {
        Extent { spans: &self.spans, up_to: true, holds: true, ..self.what.extent() }
    }
}
