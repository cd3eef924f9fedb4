//! Processes begin and end.

use super::agenda::{ConnId, Due, ProcessId};
use super::world::{Stage, World, threads};
use crate::client::redis::RedisClient;
use crate::client::zookeeper::ZkClient;
use crate::event::Event;

impl World {
    /// A process whose threads have all had enough ends by itself; a ZooKeeper session is left to its timeout.
    pub(super) fn exit(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        self.stop_process(stage, process);
        self.happens(stage, &Event::Exits(process));
        let rest = stage.setup.processes[usize::from(process)].habits.rest;
        self.agenda.put(self.now + rest, Due::Restart(process));
    }

    /// A process is gone, with all that it knew and waited for; what it has sent still arrives.
    pub(super) fn stop_process(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        self.wants -= self.processes[usize::from(process)].wants();
        self.forget_kept(process);
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
                Due::Timer(of, _) | Due::Exits(of) | Due::Ping(of) | Due::Resume(of) | Due::Silent(of) | Due::GivesUp(of) | Due::Reconnects(of) | Due::Resubscribes(of, _)
                if *of == process
            )
        });
        for conn in conns {
            self.close_by_client(stage, conn);
        }
    }

    /// A process that was not there begins.
    pub(super) fn begin_process(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        let threads = threads(stage.setup, process);
        let state = self.process_mut(process);
        state.alive = true;
        state.threads = threads;
        debug_assert!(!state.away, "it has come");
        self.wants += self.processes[usize::from(process)].wants();
        self.start_process(stage, process);
    }
}
