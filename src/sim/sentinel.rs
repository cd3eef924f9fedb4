//! Sentinels: they agree that a master is down, promote a replica, and put servers right that they hear again.
//!
//! One stands beside each server of a group and outlives it (sentinel.md, "Example 2: basic setup with three boxes"). When
//! a majority of them that hear each other have not heard the master for `down_after`, they promote the replica that
//! they hear with the largest offset; between equals a real Sentinel goes by the run id, which is a draw here. All
//! replicas that they hear follow it. The last failover wins: a server that they hear again, and that takes itself for
//! the master or follows another one, is made a replica after `demote_after` and throws its data away. A server whose
//! role is changed loses its clients' connections (`CLIENT KILL TYPE normal`).
//!
//! Source: <https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/>.

use std::rc::Rc;

use super::agenda::{Due, ServerId};
use super::replication::Group;
use super::world::{Stage, World};
use crate::choice::{About, Alternative, Question, Site};
use crate::event::{Event, ServerTurn};
use crate::store::redis::RedisServer;
use crate::time::Micros;

/// Redis servers with replicas, and how long their Sentinels take.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SentinelSetup {
    /// The servers of each group, its first master first.
    pub groups: Vec<Vec<ServerId>>,
    /// How long (µs) a majority of Sentinels must not have heard the master.
    pub down_after: Micros,
    /// How long (µs) after they hear a server again that has the wrong role they put it right.
    pub demote_after: Micros,
}

impl World {
    fn is_up(&self, server: ServerId) -> bool {
        !self.servers[usize::from(server)].state.is_down()
    }

    /// The Sentinels that agree that the master is down: a majority that hear each other, by their servers.
    fn agreed(&self, group: &Group) -> Vec<ServerId> {
        let hears_master = |it: ServerId| {
            self.is_up(group.master) && (it == group.master || self.can_talk(it, group.master))
        };
        let against: Vec<ServerId> =
            group.members.iter().copied().filter(|it| !hears_master(*it)).collect();
        let heard_by = |leader: ServerId| -> Vec<ServerId> {
            let heard = against.iter().copied();
            heard.filter(|it| *it == leader || self.can_talk(leader, *it)).collect()
        };
        let found = against.iter().map(|leader| heard_by(*leader));
        found.into_iter().find(|heard| heard.len() * 2 > group.members.len()).unwrap_or_default()
    }

    /// The replicas that these Sentinels may promote, those with the largest offset.
    fn candidates(&self, group: &Group, sentinels: &[ServerId]) -> Vec<ServerId> {
        let heard = |it: ServerId| {
            it != group.master
                && self.is_up(it)
                && sentinels.iter().any(|other| *other == it || self.can_talk(*other, it))
                && self.redis(it).is_some_and(|redis| redis.master().is_some())
        };
        let offset = |it: ServerId| self.redis(it).map_or(0, RedisServer::offset);
        let heard: Vec<ServerId> = group.members.iter().copied().filter(|it| heard(*it)).collect();
        let most = heard.iter().map(|it| offset(*it)).max().unwrap_or_default();
        heard.into_iter().filter(|it| offset(*it) == most).collect()
    }

    /// Servers with the wrong role that a Sentinel hears which knows the right one.
    fn misled(&self, stage: &Stage<'_>, group: &Group) -> Vec<ServerId> {
        let right = stage.setup.servers[usize::from(group.master)].name.as_bytes();
        let is_wrong = |it: ServerId| {
            let master = self.redis(it).and_then(|redis| redis.master().map(|(host, _)| host));
            it != group.master && master.is_none_or(|host| **host != *right)
        };
        let knows = |it: ServerId| {
            let mut sentinels = group.members.iter().zip(&group.views);
            sentinels.any(|(other, view)| {
                *view == group.master && (*other == it || self.can_talk(*other, it))
            })
        };
        let members = group.members.iter().copied();
        members.filter(|it| self.is_up(*it) && is_wrong(*it) && knows(*it)).collect()
    }

    /// The Sentinels look at what they hear, now that it may have changed.
    pub(super) fn watch(&mut self, stage: &Stage<'_>, number: usize) {
        self.gossip(number);
        let group = &self.groups[number];
        let sentinels = self.agreed(group);
        let down = !sentinels.is_empty() && !self.candidates(group, &sentinels).is_empty();
        let misled = !self.misled(stage, group).is_empty();
        let number = number as u8;
        let sentinel = &stage.setup.sentinel;
        self.count_from_now(Due::MasterDown(number), sentinel.down_after, down);
        self.count_from_now(Due::PutsRight(number), sentinel.demote_after, misled);
        self.tell_clients(usize::from(number));
    }

    /// The time of `event` runs as long as its reason is there.
    fn count_from_now(&mut self, event: Due, span: Micros, has_reason: bool) {
        let runs = self.agenda.iter().any(|(_, other)| other == event);
        if has_reason && !runs {
            self.agenda.put(self.now + span, event);
        } else if runs && !has_reason {
            self.agenda.cancel_all(|other| *other == event);
        }
    }

    /// Sentinels that hear each other agree with the newest of them.
    fn gossip(&mut self, number: usize) {
        let group = &self.groups[number];
        let hears = |it: ServerId| {
            let mut sentinels = group.members.iter().zip(&group.views);
            sentinels.any(|(other, view)| *view == group.master && self.can_talk(*other, it))
        };
        let views = group.members.iter().zip(&group.views);
        let views = views.map(|(it, view)| if hears(*it) { group.master } else { *view });
        let views: Vec<ServerId> = views.collect();
        if views != group.views {
            Rc::make_mut(&mut self.groups)[number].views = views;
        }
    }

    /// The master has been down for long enough: a replica is promoted.
    pub(super) fn fail_over(&mut self, stage: &mut Stage<'_>, number: u8) {
        let place = usize::from(number);
        let group = self.groups[place].clone();
        let sentinels = self.agreed(&group);
        let candidates = self.candidates(&group, &sentinels);
        let picked = match candidates.len() {
            0 => return,
            1 => 0,
            n => stage.choices.pick(&Question {
                about: About::Server,
                n: n as u32,
                site: &|| Site::Choice,
                alternative: &Alternative::Value,
            }),
        };
        let master = candidates[picked as usize];
        self.steer(stage, master, |redis, now, env| redis.promote(now, env));
        self.close_clients(master);
        let promoted = Event::Server { server: master, turn: ServerTurn::Promoted };
        stage.observer.on_event(self.total(), &promoted);
        let groups = Rc::make_mut(&mut self.groups);
        groups[place].master = master;
        for (it, view) in group.members.iter().zip(&mut groups[place].views) {
            if sentinels.contains(it) {
                *view = master;
            }
        }
        let group = self.groups[place].clone();
        for &replica in &*group.members {
            let heard =
                sentinels.iter().any(|other| *other == replica || self.can_talk(*other, replica));
            let is_replica = self.redis(replica).is_some_and(|redis| redis.master().is_some());
            if replica != master && self.is_up(replica) && is_replica && heard {
                self.follow(stage, replica, master);
            }
        }
        self.regroup(stage);
    }

    /// Servers with the wrong role get the right one.
    pub(super) fn put_right(&mut self, stage: &mut Stage<'_>, number: u8) {
        let group = self.groups[usize::from(number)].clone();
        for server in self.misled(stage, &group) {
            self.follow(stage, server, group.master);
        }
        self.regroup(stage);
    }
}
