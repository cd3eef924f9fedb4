//! `failover`: a Redis master dies with its connections, and its Sentinels promote a replica.

use super::entry::{BUDGET, Entry};
use super::near::{AFTER, BEFORE};
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::{Problem, some_time};
use crate::sim::agenda::Due;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct Failover {
    servers: Vec<u16>,
    /// After how long the server starts again; never if empty.
    returns: Vec<Micros>,
}

impl Failover {
    pub(super) const ABOUT: About = About {
        name: "failover",
        title: "a Redis master dies with its connections; Sentinels promote a replica after `down_after`",
        source: "Redis documentation, \"High availability with Redis Sentinel\"; catalogue entry F30",
        needs: "redis",
        params: &[
            BUDGET,
            ("returns", "after how long the dead server starts again, one or several: never"),
            ("server", "which server, as long as it is the master: any"),
            BEFORE,
            AFTER,
        ],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        entry.needs_replicas()?;
        let returns = entry.each("returns", |section| some_time(&section))?;
        Ok(Self { servers: entry.server_numbers()?, returns })
    }
}

impl Kind for Failover {
    /// Before anything that the master does or its clients hear of it, before its words arrive, and before time
    /// moves.
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        if world.is_done() {
            return;
        }
        let about = match moment.event {
            Due::Up(conn) | Due::Down(conn) | Due::Served(conn) => {
                Some(world.conns[conn as usize].server())
            }
            Due::Wake(server) | Due::Peer(server, _) => Some(server),
            _ => None,
        };
        for master in world.groups.iter().map(|group| group.master) {
            let meant = self.servers.is_empty() || self.servers.contains(&master);
            let now = moment.any_time || about == Some(master) || moment.near.is_some();
            if meant && now && !world.servers[usize::from(master)].state.is_down() {
                if self.returns.is_empty() {
                    out(Target::Server(master), Micros::ZERO);
                }
                self.returns.iter().for_each(|&span| out(Target::Server(master), span));
            }
        }
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        if let Target::Server(server) = strike.target {
            let returns = (!self.returns.is_empty()).then_some(strike.span);
            world.crash_server(stage, server, returns);
        }
    }

    fn needs(&self) -> &'static str {
        "a master that runs"
    }

    fn extent(&self) -> Extent<'_> {
        Extent { servers: Some(&self.servers), spans: &self.returns, ..Extent::default() }
    }
}
