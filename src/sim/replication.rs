//! Redis servers with replicas: who follows whom, who is heard of, and where clients find the master.
//!
//! A replica that has lost its link opens another as soon as it hears its master again, and takes over its data,
//! whatever that is. In a search heartbeats are not events: a master hears of a replica whose words reach it.
//!
//! A client asks the Sentinels that it hears who the master is: when a connection breaks, and when a server says that it
//! is read-only; and it listens to them, so that it leaves the old master when they name another (`+switch-master`,
//! as Jedis, Lettuce and Redisson do). Of several answers it believes the newest. If it hears no Sentinel it goes on
//! with the master that it has.

use std::rc::Rc;

use super::act::Behalf;
use super::agenda::{ConnId, Due, ProcessId, ServerId};
use super::conn::Direction;
use super::links::{Word, peer_link};
use super::server::AnyServer;
use super::setup::Setup;
use super::world::{Stage, World};
use crate::cx::{CallError, Lane};
use crate::event::{Event, ServerTurn};
use crate::store::redis::{Bytes, RedisServer};
use crate::time::Micros;

/// The port of every server; they differ by their names.
pub(crate) const PORT: u16 = 6379;

/// Redis servers with the same data, and a Sentinel beside each.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Group {
    pub(super) members: Rc<[ServerId]>,
    /// Whom the Sentinels agreed on last.
    pub(super) master: ServerId,
    /// Whom each server's Sentinel takes for the master.
    pub(super) views: Vec<ServerId>,
}

impl Group {
    /// The groups of a setup at the beginning.
    pub(super) fn all(setup: &Setup) -> Rc<[Self]> {
        let of = |members: &Vec<ServerId>| Self {
            members: members.as_slice().into(),
            master: members[0],
            views: vec![members[0]; members.len()],
        };
        setup.sentinel.groups.iter().map(of).collect()
    }

    /// Everybody but `master`, in order.
    fn others(&self, master: ServerId) -> impl Iterator<Item = ServerId> + '_ {
        self.members.iter().copied().filter(move |member| *member != master)
    }
}

impl World {
    pub(super) fn redis(&self, server: ServerId) -> Option<&RedisServer> {
        match &self.servers[usize::from(server)].state {
            AnyServer::Redis(redis) => Some(redis),
            _ => None,
        }
    }

    pub(super) fn redis_mut(&mut self, server: ServerId) -> Option<&mut RedisServer> {
        match &mut Rc::make_mut(&mut self.servers[usize::from(server)]).state {
            AnyServer::Redis(redis) => Some(redis),
            _ => None,
        }
    }

    /// The group of a Redis server that has replicas or is one, and its place there.
    pub(super) fn group_of(&self, server: ServerId) -> Option<(usize, usize)> {
        let mut groups = self.groups.iter().enumerate();
        groups.find_map(|(number, group)| {
            Some((number, group.members.iter().position(|member| *member == server)?))
        })
    }

    /// Where requests of the process to a server of a group really go: to its master, or to one of its replicas, as
    /// its client library knows them.
    pub(super) fn lane_in_group(&self, process: ProcessId, to: Lane) -> Lane {
        let Some((number, place)) = self.group_of(to.server) else { return to };
        let master = self.processes[usize::from(process)].masters[number];
        let server = match place.checked_sub(1) {
            None => Some(master),
            Some(replica) => self.groups[number].others(master).nth(replica),
        };
        Lane { server: server.unwrap_or(master), ..to }
    }

    /// Whether two servers have a link between them, as at least one of them sees it.
    pub(super) fn are_linked(&self, one: ServerId, other: ServerId) -> bool {
        let link = peer_link(one, other);
        let has = |server: ServerId| match &self.servers[usize::from(server)].state {
            AnyServer::Redis(redis) => redis.master_link() == Some(link) || redis.feeds(link),
            AnyServer::ZooKeeper(_) => {
                one != other && [Some(one), Some(other)].contains(&self.ensemble.leader)
            }
            AnyServer::Ledger(_) => false,
        };
        has(one) || has(other)
    }

    /// After anything that changes who hears whom.
    pub(super) fn regroup(&mut self, stage: &mut Stage<'_>) {
        for number in 0..self.groups.len() {
            let members = self.groups[number].members.clone();
            for &replica in &*members {
                self.link_to_master(stage, &members, replica);
            }
            for &master in &*members {
                self.attend_replicas(&members, master);
            }
            self.watch(stage, number);
        }
    }

    /// A replica without a link to its master opens one, if it can.
    fn link_to_master(&mut self, stage: &mut Stage<'_>, members: &[ServerId], replica: ServerId) {
        let Some(redis) = self.redis(replica).filter(|redis| !redis.is_down()) else { return };
        let Some((host, _)) = redis.master().filter(|_| redis.master_link().is_none()) else {
            return;
        };
        let is_it =
            |it: &ServerId| **host == *stage.setup.servers[usize::from(*it)].name.as_bytes();
        let Some(master) = members.iter().copied().find(is_it) else { return };
        let takes = |redis: &RedisServer| !redis.is_down() && redis.master().is_none();
        if !self.redis(master).is_some_and(takes) || !self.can_talk(replica, master) {
            return;
        }
        let link = peer_link(replica, master);
        self.forget_words(replica, master);
        if self.redis(master).is_some_and(|redis| redis.feeds(link)) {
            self.tell_server(stage, master, link, crate::store::Inbound::Disconnect);
        }
        self.steer(stage, replica, |redis, now, env| redis.sync(now, link, env));
    }

    /// Says to a master of which replicas it hears, where heartbeats are taken for granted.
    fn attend_replicas(&mut self, members: &[ServerId], master: ServerId) {
        if self.redis(master).is_none_or(|redis| redis.config().heartbeats) {
            return;
        }
        for &replica in members {
            let link = peer_link(master, replica);
            if !self.redis(master).is_some_and(|redis| redis.feeds(link)) {
                continue;
            }
            let follows = self
                .redis(replica)
                .is_some_and(|it| !it.is_down() && it.master_link() == Some(link));
            let attended = follows && !self.is_held((replica, master));
            let now = self.now;
            if let Some(redis) = self.redis_mut(master) {
                redis.attend_replica(now, link, attended);
            }
        }
        self.arm(master);
    }

    /// The server has died: the others learn that their links to it are gone.
    pub(super) fn unlink(&mut self, stage: &mut Stage<'_>, server: ServerId) {
        let Some((number, _)) = self.group_of(server) else { return };
        let members = self.groups[number].members.clone();
        for &other in members.iter().filter(|other| **other != server) {
            let were_linked = self.are_linked(server, other);
            self.forget_words(server, other);
            if !were_linked {
                continue;
            }
            if self.is_held((server, other)) {
                self.say(stage, (server, other), Word::End);
            } else {
                let link = peer_link(server, other);
                self.tell_server(stage, other, link, crate::store::Inbound::Disconnect);
            }
        }
        self.regroup(stage);
    }

    /// Makes a server change its role.
    pub(super) fn steer(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        act: impl FnOnce(&mut RedisServer, Micros, &mut dyn crate::store::Env<RedisServer>),
    ) {
        let acted = self.let_redis(stage, server, |redis, now, desk| act(redis, now, desk));
        self.told_server(stage, server, acted, Behalf::Nobody);
    }

    /// A server becomes the replica of another one: its clients' connections are closed, and its data will be
    /// replaced.
    pub(super) fn follow(&mut self, stage: &mut Stage<'_>, server: ServerId, master: ServerId) {
        let host = Bytes::from(&*stage.setup.servers[usize::from(master)].name);
        self.steer(stage, server, |redis, now, env| redis.follow(now, &host, PORT, env));
        self.close_clients(server);
        let follows = Event::Server { server, turn: ServerTurn::Follows(master) };
        stage.observer.on_event(self.total(), &follows);
    }

    /// The connections of all clients of a server are closed.
    pub(super) fn close_clients(&mut self, server: ServerId) {
        for conn in 0..self.conns.len() as ConnId {
            if self.conns[conn as usize].server() == server && self.conns[conn as usize].open {
                self.break_connection(conn);
            }
        }
    }

    /// Whether a process hears the Sentinel beside a server.
    fn hears(&self, process: ProcessId, server: ServerId) -> bool {
        [Direction::Up, Direction::Down].iter().all(|it| !self.stops(process, server, *it))
    }

    /// What the Sentinels that the process hears say, if it hears any: the newest.
    fn told_master(&self, process: ProcessId, number: usize) -> Option<ServerId> {
        let group = &self.groups[number];
        let heard = group.members.iter().zip(&group.views);
        let mut heard = heard.filter(|(member, _)| self.hears(process, **member));
        let (_, first) = heard.next()?;
        let newest = *first == group.master || heard.any(|(_, view)| *view == group.master);
        Some(if newest { group.master } else { *first })
    }

    /// The client library asks who the master is: its connection to this server is of no use any more.
    pub(super) fn ask_sentinels(&mut self, process: ProcessId, server: ServerId) {
        let Some((number, _)) = self.group_of(server) else { return };
        if let Some(master) = self.told_master(process, number)
            && self.processes[usize::from(process)].masters[number] != master
        {
            self.process_mut(process).masters[number] = master;
        }
    }

    /// Whoever hears of another master leaves the old one.
    pub(super) fn tell_clients(&mut self, number: usize) {
        for process in 0..self.processes.len() as ProcessId {
            let state = &self.processes[usize::from(process)];
            let event = Due::Switched(process, number as u8);
            let newest = self.groups[number].master;
            let knows = !state.alive
                || state.masters[number] == newest
                || state.paused.as_ref().is_some_and(|backlog| backlog.contains(&event))
                || self.agenda.iter().any(|(_, other)| other == event);
            if !knows && self.told_master(process, number) == Some(newest) {
                self.agenda.put(self.now, event);
            }
        }
    }

    /// A client hears of another master.
    pub(super) fn switch(&mut self, stage: &mut Stage<'_>, process: ProcessId, number: u8) {
        let number = usize::from(number);
        let Some(master) = self.told_master(process, number) else { return };
        let old = self.processes[usize::from(process)].masters[number];
        if !self.processes[usize::from(process)].alive || old == master {
            return;
        }
        self.process_mut(process).masters[number] = master;
        let conns = self.processes[usize::from(process)].conns.iter();
        let conns: Vec<ConnId> =
            conns.filter(|(lane, _)| lane.server == old).map(|(_, conn)| *conn).collect();
        for conn in conns {
            if self.conns[conn as usize].open {
                self.drop_connection(stage, conn);
                self.fail_all(stage, conn, &CallError::ConnectionLost);
                self.loses_subscription(stage, conn);
            }
        }
    }

    /// In a search: offsets count from what every server of the group has, so that equal situations are equal.
    pub(super) fn level_offsets(&mut self) {
        for number in 0..self.groups.len() {
            let members = self.groups[number].members.clone();
            let alive = members.iter().filter_map(|it| self.redis(*it));
            let alive = alive.filter(|redis| !redis.is_down()).map(RedisServer::offset);
            let said = self.links.words(&members).filter_map(|word| match word {
                Word::Redis(peer, _) => peer.offset(),
                _ => None,
            });
            let floor = alive.chain(said).min().unwrap_or_default();
            if floor == 0 {
                continue;
            }
            for &member in &*members {
                if let Some(redis) = self.redis_mut(member) {
                    redis.lower_offsets(floor);
                }
            }
            if !self.links.is_quiet() {
                Rc::make_mut(&mut self.links).lower_offsets(&members, floor);
            }
        }
    }
}
