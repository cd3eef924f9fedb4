//! `cut-leader`: the leader of a ZooKeeper ensemble and all others hear nothing of each other for a time.

use super::entry::{BUDGET, Entry, FOR};
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct CutLeader {
    spans: Vec<Micros>,
}

impl CutLeader {
    pub(super) const ABOUT: About = About {
        name: "cut-leader",
        title: "the leader is cut off from all others, which elect another; it steps down late, and answers until then",
        source: "ZooKeeper Leader.lead, LearnerHandler.synced: syncLimit is counted in whole ticks",
        needs: "zookeeper",
        params: &[BUDGET, FOR],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        let read = Self { spans: entry.spans()? };
        entry.needs_majority().map(|()| read)
    }
}

impl Kind for CutLeader {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        if world.leader_may_be_cut(moment.event, moment.moves_time) {
            self.spans.iter().for_each(|&span| out(Target::Leader, span));
        }
    }

    fn strike(&self, world: &mut World, _: &mut Stage<'_>, strike: Strike) {
        world.cut_leader(strike.span);
    }

    fn needs(&self) -> &'static str {
        "a leader that hears the others, and a majority that is left without it"
    }

    fn extent(&self) -> Extent<'_> {
        Extent { spans: &self.spans, ..Extent::default() }
    }
}
