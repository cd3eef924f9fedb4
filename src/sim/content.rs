//! What the servers of a world keep, in the terms of the whole world: processes in place of connections, instants of the
//! run in place of those of a server's clock.

use std::rc::Rc;

use super::agenda::{ProcessId, ServerId};
use super::links::is_peer;
use super::server::AnyServer;
use super::world::{Placed, World};
use crate::store::content::{Entry, EntryKind};
use crate::store::{Inbound, Link};
use crate::time::Micros;

/// One thing that a server keeps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// The key, the path, the channel, the session's number.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// What it holds, as text.
    pub value: String,
    /// The first instant (µs since the run began) at which it is gone by itself.
    pub until: Option<Micros>,
    /// The session that it ends with, or that it is.
    pub session: Option<i64>,
    /// How often its data was set, of a node.
    pub version: Option<i32>,
    /// The processes that watch it, are blocked on it or are subscribed to it; of a session whose it is.
    pub watchers: Vec<ProcessId>,
}

/// The servers of a world as they were at some moment, to see which of them have changed since.
#[derive(Clone, Debug)]
pub struct Shared(Vec<Rc<Placed>>);

impl World {
    /// The servers as they are now.
    pub fn shared(&self) -> Shared {
        Shared(self.servers.clone())
    }

    /// Whether a server may have changed since.
    pub fn has_changed(&self, server: ServerId, since: &Shared) -> bool {
        let place = usize::from(server);
        !matches!((self.servers.get(place), since.0.get(place)), (Some(now), Some(then)) if Rc::ptr_eq(now, then))
    }

    /// How many servers there are.
    pub fn servers(&self) -> ServerId {
        self.servers.len() as ServerId
    }

    /// What a server keeps.
    pub fn content(&self, server: ServerId) -> Vec<Kept> {
        let Some(placed) = self.servers.get(usize::from(server)) else { return Vec::new() };
        let entries = match &placed.state {
            AnyServer::Redis(redis) => redis.content(),
            AnyServer::ZooKeeper(zk) => zk.content(),
            AnyServer::Ledger(ledger) => ledger.content(),
        };
        let (here, total) = (placed.time(self.now), self.total());
        let world = |until: Micros| total + placed.clock.world_span(until - here);
        let kept = |entry: Entry| {
            let Entry { name, kind, value, until, session, version, watchers } = entry;
            let mut processes: Vec<ProcessId> =
                watchers.into_iter().filter_map(|link| self.process_at(link)).collect();
            processes.sort_unstable();
            processes.dedup();
            Kept {
                name,
                kind,
                value,
                until: until.map(world),
                session,
                version,
                watchers: processes,
            }
        };
        entries.into_iter().map(kept).collect()
    }

    /// The process at the client's end of a connection.
    fn process_at(&self, link: Link) -> Option<ProcessId> {
        if is_peer(link) {
            return None;
        }
        Some(self.conns.get(link.0 as usize)?.process)
    }

    /// How many requests are on their way on each connection, by its link.
    pub fn requests_under_way(&self) -> impl Iterator<Item = (Link, usize)> + '_ {
        let requests = |conn: &super::conn::Conn| {
            let is_request = |it: &&(Inbound<_>, _)| matches!(it.0, Inbound::Request(_));
            conn.up.iter().filter(is_request).count()
        };
        self.conns.iter().enumerate().map(move |(link, conn)| (Link(link as u32), requests(conn)))
    }
}
