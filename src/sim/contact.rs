//! Contact: whether a ZooKeeper service hears of a session.

use std::rc::Rc;

use super::agenda::{ConnId, Due, ProcessId};
use super::conn::Awaited;
use super::server::{AnyRequest, AnyServer};
use super::world::{Stage, World};
use crate::cx::{Lane, Reads, Session, WatchId};
use crate::store::{Inbound, Link, zookeeper};
use crate::time::Micros;

impl World {
    /// Tells a ZooKeeper service whether it hears of the session on this connection.
    ///
    /// In a search keep-alives are not events: a client in contact keeps its session, and when contact ends, its
    /// time begins to run.
    pub(crate) fn contact(&mut self, conn: ConnId) {
        if self.is_ensemble() {
            self.contact_through(conn);
            return;
        }
        let state = &self.conns[conn as usize];
        let process = &self.processes[usize::from(state.process)];
        let placed = &self.servers[usize::from(state.server())];
        let attended = state.open
            && !state.is_kept_from_its_server()
            // A connection that broke is of no use, also before its ends have learnt it.
            && !state.up.iter().any(|(message, _)| *message == Inbound::Disconnect)
            && placed.stalls.is_none()
            && process.alive
            && process.paused.is_none()
            && process.zk.as_ref().is_some_and(|zk| zk.state() == Session::Connected);
        let server = state.server();
        let now = self.now;
        let AnyServer::ZooKeeper(zk) = &placed.state else { return };
        if zk.is_attended(Link(conn)) == attended || self.pings() {
            return;
        }
        let placed = Rc::make_mut(&mut self.servers[usize::from(server)]);
        let now = placed.time(now);
        if let AnyServer::ZooKeeper(zk) = &mut placed.state {
            zk.attend(Link(conn), attended, now);
        }
        self.arm(server);
    }

    /// The same for all connections of a process.
    pub(crate) fn contacts(&mut self, process: ProcessId) {
        let conns: Vec<ConnId> =
            self.processes[usize::from(process)].conns.iter().map(|(_, conn)| *conn).collect();
        for conn in conns {
            self.contact(conn);
        }
    }

    /// A ZooKeeper client in sampled timing says that it is alive.
    pub(crate) fn ping(&mut self, stage: &mut Stage<'_>, process: ProcessId) {
        let Some(server) =
            stage.scene.around[usize::from(process)].first().and_then(|a| a.zookeeper)
        else {
            return;
        };
        let conn = self.conn_on(process, self.lane(process, Lane { server, lane: 0 }));
        let connected = self.processes[usize::from(process)]
            .zk
            .as_ref()
            .is_some_and(|zk| zk.state() == Session::Connected);
        if connected && self.conns[conn as usize].open {
            let call = zookeeper::Request::Call { xid: 0, op: zookeeper::Op::Ping };
            self.conn_mut(conn).awaited.push_back(Awaited {
                op: None,
                what: None,
                reads: Reads::Nothing,
                watch: None,
            });
            self.send_up(stage, conn, Inbound::Request(AnyRequest::ZooKeeper(call)), None);
        }
        self.schedule_ping(stage, process);
    }

    /// Puts the next ping on the agenda: three in a session timeout, as the Java client does.
    pub(crate) fn schedule_ping(&mut self, stage: &Stage<'_>, process: ProcessId) {
        let timeout = stage.setup.processes[usize::from(process)].session_timeout_ms;
        let wants =
            self.processes[usize::from(process)].threads.iter().any(super::thread::Thread::wants);
        if self.pings() && wants {
            let every = Micros(i64::from(timeout) * 1000 / 3);
            self.agenda.put(self.now + every, Due::Ping(process));
        }
    }

    /// A watch that nobody refers to any more is forgotten by the library.
    pub(crate) fn forget_watches(&mut self, process: ProcessId) {
        let state = self.process_mut(process);
        if let Some(zk) = &mut state.zk {
            let local = &state.local;
            zk.forget(|watch: WatchId| local.watches(watch));
        }
    }
}
