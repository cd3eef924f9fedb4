//! `crash-leader`: the leader of a ZooKeeper ensemble dies and stays down; the others elect another.

use super::entry::{BUDGET, Entry};
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct CrashLeader;

impl CrashLeader {
    pub(super) const ABOUT: About = About {
        name: "crash-leader",
        title: "the leader of a ZooKeeper ensemble dies and stays down; the others elect another",
        source: "ZooKeeper SessionTrackerImpl: the new leader gives every session its full timeout",
        needs: "zookeeper",
        params: &[BUDGET],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        entry.needs_majority().map(|()| Self)
    }
}

impl Kind for CrashLeader {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        if world.leader_may_die(moment.event, moment.moves_time) {
            out(Target::Leader, Micros::ZERO);
        }
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, _: Strike) {
        world.crash_leader(stage);
    }

    fn needs(&self) -> &'static str {
        "a leader, and a majority that is left without it"
    }

    fn extent(&self) -> Extent<'_> {
        Extent::default()
    }
}
