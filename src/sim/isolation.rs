//! A leader that is cut off from all others of its ensemble.
//!
//! It commits nothing any more, and goes on answering pings and reads. After `syncLimit` ticks without a word the others
//! give it up and elect another, as when it dies. It counts for itself, in whole ticks, how long too few have
//! acknowledged anything (`Leader.lead`, `LearnerHandler.synced`), so it may step down up to a tick later: until then
//! its clients read what is old. When it hears the others again it follows, and gets what it has missed; what it had
//! proposed to nobody is gone.

use std::rc::Rc;

use super::act::Behalf;
use super::agenda::{Due, ServerId};
use super::ensemble::ELECTION;
use super::links::peer_link;
use super::server::AnyServer;
use super::world::{Stage, World};
use crate::store::Inbound;
use crate::time::Micros;

impl World {
    /// Whether the leader may be cut off now.
    pub(super) fn leader_may_be_cut(&self, event: Due, moves_time: bool) -> bool {
        self.ensemble.cut.is_none() && self.leader_may_die(event, moves_time)
    }

    /// Whether a leader is cut off from the others, or one that was is not back yet.
    pub(super) fn is_leader_cut(&self) -> bool {
        let ensemble = &self.ensemble;
        ensemble.deposed.is_some() || ensemble.cut.is_some() && ensemble.cut == ensemble.leader
    }

    /// The leader and all others hear nothing of each other for a time; clients are none the wiser.
    pub(super) fn cut_leader(&mut self, span: Micros) {
        let Some(leader) = self.ensemble.leader else { return };
        Rc::make_mut(&mut self.ensemble).cut = Some(leader);
        self.hold_words();
        if let Some(limit) = self.sync_limit(leader).filter(|limit| *limit < span) {
            self.agenda.put(self.now + limit, Due::Deposes(leader));
        }
        self.agenda.put(self.now + span, Due::Rejoins(leader));
        self.all_contacts();
    }

    /// The others give the leader up, and elect another.
    pub(super) fn depose(&mut self, stage: &mut Stage<'_>, leader: ServerId) {
        let ensemble = Rc::make_mut(&mut self.ensemble);
        (ensemble.leader, ensemble.deposed) = (None, Some(leader));
        self.forget_all_words(leader);
        for server in self.alive() {
            if server != leader {
                self.tell_server(stage, server, peer_link(leader, server), Inbound::Disconnect);
            }
        }
        self.agenda.put(self.now + ELECTION, Due::Elects);
        let AnyServer::ZooKeeper(zk) = &self.servers[usize::from(leader)].state else { return };
        let tick = zk.config().tick;
        self.agenda.put(self.now + tick, Due::StepsDown(leader));
        self.all_contacts();
    }

    /// The old leader stops serving: its clients must find another server.
    pub(super) fn step_down(&mut self, stage: &mut Stage<'_>, server: ServerId) {
        let acted = self.let_zookeeper(stage, server, |zk, _, desk| zk.step_down(desk));
        self.told_server(stage, server, acted, Behalf::Nobody);
        self.all_contacts();
    }

    /// The old leader hears the others again, who have another one, or will have.
    pub(super) fn follow_again(&mut self, stage: &mut Stage<'_>, server: ServerId) {
        Rc::make_mut(&mut self.ensemble).deposed = None;
        self.agenda.cancel_rare(Due::StepsDown(server));
        self.step_down(stage, server);
        self.forget_all_words(server);
        self.follow_leader(stage, server);
        self.all_contacts();
    }

    /// What is under way between a server and all others is lost.
    fn forget_all_words(&mut self, server: ServerId) {
        for other in self.members() {
            self.forget_words(server, other);
        }
    }
}
