//! `late-expiry`: Redis's background cycle passes a key over whose time is up; unless somebody asks for it, nobody
//! hears of its end until much later.

use std::rc::Rc;

use super::entry::{BUDGET, Entry, FOR};
use super::servers::Servers;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::agenda::Due;
use crate::sim::server::AnyServer;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct LateExpiry {
    servers: Servers,
    spans: Vec<Micros>,
}

impl LateExpiry {
    pub(super) const ABOUT: About = About {
        name: "late-expiry",
        title: "a key whose time is up is removed late: until then nobody hears of it who does not ask",
        source: "https://redis.io/docs/latest/develop/use/keyspace-notifications/ (timing of expired events)",
        needs: "redis",
        params: &[BUDGET, FOR, ("server", "which servers: any")],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        let read = Self { spans: entry.known_spans()?, servers: entry.servers()? };
        entry.needs_redis().map(|()| read)
    }
}

impl Kind for LateExpiry {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        let (Due::Wake(server), Some((due, _))) = (moment.event, world.agenda.head()) else {
            return;
        };
        let mut meant = false;
        self.servers.each(world, moment, |_| true, |it| meant |= it == server);
        let placed = &world.servers[usize::from(server)];
        if let AnyServer::Redis(redis) = &placed.state
            && meant
            && redis.expires_by(placed.time(due))
        {
            self.spans.iter().for_each(|&span| out(Target::Server(server), span));
        }
    }

    fn strike(&self, world: &mut World, _: &mut Stage<'_>, strike: Strike) {
        let (Target::Server(server), Some((due, _))) = (strike.target, world.agenda.head()) else {
            return;
        };
        let placed = Rc::make_mut(&mut world.servers[usize::from(server)]);
        let at = placed.time(due);
        if let AnyServer::Redis(redis) = &mut placed.state {
            redis.pass_over(at, strike.span);
        }
        world.arm(server);
    }

    fn needs(&self) -> &'static str {
        "a key whose time is up while somebody is not done"
    }

    fn extent(&self) -> Extent<'_> {
        Extent { spans: &self.spans, ..self.servers.extent() }
    }
}
