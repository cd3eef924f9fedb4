//! `expire-session`: a ZooKeeper service ends a session at once; its client learns it when it hears of it.

use std::rc::Rc;

use super::entry::{BUDGET, Entry, PHASE, PROCESS};
use super::near::{AFTER, BEFORE};
use super::processes::Processes;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::client::zookeeper::ZkClient;
use crate::json::Problem;
use crate::property::Remover;
use crate::sim::agenda::{ProcessId, ServerId};
use crate::sim::place;
use crate::sim::server::AnyServer;
use crate::sim::setup::Setup;
use crate::sim::world::{Stage, World};
use crate::store::zookeeper::SessionId;
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct ExpireSession {
    whom: Processes,
}

impl ExpireSession {
    pub(super) const ABOUT: About = About {
        name: "expire-session",
        title: "a session ends at once, by an operator or for any other reason of the service",
        source: "ZooKeeper FAQ, \"How do I handle SESSION_EXPIRED\"; AdminServer and JMX can close sessions",
        needs: "zookeeper",
        params: &[BUDGET, PROCESS, PHASE, BEFORE, AFTER],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        let read = Self { whom: entry.processes()? };
        if entry.scope.store != "zookeeper" {
            return Err(entry.error("`expire-session` needs a ZooKeeper service"));
        }
        Ok(read)
    }
}

impl Kind for ExpireSession {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        self.whom.each(world, moment, |process| {
            if world.session_of(process).is_some() {
                out(Target::Process(process), Micros::ZERO);
            }
        });
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        if let Target::Process(process) = strike.target
            && let Some((server, session)) = world.session_of(process)
        {
            world.expire_session(stage, server, session);
        }
    }

    fn call(&self, setup: &Setup, strike: Strike) -> String {
        format!("{}'s session is ended by the service", strike.target.name(setup))
    }

    fn extent(&self) -> Extent<'_> {
        self.whom.extent()
    }
}

impl World {
    /// The session that a client believes in and its service has, and who decides of it.
    fn session_of(&self, process: ProcessId) -> Option<(ServerId, SessionId)> {
        let zk = self.processes[usize::from(process)].zk.as_ref();
        let (session, _) = zk.and_then(ZkClient::session)?;
        let decides = match self.ensemble.leader {
            Some(leader) => leader,
            None => self.members().first().copied().filter(|_| !self.is_ensemble())?,
        };
        let placed = &self.servers[usize::from(decides)];
        let AnyServer::ZooKeeper(state) = &placed.state else { return None };
        let runs = !self.is_down(decides) && placed.stalls.is_none();
        (runs && state.tracks(session)).then_some((decides, session))
    }

    fn expire_session(&mut self, stage: &mut Stage<'_>, server: ServerId, session: SessionId) {
        let before = place::look(self, stage, server, self.now);
        let now = self.now;
        let placed = Rc::make_mut(&mut self.servers[usize::from(server)]);
        let name = &stage.setup.servers[usize::from(server)].name;
        let sent = placed.state.expire_session(placed.time(now), session, name, stage.choices);
        self.judge_place(stage, server, &before, Remover::Fault);
        self.told_server(stage, server, sent);
    }
}
