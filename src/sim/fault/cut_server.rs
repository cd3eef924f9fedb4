//! `cut-server`: a follower and the leader of a ZooKeeper ensemble hear nothing of each other for a time.

use super::entry::{BUDGET, Entry, FOR};
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct CutServer {
    servers: Vec<u16>,
    spans: Vec<Micros>,
}

impl CutServer {
    pub(super) const ABOUT: About = About {
        name: "cut-server",
        title: "a follower is cut off from its leader, and answers its clients from what it has",
        source: "ZooKeeper documentation, \"Consistency Guarantees\": no simultaneously consistent views",
        needs: "zookeeper",
        params: &[BUDGET, FOR, ("server", "which follower: any")],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        let read = Self { spans: entry.spans()?, servers: entry.server_numbers()? };
        entry.needs_majority().map(|()| read)
    }
}

impl Kind for CutServer {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        for server in world.may_be_cut(&self.servers, moment.event, moment.moves_time) {
            self.spans.iter().for_each(|&span| out(Target::Server(server), span));
        }
    }

    fn strike(&self, world: &mut World, _: &mut Stage<'_>, strike: Strike) {
        if let Target::Server(server) = strike.target {
            world.cut_server(server, strike.span);
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
