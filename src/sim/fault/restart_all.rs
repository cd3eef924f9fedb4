//! `restart-all`: all servers of the store die at once with their connections, and start again after a time with what
//! they had persisted: the power was gone.

use super::entry::{BUDGET, Entry, FOR};
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::agenda::Due;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct RestartAll {
    spans: Vec<Micros>,
}

impl RestartAll {
    pub(super) const ABOUT: About = About {
        name: "restart-all",
        title: "all servers die at once, and start again after a time with what they had persisted",
        source: "ZooKeeper: sessions survive a restart of the service, and their clocks start again; Redis documentation, \
                 \"Redis persistence\"",
        needs: "",
        params: &[BUDGET, FOR],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        let spans = entry.spans()?;
        let name = Self::ABOUT.name;
        if entry.scope.store == "none" {
            let message =
                format!("`{name}` restarts Redis and ZooKeeper servers, and the store has none");
            return Err(entry.error(message));
        }
        if entry.scope.has_replicas {
            let message = format!(
                "`{name}` is not for Redis servers with replicas: who leads afterwards is not modelled"
            );
            return Err(entry.error(message));
        }
        Ok(Self { spans })
    }
}

impl Kind for RestartAll {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        let matters = moment.any_time
            || matches!(
                moment.event,
                Due::Up(_) | Due::Down(_) | Due::Served(_) | Due::Wake(_) | Due::Peer(..)
            );
        if matters && world.all_may_die() {
            self.spans.iter().for_each(|&span| out(Target::All, span));
        }
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        world.crash_all(stage, strike.span);
    }

    fn needs(&self) -> &'static str {
        "somebody who is not done, while all servers run"
    }

    fn extent(&self) -> Extent<'_> {
        Extent { servers: Some(&[]), spans: &self.spans, ..Extent::default() }
    }
}
