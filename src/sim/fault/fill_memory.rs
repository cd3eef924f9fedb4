//! `fill-memory`: other clients fill a Redis server's memory.
//!
//! Where the policy allows to evict something, a key goes: which one the store draws. Where it does not, commands
//! that need memory are refused for a time.

use std::rc::Rc;

use super::entry::{BUDGET, Entry};
use super::near::{AFTER, BEFORE};
use super::servers::Servers;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::choice::FaultId;
use crate::json::Problem;
use crate::sim::agenda::{Due, ServerId};
use crate::sim::server::AnyServer;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct FillMemory {
    servers: Servers,
    spans: Vec<Micros>,
}

impl FillMemory {
    pub(super) const ABOUT: About = About {
        name: "fill-memory",
        title: "other clients fill the memory: a key is evicted, or commands that need memory are refused for a time",
        source: "https://redis.io/docs/latest/develop/reference/eviction/; samcook/RedLock.net #101",
        needs: "redis",
        params: &[
            BUDGET,
            ("for", "how long commands are refused, if nothing may be evicted: around each lease"),
            ("server", "which servers: any"),
            BEFORE,
            AFTER,
        ],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        let read = Self { spans: entry.known_spans()?, servers: entry.servers()? };
        entry.needs_redis().map(|()| read)
    }
}

impl Kind for FillMemory {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        let mut servers = Vec::new();
        let has_room =
            |state: &AnyServer| matches!(state, AnyServer::Redis(redis) if !redis.is_full());
        self.servers.each(world, moment, |it| has_room(&it.state), |server| servers.push(server));
        for server in servers {
            let AnyServer::Redis(redis) = &world.servers[usize::from(server)].state else {
                continue;
            };
            if redis.can_evict() {
                out(Target::Server(server), Micros::ZERO);
            } else {
                self.spans.iter().for_each(|&span| out(Target::Server(server), span));
            }
        }
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        let Target::Server(server) = strike.target else { return };
        if strike.span == Micros::ZERO {
            world.evict(stage, server, strike.fault);
            return;
        }
        world.set_full(server, true);
        world.agenda.put(world.now + strike.span, Due::Over(strike.fault, strike.target));
    }

    fn needs(&self) -> &'static str {
        "a Redis server that has memory left"
    }

    fn extent(&self) -> Extent<'_> {
        Extent { spans: &self.spans, up_to: true, ..self.servers.extent() }
    }

    fn over(&self, world: &mut World, _: &mut Stage<'_>, target: Target) {
        if let Target::Server(server) = target {
            world.set_full(server, false);
        }
    }
}

impl World {
    fn set_full(&mut self, server: ServerId, full: bool) {
        let placed = Rc::make_mut(&mut self.servers[usize::from(server)]);
        if let AnyServer::Redis(redis) = &mut placed.state {
            redis.set_full(full);
        }
    }

    fn evict(&mut self, stage: &mut Stage<'_>, server: ServerId, fault: FaultId) {
        let acted = self.let_redis(stage, server, |redis, now, desk| redis.evict(now, desk));
        self.acted_by_fault(stage, server, acted, fault);
    }
}
