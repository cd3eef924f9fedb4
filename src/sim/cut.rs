//! A follower that is cut off from the leader of its ensemble.

use std::rc::Rc;

use super::agenda::{Due, ServerId};
use super::links::peer_link;
use super::server::AnyServer;
use super::world::{Stage, World};
use crate::store::Inbound;
use crate::time::Micros;

impl World {
    /// The followers that may be cut off from the leader now.
    pub(super) fn may_be_cut(
        &self,
        named: &[ServerId],
        event: Due,
        moves_time: bool,
    ) -> Vec<ServerId> {
        let Some(leader) = self.ensemble.leader.filter(|_| self.ensemble.cut.is_none()) else {
            return Vec::new();
        };
        if self.is_done() {
            return Vec::new();
        }
        let concerns = |it: ServerId| match event {
            Due::Peer(from, to) => from == it || to == it,
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
        self.hold_words();
        self.limit_serving(server, span);
        self.agenda.put(self.now + span, Due::Rejoins(server));
        self.all_contacts();
    }

    /// A follower that does not hear the leader for `span` serves as long as it may.
    fn limit_serving(&mut self, server: ServerId, span: Micros) {
        if let Some(limit) = self.sync_limit(server).filter(|limit| *limit < span) {
            self.agenda.put(self.now + limit, Due::StopsServing(server));
        }
    }

    /// Whether a server leads, or follows a leader that it hears.
    pub(super) fn hears_leader(&self, server: ServerId) -> bool {
        let cut = self.ensemble.cut;
        match self.ensemble.leader {
            None => cut != Some(server),
            Some(leader) if leader == server => true,
            Some(leader) => {
                cut != Some(server) && cut != Some(leader) && self.can_talk(leader, server)
            }
        }
    }

    /// The followers that do not hear the leader because of a partition between sides.
    pub(super) fn parted_followers(&self) -> Vec<ServerId> {
        let Some(leader) = self.ensemble.leader else { return Vec::new() };
        self.alive().into_iter().filter(|it| !self.can_talk(leader, *it)).collect()
    }

    /// What a partition between sides does to an ensemble: a leader that keeps its majority goes on without the others.
    pub(super) fn part_ensemble(&mut self, span: Micros) {
        if self.is_outvoted() {
            return self.isolate_leader(span);
        }
        for server in self.parted_followers() {
            self.limit_serving(server, span);
        }
    }

    /// A follower that was cut off for too long gives its leader up: its clients must find another server.
    pub(super) fn stop_serving(&mut self, stage: &mut Stage<'_>, server: ServerId) {
        let Some(leader) = self.ensemble.leader else { return };
        // What it wanted to say to the leader is lost with the connection.
        self.forget_way((server, leader));
        self.tell_server(stage, server, peer_link(leader, server), Inbound::Disconnect);
    }

    /// They hear of each other again, and of all that was said meanwhile.
    pub(super) fn rejoin(&mut self, stage: &mut Stage<'_>, server: ServerId) {
        Rc::make_mut(&mut self.ensemble).cut = None;
        if self.ensemble.deposed == Some(server) {
            return self.follow_again(stage, server);
        }
        self.hear_again(server);
        self.release_words();
        self.all_contacts();
    }

    /// The same after a partition between sides: `apart` were those who did not hear the leader.
    pub(super) fn join_ensemble(&mut self, stage: &mut Stage<'_>, apart: &[ServerId]) {
        self.lead_again(stage);
        for &server in apart {
            if self.hears_leader(server) && self.is_led(server) {
                self.agenda.cancel_rare(Due::StopsServing(server));
                self.hear_again(server);
            }
        }
    }

    fn hear_again(&mut self, server: ServerId) {
        let leader = self.ensemble.leader;
        let placed = Rc::make_mut(&mut self.servers[usize::from(server)]);
        if let (AnyServer::ZooKeeper(zk), Some(leader)) = (&mut placed.state, leader) {
            zk.hear_again(peer_link(leader, server));
        }
    }
}
