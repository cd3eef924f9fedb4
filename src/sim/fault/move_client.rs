//! `move-client`: a client of a ZooKeeper ensemble loses its connection and goes to another server, with its session.

use super::entry::{BUDGET, Entry, PHASE, PROCESS};
use super::near::{AFTER, BEFORE};
use super::processes::Processes;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::cx::{Lane, Session};
use crate::json::Problem;
use crate::sim::agenda::{ConnId, ProcessId};
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct MoveClient {
    whom: Processes,
}

impl MoveClient {
    pub(super) const ABOUT: About = About {
        name: "move-client",
        title: "a client loses its connection and goes to another server of the ensemble, with its session",
        source: "ZooKeeper documentation, \"ZooKeeper Sessions\": a client that is disconnected connects to another server",
        needs: "zookeeper",
        params: &[BUDGET, PROCESS, PHASE, BEFORE, AFTER],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        let read = Self { whom: entry.processes()? };
        entry.needs_majority().map(|()| read)
    }
}

impl Kind for MoveClient {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        self.whom.each(world, moment, |process| {
            if world.connection_of_session(process).is_some() {
                out(Target::Process(process), Micros::ZERO);
            }
        });
    }

    fn strike(&self, world: &mut World, _: &mut Stage<'_>, strike: Strike) {
        if let Target::Process(process) = strike.target
            && let Some(conn) = world.connection_of_session(process)
        {
            world.break_connection(conn);
        }
    }

    fn needs(&self) -> &'static str {
        "a client with a session and a connection"
    }

    fn extent(&self) -> Extent<'_> {
        self.whom.extent()
    }
}

impl World {
    /// The connection on which the client has its session, if it is connected.
    fn connection_of_session(&self, process: ProcessId) -> Option<ConnId> {
        let state = &self.processes[usize::from(process)];
        state.zk.as_ref().filter(|zk| zk.state() == Session::Connected)?;
        let lane = Lane { server: state.zk_server, lane: 0 };
        let (_, conn) = state.conns.iter().find(|(of, _)| *of == lane)?;
        self.conns[*conn as usize].hears().then_some(*conn)
    }
}
