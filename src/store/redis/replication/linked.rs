//! What whoever drives several servers tells one of them: whose replica it is, and what is heard of the others.

use std::rc::Rc;

use super::super::config::Config;
use super::super::core::Core;
use super::super::ctx::NOBODY;
use super::super::reply::Bytes;
use super::super::server::RedisServer;
use crate::store::{Env, Link};
use crate::time::Micros;

impl RedisServer {
    /// Makes the server a replica of the one at `host` and `port` (REPLICAOF). Its data stays until that of the
    /// master arrives, and replaces it.
    pub fn follow(&mut self, now: Micros, host: &Bytes, port: u16, env: &mut dyn Env<Self>) {
        self.ctx(now, NOBODY, env).set_master(host, port);
        self.send(env);
    }

    /// Makes a replica a master, with the data that it has (`REPLICAOF NO ONE`).
    pub fn promote(&mut self, now: Micros, env: &mut dyn Env<Self>) {
        self.ctx(now, NOBODY, env).unset_master();
        self.send(env);
    }

    /// A link from this replica to its master is there: asks for the data. It must be asked again after every
    /// loss of the link, which an [`Inbound::Disconnect`](crate::store::Inbound::Disconnect) says.
    pub fn sync(&mut self, now: Micros, link: Link, env: &mut dyn Env<Self>) {
        self.ctx(now, link, env).ask_master(link);
        self.send(env);
    }

    /// The name and port of the master, if the server is a replica.
    pub fn master(&self) -> Option<(&Bytes, u16)> {
        self.core().replication.master_state().map(|(host, port, _)| (host, port))
    }

    /// How much of the stream the server's data contains: a failover prefers the replica that has most.
    pub fn offset(&self) -> u64 {
        self.core().replication.offset()
    }

    /// Changes settings of a server that nobody has asked anything yet.
    pub fn configure(&mut self, change: impl FnOnce(&mut Config)) {
        change(Rc::make_mut(&mut self.core_mut().config));
    }

    /// The link to the master, while there is one.
    pub fn master_link(&self) -> Option<Link> {
        self.core().replication.master_link()
    }

    /// Whether a replica has asked for the stream on this link.
    pub fn feeds(&self, link: Link) -> bool {
        self.core().replication.replicas.iter().any(|replica| replica.link == link)
    }

    /// What another server sees of the wall clock: (µs since 1970) at virtual instant zero, as if nobody had set it.
    /// Times in words to other servers are shifted by the difference of theirs
    /// ([`Peer::shifted`](super::Peer::shifted)).
    pub fn unset_clock_us(&self) -> i64 {
        self.core().epoch_us - self.core().ahead_us
    }

    /// Says whether this master goes on hearing of the replica on `link`, where heartbeats are taken for granted
    /// ([`Config::heartbeats`](super::super::Config::heartbeats)). Whether that was news.
    pub fn attend_replica(&mut self, now: Micros, link: Link, attended: bool) -> bool {
        let core = self.core_mut();
        let now_ms = core.epoch_us.saturating_add(now.0).div_euclid(1000);
        let replicas = &mut core.replication.replicas;
        let Some(replica) = replicas.iter_mut().find(|replica| replica.link == link) else {
            return false;
        };
        if replica.attended == attended {
            return false;
        }
        replica.attended = attended;
        // The last heartbeat came just before contact ended.
        if let Some((_, ms)) = &mut replica.ack {
            *ms = now_ms;
        }
        true
    }

    /// Lowers all offsets by `floor`, which every server that shares the stream has: only their order matters. What
    /// is below it is taken for it, as the next heartbeat would say.
    pub fn lower_offsets(&mut self, floor: u64) {
        self.core_mut().lower_offsets(floor);
    }
}

impl Core {
    fn lower_offsets(&mut self, floor: u64) {
        self.replication.offset = self.replication.offset.saturating_sub(floor);
        for replica in &mut self.replication.replicas {
            if let Some((acked, _)) = &mut replica.ack {
                *acked = acked.saturating_sub(floor);
            }
        }
        let links: Vec<Link> = self.clients.keys().copied().collect();
        for link in links {
            if let Some(client) = self.client_mut(link) {
                client.lower_offsets(floor);
            }
        }
    }
}
