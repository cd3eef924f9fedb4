//! `disconnect`: a connection breaks; each end learns it.

use super::entry::{BUDGET, Entry, PHASE, PROCESS, REQUEST};
use super::messages::Messages;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct Disconnect {
    what: Messages,
}

impl Disconnect {
    pub(super) const ABOUT: About = About {
        name: "disconnect",
        title: "a connection breaks, with the message on it; each end learns it",
        source: "ZooKeeper documentation, \"Recipes\": recoverable errors",
        needs: "",
        params: &[BUDGET, PROCESS, PHASE, REQUEST],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        Ok(Self { what: entry.messages()? })
    }
}

impl Kind for Disconnect {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        if let Some((conn, direction)) = self.what.next(world, moment) {
            out(Target::Message(world.way(conn, direction)), Micros::ZERO);
        }
    }

    fn strike(&self, world: &mut World, _: &mut Stage<'_>, strike: Strike) {
        Messages::lose(world, strike.target);
    }

    fn needs(&self) -> &'static str {
        "a message under way"
    }

    fn extent(&self) -> Extent<'_> {
        self.what.extent()
    }
}
