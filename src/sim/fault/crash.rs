//! `crash`: a process dies.

use super::entry::{BUDGET, Entry, PHASE, PROCESS};
use super::processes::Processes;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::client::redis::RedisClient;
use crate::client::zookeeper::ZkClient;
use crate::json::Problem;
use crate::property;
use crate::sim::agenda::{ConnId, Event, ProcessId};
use crate::sim::setup::Setup;
use crate::sim::world::{Stage, World};
use crate::time::Micros;

#[derive(Debug)]
pub(super) struct Crash {
    whom: Processes,
}

impl Crash {
    pub(super) const ABOUT: About = About {
        name: "crash",
        title: "a process dies",
        source: "Schlichting and Schneider 1983, \"Fail-Stop Processors\"",
        needs: "",
        params: &[BUDGET, PROCESS, PHASE],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        Ok(Self { whom: entry.processes()? })
    }
}

impl Kind for Crash {
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        self.whom.each(world, moment, |process| out(Target::Process(process), Micros::ZERO));
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        if let Target::Process(process) = strike.target {
            world.crash(stage, process);
        }
    }

    fn call(&self, setup: &Setup, strike: Strike) -> String {
        format!("crash {}", strike.target.name(setup))
    }

    fn extent(&self) -> Extent<'_> {
        self.whom.extent()
    }

    fn kills(&self) -> bool {
        true
    }
}

impl World {
    /// A process dies, with all that it knew and waited for; what it has sent still arrives.
    pub(super) fn crash(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        self.wants -= self.processes[usize::from(process)].wants();
        let state = self.process_mut(process);
        state.alive = false;
        state.paused = None;
        // Before the client library forgets its session.
        self.contacts(process);
        let state = self.process_mut(process);
        // What a dead process had in mind is nothing to anybody.
        state.threads.clear();
        for (_, running) in std::mem::take(&mut state.tasks) {
            stage.engine.end(running.handle);
        }
        let conns: Vec<ConnId> = state.conns.iter().map(|(_, conn)| *conn).collect();
        state.local = state.local.reborn();
        state.redis = RedisClient::default();
        if let Some(zk) = &mut state.zk {
            let setup = &stage.setup.processes[usize::from(process)];
            *zk = ZkClient::new(setup.session_timeout_ms, setup.library);
        }
        self.agenda.cancel_all(|event| {
            matches!(
                event,
                Event::Timer(of, _) | Event::Ping(of) | Event::Resume(of) | Event::Silent(of) | Event::GivesUp(of) | Event::Reconnects(of) | Event::Resubscribes(of, _)
                if *of == process
            )
        });
        for conn in conns {
            self.close_by_client(stage, conn);
        }
        self.happens(stage, &property::Event::Crashes(process));
    }
}
