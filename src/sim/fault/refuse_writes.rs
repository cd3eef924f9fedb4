//! `refuse-writes`: a Redis server answers every command that writes with an error for a time.
//!
//! What is there stays there, also what a client wants to give back: a release fails as well. Reads are answered, and keys
//! go on to expire.

use std::rc::Rc;

use super::entry::{BUDGET, Entry, FOR};
use super::near::{AFTER, BEFORE};
use super::servers::Servers;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::agenda::{Due, ServerId};
use crate::sim::server::AnyServer;
use crate::sim::world::{Stage, World};
use crate::store::redis::Refusal;
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct RefuseWrites {
    servers: Servers,
    spans: Vec<Micros>,
    refusal: Refusal,
}

impl RefuseWrites {
    pub(super) const ABOUT: About = About {
        name: "refuse-writes",
        title: "every command that writes is answered with an error for a time, a release as well; reads go on",
        source: "https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/ (stop-writes-on-bgsave-error); \
                 https://redis.io/docs/latest/operate/oss_and_stack/management/replication/ (read-only replica)",
        needs: "redis",
        params: &[
            BUDGET,
            FOR,
            ("server", "which servers: any"),
            (
                "error",
                "what they answer, by its first word: \"MISCONF\" (a snapshot failed), \"READONLY\" (demoted), or \"OOM\" where \
                 DEL does not help either (else see `fill-memory`): \"MISCONF\"",
            ),
            BEFORE,
            AFTER,
        ],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        entry.needs_redis()?;
        let refusal = match entry.get("error") {
            None => Refusal::Misconf,
            Some(field) => {
                let name: String = field.to()?;
                let found = Refusal::ALL.iter().find(|(it, _)| it.eq_ignore_ascii_case(&name));
                let known = Refusal::ALL.map(|(name, _)| name);
                found.ok_or_else(|| field.unknown_name("error", &name, known))?.1
            }
        };
        Ok(Self { spans: entry.spans()?, servers: entry.servers()?, refusal })
    }
}

impl Kind for RefuseWrites {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        let accepts =
            |state: &AnyServer| matches!(state, AnyServer::Redis(it) if it.refusal().is_none());
        self.servers.each(
            world,
            moment,
            |placed| accepts(&placed.state),
            |server| self.spans.iter().for_each(|&span| out(Target::Server(server), span)),
        );
    }

    fn strike(&self, world: &mut World, _: &mut Stage<'_>, strike: Strike) {
        let Target::Server(server) = strike.target else { return };
        world.set_refusal(server, Some(self.refusal));
        world.agenda.put(world.now + strike.span, Due::Over(strike.fault, strike.target));
    }

    fn needs(&self) -> &'static str {
        "a Redis server that accepts writes"
    }

    fn extent(&self) -> Extent<'_> {
        Extent { spans: &self.spans, ..self.servers.extent() }
    }

    fn over(&self, world: &mut World, _: &mut Stage<'_>, target: Target) {
        if let Target::Server(server) = target {
            world.set_refusal(server, None);
        }
    }
}

impl World {
    fn set_refusal(&mut self, server: ServerId, refusal: Option<Refusal>) {
        let placed = Rc::make_mut(&mut self.servers[usize::from(server)]);
        if let AnyServer::Redis(redis) = &mut placed.state {
            redis.set_refusal(refusal);
        }
    }
}
