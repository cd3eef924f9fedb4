//! `reorder`: messages of other connections overtake, while time stands still.
//!
//! A search tries that anyway, and at no cost (`sim/free/late.rs`); in a run with drawn latencies it is a fault.

use super::entry::{BUDGET, Entry, PHASE, PROCESS, REQUEST};
use super::messages::Messages;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::conn::Hold;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct Reorder {
    what: Messages,
}

impl Reorder {
    pub(super) const ABOUT: About = About {
        name: "reorder",
        title: "a message is held while others overtake it; no time passes",
        source: "Fischer, Lynch and Paterson 1985: the asynchronous network",
        needs: "",
        params: &[BUDGET, PROCESS, PHASE, REQUEST],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        Ok(Self { what: entry.messages()? })
    }
}

impl Kind for Reorder {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        if let Some((conn, direction)) = self.what.next(world, moment) {
            out(Target::Message(world.way(conn, direction)), Micros::ZERO);
        }
    }

    fn strike(&self, world: &mut World, _: &mut Stage<'_>, strike: Strike) {
        if let Target::Message(way) = strike.target
            && let Some(conn) = world.conn_of(way)
        {
            world.hold(conn, way.direction, Hold::Reorder);
        }
    }

    fn is_always_tried(&self) -> bool {
        true
    }

    fn needs(&self) -> &'static str {
        "a message under way"
    }

    fn extent(&self) -> Extent<'_> {
        Extent { holds: true, ..self.what.extent() }
    }
}
