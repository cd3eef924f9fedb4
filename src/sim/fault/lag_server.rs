//! `lag-server`: what the leader of a ZooKeeper ensemble tells a follower is on its way for a time; the leader hears
//! the follower all the while.

use super::entry::{BUDGET, Entry, FOR};
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct LagServer {
    servers: Vec<u16>,
    spans: Vec<Micros>,
}

impl LagServer {
    pub(super) const ABOUT: About = About {
        name: "lag-server",
        title: "a follower hears late of what its leader says, and answers its clients from what it has",
        source: "ZooKeeper documentation, \"Consistency Guarantees\": a client's view may be behind",
        needs: "zookeeper",
        params: &[BUDGET, FOR, ("server", "which follower: any")],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        let read = Self { spans: entry.spans()?, servers: entry.server_numbers()? };
        entry.needs_majority().map(|()| read)
    }
}

impl Kind for LagServer {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        for server in world.may_be_cut(&self.servers, moment.event, moment.moves_time) {
            self.spans.iter().for_each(|&span| out(Target::Server(server), span));
        }
    }

    fn strike(&self, world: &mut World, _: &mut Stage<'_>, strike: Strike) {
        if let (Target::Server(server), Some(leader)) = (strike.target, world.ensemble.leader) {
            world.lag((leader, server), strike.span);
        }
    }

    fn needs(&self) -> &'static str {
        "a follower that hears the leader"
    }

    fn extent(&self) -> Extent<'_> {
        let named = (!self.servers.is_empty()).then_some(&*self.servers);
        Extent { servers: named, spans: &self.spans, ..Extent::default() }
    }
}
