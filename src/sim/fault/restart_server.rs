//! `restart-server`: a Redis server dies with its connections, and starts again with what it had persisted.

use super::entry::{BUDGET, Entry, FOR};
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::agenda::{Event, ServerId};
use crate::sim::setup::Setup;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct RestartServer {
    servers: Vec<u16>,
    spans: Vec<Micros>,
}

impl RestartServer {
    pub(super) const ABOUT: About = About {
        name: "restart-server",
        title: "a Redis server dies with its connections, and starts again after a time with what it had persisted",
        source: "Redis documentation, \"Redis persistence\"; catalogue entries F33 and F37",
        needs: "redis",
        params: &[BUDGET, FOR, ("server", "which servers: any")],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        let read = Self { spans: entry.spans()?, servers: entry.servers()? };
        if entry.scope.store != "redis" {
            let name = Self::ABOUT.name;
            return Err(
                entry.error(format!("`{name}` restarts Redis servers, and the store has none"))
            );
        }
        Ok(read)
    }
}

impl Kind for RestartServer {
    /// Before anything that the server does or its clients hear of it, and before time moves.
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        if world.is_done() {
            return;
        }
        let about = match moment.event {
            Event::Up(conn) | Event::Down(conn) | Event::Served(conn) => {
                Some(world.conns[conn as usize].server())
            }
            Event::Wake(server) | Event::Peer(server, _) => Some(server),
            _ => None,
        };
        for (number, placed) in world.servers.iter().enumerate() {
            let server = number as ServerId;
            let meant = self.servers.is_empty() || self.servers.contains(&server);
            let now = moment.any_time || about == Some(server);
            if meant && now && placed.state.can_restart() && !placed.state.is_down() {
                self.spans.iter().for_each(|&span| out(Target::Server(server), span));
            }
        }
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        if let Target::Server(server) = strike.target {
            world.crash_server(stage, server, Some(strike.span));
        }
    }

    fn call(&self, setup: &Setup, strike: Strike) -> String {
        format!("crash {}, restart after {}", strike.target.name(setup), strike.span)
    }

    fn extent(&self) -> Extent<'_> {
        Extent { servers: Some(&self.servers), spans: &self.spans, ..Extent::default() }
    }
}
