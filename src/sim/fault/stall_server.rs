//! `stall-server`: a server executes nothing for a time; what is sent to it waits, and nobody is told.
//!
//! Its clocks go on: what has expired meanwhile is gone when it goes on. A ZooKeeper client hears nothing meanwhile,
//! and looks for another server when its patience is over; a leader that stalls for longer than `syncLimit` is given
//! up by its followers, and follows when it goes on.

use std::rc::Rc;

use super::entry::{BUDGET, Entry, FOR};
use super::near::{AFTER, BEFORE};
use super::servers::Servers;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::json::Problem;
use crate::sim::agenda::{ConnId, Due, ServerId};
use crate::sim::server::AnyServer;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct StallServer {
    servers: Servers,
    spans: Vec<Micros>,
}

impl StallServer {
    pub(super) const ABOUT: About = About {
        name: "stall-server",
        title: "a server executes nothing for a time; what is sent to it waits, its clocks go on, nobody is told",
        source: "Redis documentation, \"Diagnosing latency issues\": fork, slow commands, swapping; ZooKeeper: fsync, \
                 garbage collection",
        needs: "",
        params: &[BUDGET, FOR, ("server", "which servers: any"), BEFORE, AFTER],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        Ok(Self { spans: entry.spans()?, servers: entry.servers()? })
    }
}

impl Kind for StallServer {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        let of_store = |state: &AnyServer| !matches!(state, AnyServer::Ledger(_));
        self.servers.each(
            world,
            moment,
            |placed| of_store(&placed.state),
            |server| {
                self.spans.iter().for_each(|&span| out(Target::Server(server), span));
            },
        );
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        let Target::Server(server) = strike.target else { return };
        let until = world.now + strike.span;
        Rc::make_mut(&mut world.servers[usize::from(server)]).stalls = Some(until);
        // Before anything that waits for that.
        world.agenda.put(until, Due::Over(strike.fault, strike.target));
        world.arm(server);
        let limit = world.sync_limit(server).filter(|limit| *limit < strike.span);
        if let Some(limit) = limit.filter(|_| world.ensemble.leader == Some(server)) {
            world.agenda.put(world.now + limit, Due::GivenUp(server, until));
        }
        for conn in world.conns_to(server) {
            world.begin_silence(stage, conn);
            world.contact(conn);
        }
    }

    fn needs(&self) -> &'static str {
        "a server of the store that runs"
    }

    fn extent(&self) -> Extent<'_> {
        Extent { spans: &self.spans, ..self.servers.extent() }
    }

    fn over(&self, world: &mut World, stage: &mut Stage<'_>, target: Target) {
        if let Target::Server(server) = target {
            world.goes_on(stage, server);
        }
    }
}

impl World {
    fn goes_on(&mut self, stage: &mut Stage<'_>, server: ServerId) {
        let placed = &self.servers[usize::from(server)];
        let Some(until) = placed.stalls else { return };
        if until > self.now {
            // It is over earlier than it could have been: what waits in line waits no longer.
            let waits = |event: &Due| self.stalled_for(*event).is_some_and(|it| it == until);
            let waiting: Vec<Due> = self.agenda.at(until).filter(waits).collect();
            for event in waiting {
                self.agenda.cancel(until, event);
                self.agenda.put(self.now, event);
            }
        }
        let placed = &self.servers[usize::from(server)];
        let overdue = placed.deadline(self.now).is_some_and(|due| due <= self.now);
        Rc::make_mut(&mut self.servers[usize::from(server)]).stalls = None;
        if overdue && let Some(wake) = self.servers[usize::from(server)].wake {
            // What the clock has brought meanwhile comes before what was sent.
            self.agenda.cancel(wake, Due::Wake(server));
            self.wake(stage, server);
        }
        for conn in self.conns_to(server) {
            self.is_heard_again(conn);
            self.contact(conn);
        }
        self.arm(server);
    }

    /// The connections to a server that their clients believe in.
    fn conns_to(&self, server: ServerId) -> Vec<ConnId> {
        let numbered = self.conns.iter().enumerate();
        numbered
            .filter(|(_, conn)| conn.open && conn.server() == server)
            .map(|(number, _)| number as ConnId)
            .collect()
    }

    /// Until when what is due waits because its server executes nothing.
    pub(in crate::sim) fn stalled_for(&self, event: Due) -> Option<Micros> {
        let server = match event {
            Due::Up(conn) | Due::Served(conn) => self.conns[conn as usize].server(),
            Due::Wake(server) | Due::Peer(_, server) => server,
            _ => return None,
        };
        self.servers[usize::from(server)].stalls
    }
}
