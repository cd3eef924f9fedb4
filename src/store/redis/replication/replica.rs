//! The side of the replica, and the change from one role to the other.

use std::rc::Rc;

use super::Master;
use super::Peer;
use super::peer::{Effect, Word};
use crate::store::redis::core::Core;
use crate::store::redis::ctx::Ctx;
use crate::store::redis::keyspace::{Place, Why};
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::{Link, Outbound};

/// How long (ms) from one unasked acknowledgement to the next (`replicationCron`).
const BEAT_MS: i64 = 1000;

/// The error of a client that waited when its server became a replica. Its connection ends with it.
const UNBLOCKED: &str = "UNBLOCKED force unblock from blocking operation, instance state changed \
                         (master -> replica?)";

impl Ctx<'_> {
    /// Makes the server a replica of another one (`replicationSetMaster`). Its data stays until that of the
    /// master arrives.
    pub(in crate::store::redis) fn set_master(&mut self, host: &Bytes, port: u16) {
        self.leave_master();
        let waiting: Vec<Link> = (self.core.clients.iter())
            .filter(|(_, client)| client.blocked.is_some())
            .map(|(link, _)| *link)
            .collect();
        for link in waiting {
            self.unblock(link, Reply::Error(Bytes::from_static(UNBLOCKED.as_bytes())));
            self.close(link);
        }
        self.core.lingering.clear();
        let replication = &mut self.core.replication;
        replication.forget_changes();
        replication.master =
            Some(Master { host: host.clone(), port, link: None, synced: false, beat_ms: None });
    }

    /// Makes the server a master, with the data that it has (`replicationUnsetMaster`).
    pub(in crate::store::redis) fn unset_master(&mut self) {
        if self.core.replication.is_replica() {
            self.leave_master();
            self.core.replication.master = None;
            self.core.replication.kept = true;
        }
    }

    fn leave_master(&mut self) {
        self.drop_replicas();
        let master = self.core.replication.master.as_mut();
        if let Some(link) = master.and_then(|master| master.link.take()) {
            self.core.out.push((link, Outbound::Close));
        }
    }

    /// A link to the master is there: asks for the stream.
    pub(in crate::store::redis) fn ask_master(&mut self, link: Link) {
        let (host, port) = (self.core.config.host.clone(), self.core.config.port);
        let Some(master) = &mut self.core.replication.master else { return };
        let old = master.link.replace(link);
        master.synced = false;
        master.beat_ms = None;
        if let Some(old) = old.filter(|old| *old != link) {
            self.core.out.push((old, Outbound::Close));
        }
        self.core.tell(link, Word::Sync { host, port });
    }

    /// Another server said something.
    pub(in crate::store::redis) fn hear(&mut self, Peer(word): &Peer) {
        let link = self.link;
        let from_master = self.core.replication.master_link() == Some(link);
        match &**word {
            Word::Sync { host, port } => self.take_replica(link, host.clone(), *port),
            Word::Ack { offset } => self.take_ack(link, *offset),
            // What the master of before still had on its way.
            _ if !from_master => {}
            Word::Data { data, offset } => {
                let watched = self.watched_there();
                self.note_data(data);
                self.core.keyspace.load(data.clone());
                self.tell(Why::Taken);
                self.core.replication.offset = *offset;
                self.core.replication.kept = true;
                self.touch(watched);
                self.master(|master| master.synced = true);
                self.acknowledge();
            }
            Word::Changes { offset, effects } => {
                self.core.replication.offset = *offset;
                self.apply(effects);
            }
            Word::AskAck => self.acknowledge(),
            Word::AskBeat => {
                let next_ms = self.now_ms().saturating_add(BEAT_MS - 1);
                self.master(|master| {
                    master.beat_ms.get_or_insert(next_ms);
                });
            }
        }
    }

    /// All changes of one request of the master at once; what is told of them comes after.
    fn apply(&mut self, effects: &Rc<[Effect]>) {
        for effect in &**effects {
            match effect {
                Effect::Database(db, database) => {
                    let watched = self.watched_there();
                    self.note_database(*db, Some(database));
                    self.core.keyspace.replace(*db, database.clone());
                    self.touch(watched);
                }
                Effect::Key((db, key), entry) => {
                    self.note(*db, key);
                    self.core.keyspace.replace_entry(*db, key, entry.clone());
                    self.touch_watchers(*db, key);
                }
                Effect::Event(db, class, event, key) => self.notify_in(*db, *class, event, key),
                Effect::Message(channel, message, false) => {
                    self.publish(channel, message);
                }
                Effect::Message(channel, message, true) => {
                    self.publish_shard(channel, message);
                }
            }
        }
        self.tell(Why::Taken);
    }

    /// The keys that someone watches and that are there.
    fn watched_there(&self) -> Vec<Place> {
        let keyspace = &self.core.keyspace;
        let databases = 0..self.core.config.databases;
        let places = databases
            .flat_map(|db| keyspace.watchers.places(db).into_iter().map(move |key| (db, key)));
        places.filter(|(db, key)| self.is_present(*db, key)).collect()
    }

    /// Marks those who watch keys that were there before the data was replaced, or are there now.
    fn touch(&mut self, before: Vec<Place>) {
        let mut places = self.watched_there();
        places.extend(before);
        places.sort();
        places.dedup();
        for (db, key) in places {
            self.touch_watchers(db, &key);
        }
    }

    fn master(&mut self, act: impl FnOnce(&mut Master)) {
        if let Some(master) = &mut self.core.replication.master {
            act(master);
        }
    }

    fn acknowledge(&mut self) {
        let offset = self.core.replication.offset;
        if let Some(link) = self.core.replication.master_link() {
            self.core.tell(link, Word::Ack { offset });
        }
    }

    /// Acknowledges if a second is over.
    pub(in crate::store::redis) fn beat(&mut self) {
        let now = self.now_ms();
        if self.core.replication.beat_ms().is_some_and(|beat| beat < now) {
            self.acknowledge();
            self.master(|master| master.beat_ms = Some(now.saturating_add(BEAT_MS - 1)));
        }
    }
}

impl Core {
    /// The link to another server is gone.
    pub(in crate::store::redis) fn lose_peer(&mut self, link: Link) {
        self.replication.replicas.retain(|replica| replica.link != link);
        let master = self.replication.master.as_mut();
        if let Some(master) = master.filter(|master| master.link == Some(link)) {
            *master = Master { link: None, synced: false, beat_ms: None, ..master.clone() };
        }
    }
}

impl super::Replication {
    pub(super) fn master_link(&self) -> Option<Link> {
        self.master.as_ref()?.link
    }

    /// The last ms before the next unasked acknowledgement.
    pub(in crate::store::redis) fn beat_ms(&self) -> Option<i64> {
        self.master.as_ref()?.beat_ms
    }

    /// The name and port of the master, and the state of the link to it as ROLE calls it.
    pub(in crate::store::redis) fn master_state(&self) -> Option<(&Bytes, u16, &'static str)> {
        let master = self.master.as_ref()?;
        let state = match (master.link, master.synced) {
            (None, _) => "connect",
            (Some(_), false) => "sync",
            (Some(_), true) => "connected",
        };
        Some((&master.host, master.port, state))
    }
}
