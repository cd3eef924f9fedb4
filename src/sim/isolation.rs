//! A leader that is cut off from all others of its ensemble.
//!
//! It commits nothing any more, and goes on answering pings and reads. After `syncLimit` ticks without a word the others
//! give it up and elect another, as when it dies. It counts for itself, in whole ticks, how long too few have
//! acknowledged anything (`Leader.lead`, `LearnerHandler.synced`), so it may step down up to a tick later: until then
//! its clients read what is old. When it hears the others again it follows, and gets what it has missed; what it had
//! proposed to nobody is gone.
//!
//! A partition between sides does the same to a leader that it leaves without a majority, with those on its side. Where
//! no side has a majority nobody is elected before the partition is over; then all elect a leader, and every session's
//! clock starts again.

use std::rc::Rc;

use super::act::Behalf;
use super::agenda::{Due, ServerId};
use super::ensemble::ELECTION;
use super::links::peer_link;
use super::server::AnyServer;
use super::world::{Stage, World};
use crate::store::Inbound;
use crate::store::zookeeper::ZooKeeper;
use crate::time::Micros;

impl World {
    /// Whether the leader may be cut off now.
    pub(super) fn leader_may_be_cut(&self, event: Due, moves_time: bool) -> bool {
        self.ensemble.cut.is_none() && self.leader_may_die(event, moves_time)
    }

    /// Whether a leader is cut off from the others, or one that was is not back yet.
    pub(super) fn is_leader_cut(&self) -> bool {
        let ensemble = &self.ensemble;
        ensemble.deposed.is_some()
            || ensemble.cut.is_some() && ensemble.cut == ensemble.leader
            || self.is_outvoted()
    }

    /// Whether a majority hears of this server, itself included; of a partition between sides only.
    pub(super) fn may_lead(&self, server: ServerId) -> bool {
        let alive = self.alive();
        let heard = alive.iter().filter(|it| **it == server || self.can_talk(server, **it));
        alive.contains(&server) && heard.count() * 2 > self.members().len()
    }

    /// Whether any server hears enough others to lead.
    pub(super) fn can_elect(&self) -> bool {
        self.members().into_iter().any(|server| self.may_lead(server))
    }

    /// Whether a partition between sides leaves the leader without a majority.
    pub(super) fn is_outvoted(&self) -> bool {
        let leader = self.ensemble.leader.filter(|_| !self.links.parted.is_empty());
        leader.is_some_and(|leader| !self.may_lead(leader))
    }

    /// The leader and all others hear nothing of each other for a time; clients are none the wiser.
    pub(super) fn cut_leader(&mut self, span: Micros) {
        let Some(leader) = self.ensemble.leader else { return };
        Rc::make_mut(&mut self.ensemble).cut = Some(leader);
        self.hold_words();
        self.isolate_leader(span);
        self.agenda.put(self.now + span, Due::Rejoins(leader));
        self.all_contacts();
    }

    /// The leader does not hear enough others for `span`: after a time they give it up.
    pub(super) fn isolate_leader(&mut self, span: Micros) {
        let Some(leader) = self.ensemble.leader else { return };
        if let Some(limit) = self.sync_limit(leader).filter(|limit| *limit < span) {
            self.agenda.put(self.now + limit, Due::Deposes(leader));
        }
    }

    /// The others give the leader up, and elect another.
    pub(super) fn depose(&mut self, stage: &mut Stage<'_>, leader: ServerId) {
        if self.ensemble.leader != Some(leader) {
            return;
        }
        let mut others = self.alive();
        others.retain(|server| *server != leader && !self.hears_leader(*server));
        let ensemble = Rc::make_mut(&mut self.ensemble);
        (ensemble.leader, ensemble.deposed) = (None, Some(leader));
        self.forget_all_words(leader);
        for server in others {
            self.tell_server(stage, server, peer_link(leader, server), Inbound::Disconnect);
        }
        if self.can_elect() {
            self.agenda.put(self.now + ELECTION, Due::Elects);
        }
        let AnyServer::ZooKeeper(zk) = &self.servers[usize::from(leader)].state else { return };
        let tick = zk.config().tick;
        self.agenda.put(self.now + tick, Due::StepsDown(leader));
        self.all_contacts();
    }

    /// The old leader stops serving, and those that followed it to the end: their clients must find another server.
    pub(super) fn step_down(&mut self, stage: &mut Stage<'_>, server: ServerId) {
        let acted = self.let_zookeeper(stage, server, |zk, _, desk| zk.step_down(desk));
        self.told_server(stage, server, acted, Behalf::Nobody);
        for other in self.alive() {
            let link = peer_link(server, other);
            if other != server && self.zookeeper(other).is_some_and(|zk| zk.follows(link)) {
                self.tell_server(stage, other, link, Inbound::Disconnect);
            }
        }
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

    /// A partition between sides is over, or one of several is: a leader that has its majority back goes on; one that was
    /// given up follows, and so does everybody who has no leader. If there is none they elect one.
    pub(super) fn lead_again(&mut self, stage: &mut Stage<'_>) {
        if let Some(leader) = self.ensemble.leader
            && !self.is_leader_cut()
        {
            self.agenda.cancel_rare(Due::Deposes(leader));
        }
        if let Some(deposed) = self.ensemble.deposed
            && self.ensemble.cut != Some(deposed)
            && self.can_elect()
        {
            self.follow_again(stage, deposed);
        }
        for server in self.alive() {
            if self.hears_leader(server) && !self.is_led(server) {
                self.follow_leader(stage, server);
            }
        }
        self.elect_anew();
    }

    /// Whether a server leads, or follows whoever leads.
    pub(super) fn is_led(&self, server: ServerId) -> bool {
        let Some(leader) = self.ensemble.leader else { return false };
        let knows = |zk: &ZooKeeper| zk.leads(peer_link(leader, server));
        leader == server || self.zookeeper(leader).is_some_and(knows)
    }

    fn zookeeper(&self, server: ServerId) -> Option<&ZooKeeper> {
        match &self.servers[usize::from(server)].state {
            AnyServer::ZooKeeper(zk) => Some(zk),
            _ => None,
        }
    }

    /// What is under way between a server and all others is lost.
    fn forget_all_words(&mut self, server: ServerId) {
        for other in self.members() {
            self.forget_words(server, other);
        }
    }
}
