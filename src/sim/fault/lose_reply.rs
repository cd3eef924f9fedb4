//! `lose-reply`: a reply is lost with its connection.

use super::entry::{BUDGET, Entry, PHASE, PROCESS, REQUEST};
use super::messages::Messages;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::conn::Direction;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct LoseReply {
    what: Messages,
}

impl LoseReply {
    pub(super) const ABOUT: About = About {
        name: "lose-reply",
        title: "a reply is lost with its connection: the request was executed, and the client does not know",
        source: "ZooKeeper documentation, \"Recipes\": recoverable errors",
        needs: "",
        params: &[BUDGET, PROCESS, PHASE, REQUEST],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        Ok(Self { what: entry.messages()? })
    }
}

impl Kind for LoseReply {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        if let Some(target) = self.what.next_way(world, moment, Direction::Down) {
            out(target, Micros::ZERO);
        }
    }

    fn strike(&self, world: &mut World, _: &mut Stage<'_>, strike: Strike) {
        Messages::lose(world, strike.target);
    }

    fn needs(&self) -> &'static str {
        "a reply under way"
    }

    fn extent(&self) -> Extent<'_> {
        self.what.extent()
    }
}
