//! `expire-session`: a ZooKeeper service ends a session at once; its client learns it when it hears of it.

use super::entry::{BUDGET, Entry, PHASE, PROCESS};
use super::near::{AFTER, BEFORE};
use super::processes::Processes;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::choice::FaultId;
use crate::client::zookeeper::ZkClient;
use crate::json::Problem;
use crate::sim::act::Behalf;
use crate::sim::agenda::{ProcessId, ServerId};
use crate::sim::server::AnyServer;
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
            world.expire_session(stage, server, session, strike.fault);
        }
    }

    fn needs(&self) -> &'static str {
        "a client with a session"
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

    fn expire_session(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        session: SessionId,
        fault: FaultId,
    ) {
        let acted = self.let_zookeeper(stage, server, |zk, now, desk| {
            zk.expire_session(now, session, desk);
        });
        self.told_server(stage, server, acted, Behalf::Fault(fault));
    }
}
