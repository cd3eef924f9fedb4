//! What a request changed, as it is noted while the request runs.

use std::rc::Rc;

use super::Replication;
use super::peer::Effect;
use crate::store::redis::config::NotifyFlags;
use crate::store::redis::keyspace::{Keyspace, Place};
use crate::store::redis::reply::Bytes;

/// The changes of one request. Of a key only the last state counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Journal {
    /// Databases that were emptied or exchanged.
    databases: Vec<usize>,
    /// Single keys, in the order of their first change.
    places: Vec<Place>,
    /// Events and messages, in order.
    told: Vec<Effect>,
}

impl Journal {
    pub(super) fn is_empty(&self) -> bool {
        self.databases.is_empty() && self.places.is_empty() && self.told.is_empty()
    }

    pub(super) fn effects(&mut self, keyspace: &Keyspace) -> Rc<[Effect]> {
        let Self { databases, places, told } = std::mem::take(self);
        let whole = databases.iter().map(|db| Effect::Database(*db, keyspace.share(*db)));
        let single = places.into_iter().filter(|(db, _)| !databases.contains(db)).map(|place| {
            let entry = keyspace.entry(place.0, &place.1).cloned();
            Effect::Key(place, entry)
        });
        whole.chain(single).chain(told).collect()
    }
}

impl Replication {
    /// Whether changes are noted: only a master makes any, and only if somebody asked for them once.
    fn notes(&self) -> bool {
        self.kept && self.master.is_none()
    }

    /// A key changed, or is gone.
    pub(in crate::store::redis) fn note_change(&mut self, db: usize, key: &Bytes) {
        if self.notes() && !self.journal.places.iter().any(|place| place.0 == db && place.1 == *key)
        {
            self.journal.places.push((db, key.clone()));
        }
    }

    /// A database changed as a whole.
    pub(in crate::store::redis) fn note_database(&mut self, db: usize) {
        if self.notes() && !self.journal.databases.contains(&db) {
            self.journal.databases.push(db);
        }
    }

    /// An event that the replica has as well. Some commands reach it as others: what expired or was evicted
    /// as DEL, sums of floats as SET and HSET, random members as SREM.
    pub(in crate::store::redis) fn note_event(
        &mut self,
        db: usize,
        class: NotifyFlags,
        event: &'static str,
        key: &Bytes,
    ) {
        if !self.notes() || class == NotifyFlags::KEY_MISS {
            return;
        }
        let (class, event) = match event {
            "expired" | "evicted" => (NotifyFlags::GENERIC, "del"),
            "incrbyfloat" => (class, "set"),
            "hincrbyfloat" => (class, "hset"),
            "spop" => (class, "srem"),
            event => (class, event),
        };
        self.journal.told.push(Effect::Event(db, class, event, key.clone()));
    }

    /// A message was published.
    pub(in crate::store::redis) fn note_message(
        &mut self,
        channel: &Bytes,
        message: &Bytes,
        shard: bool,
    ) {
        if self.notes() {
            self.journal.told.push(Effect::Message(channel.clone(), message.clone(), shard));
        }
    }

    pub(super) fn forget_changes(&mut self) {
        self.journal = Journal::default();
    }
}
