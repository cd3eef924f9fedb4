//! A follower that is cut off from the leader of its ensemble.

use std::rc::Rc;

use super::agenda::{Event, ServerId};
use super::ensemble::peer_link;
use super::server::AnyServer;
use super::world::{Stage, World};
use crate::store::Inbound;
use crate::time::Micros;

/// For how many ticks a follower serves without its leader: `syncLimit` of the sample configuration.
const SYNC_LIMIT: i64 = 5;

impl World {
    /// The followers that may be cut off from the leader now.
    pub(super) fn may_be_cut(
        &self,
        named: &[ServerId],
        event: Event,
        moves_time: bool,
    ) -> Vec<ServerId> {
        let Some(leader) = self.ensemble.leader.filter(|_| self.ensemble.cut.is_none()) else {
            return Vec::new();
        };
        if self.is_done() {
            return Vec::new();
        }
        let concerns = |it: ServerId| match event {
            Event::Peer(from, to) => from == it || to == it,
            _ => moves_time,
        };
        let may = |it: &ServerId| {
            *it != leader && (named.is_empty() || named.contains(it)) && concerns(*it)
        };
        self.alive().into_iter().filter(may).collect()
    }

    /// A follower and the leader hear nothing of each other for a time; clients are none the wiser.
    pub(super) fn cut_server(&mut self, server: ServerId, span: Micros) {
        Rc::make_mut(&mut self.ensemble).cut = Some(server);
        self.agenda.cancel_all(
            |event| matches!(event, Event::Peer(from, to) if *from == server || *to == server),
        );
        if let AnyServer::ZooKeeper(zk) = &self.servers[usize::from(server)].state {
            let limit = Micros(zk.config().tick.0 * SYNC_LIMIT);
            if limit < span {
                self.agenda.put(self.now + limit, Event::StopsServing(server));
            }
        }
        self.agenda.put(self.now + span, Event::Rejoins(server));
        self.all_contacts();
    }

    /// A follower that was cut off for too long gives its leader up: its clients must find another server.
    pub(super) fn stop_serving(&mut self, stage: &mut Stage<'_>, server: ServerId) {
        let Some(leader) = self.ensemble.leader else { return };
        // What it wanted to say to the leader is lost with the connection.
        Rc::make_mut(&mut self.ensemble).pipes.remove(&(server, leader));
        self.tell_server(stage, server, peer_link(leader, server), Inbound::Disconnect);
    }

    /// They hear of each other again, and of all that was said meanwhile.
    pub(super) fn rejoin(&mut self, server: ServerId) {
        let ensemble = Rc::make_mut(&mut self.ensemble);
        ensemble.cut = None;
        let leader = ensemble.leader;
        let placed = Rc::make_mut(&mut self.servers[usize::from(server)]);
        if let (AnyServer::ZooKeeper(zk), Some(leader)) = (&mut placed.state, leader) {
            zk.hear_again(peer_link(leader, server));
        }
        let of = |pipe: &(ServerId, ServerId)| pipe.0 == server || pipe.1 == server;
        let held: Vec<_> = ensemble.pipes.iter().filter(|(pipe, _)| of(pipe)).collect();
        for ((from, to), (queue, _)) in held {
            for _ in queue {
                self.agenda.put(self.now, Event::Peer(*from, *to));
            }
        }
        self.all_contacts();
    }
}
