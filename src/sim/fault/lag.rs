//! `lag`: what a Redis master says to a replica stands still for a time, and all else goes on.

use super::entry::{BUDGET, Entry, FOR};
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::agenda::Due;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct Lag {
    servers: Vec<u16>,
    spans: Vec<Micros>,
}

impl Lag {
    pub(super) const ABOUT: About = About {
        name: "lag",
        title: "what a Redis master says to a replica stands still for a time; all else goes on",
        source: "Redis documentation, \"Redis replication\": asynchronous; catalogue entries F32 and F34",
        needs: "redis",
        params: &[BUDGET, FOR, ("server", "which replicas may lag: any")],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        entry.needs_replicas()?;
        Ok(Self { spans: entry.spans()?, servers: entry.server_numbers()? })
    }
}

impl Kind for Lag {
    /// Before a word of a master arrives.
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        if let Due::Peer(from, to) = moment.event
            && (self.servers.is_empty() || self.servers.contains(&to))
            && world.redis(from).is_some_and(|redis| redis.master().is_none())
        {
            self.spans.iter().for_each(|&span| out(Target::Words(from, to), span));
        }
    }

    fn strike(&self, world: &mut World, _: &mut Stage<'_>, strike: Strike) {
        if let Target::Words(from, to) = strike.target {
            world.lag((from, to), strike.span);
        }
    }

    fn needs(&self) -> &'static str {
        "something that a master says to a replica"
    }

    fn extent(&self) -> Extent<'_> {
        Extent { servers: Some(&self.servers), spans: &self.spans, ..Extent::default() }
    }
}
