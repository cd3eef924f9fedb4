//! `restart-server`: a server dies with its connections, and starts again with what it had persisted.
//!
//! Of a ZooKeeper ensemble only as many die as leave a majority.

use super::entry::{BUDGET, Entry, FOR};
use super::near::{AFTER, BEFORE};
use super::servers::Servers;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct RestartServer {
    servers: Servers,
    spans: Vec<Micros>,
}

impl RestartServer {
    pub(super) const ABOUT: About = About {
        name: "restart-server",
        title: "a server dies with its connections, and starts again after a time with what it had persisted",
        source: "Redis documentation, \"Redis persistence\"; catalogue entries F33 and F37; ZooKeeper: sessions \
                 survive, and their clocks start again",
        needs: "",
        params: &[BUDGET, FOR, ("server", "which servers: any"), BEFORE, AFTER],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        let read = Self { spans: entry.spans()?, servers: entry.servers()? };
        if entry.scope.store == "none" {
            let name = Self::ABOUT.name;
            return Err(entry.error(format!(
                "`{name}` restarts Redis and ZooKeeper servers, and the store has none"
            )));
        }
        Ok(read)
    }
}

impl Kind for RestartServer {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        let left = !world.is_ensemble() || world.majority_without_one();
        self.servers.each(
            world,
            moment,
            |placed| left && placed.state.can_restart(),
            |server| {
                self.spans.iter().for_each(|&span| out(Target::Server(server), span));
            },
        );
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        if let Target::Server(server) = strike.target {
            world.crash_server(stage, server, Some(strike.span));
        }
    }

    fn needs(&self) -> &'static str {
        "a server that runs and, of a ZooKeeper ensemble, a majority that is left without it"
    }

    fn extent(&self) -> Extent<'_> {
        Extent { spans: &self.spans, ..self.servers.extent() }
    }
}
