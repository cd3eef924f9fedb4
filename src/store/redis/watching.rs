//! WATCH: marking clients whose keys changed.

use super::client::Watched;
use super::ctx::Ctx;
use super::reply::Bytes;
use crate::store::Link;

impl Ctx<'_> {
    /// The client watches a key from now on; twice is once.
    pub(super) fn watch(&mut self, key: &Bytes) {
        let place = (self.db, key.clone());
        let Some(client) = self.core.client(self.link) else { return };
        if client.watched.iter().any(|watched| watched.place == place) {
            return;
        }
        let expired = self.is_expired(self.db, key);
        self.core.keyspace.watchers.add(self.db, key, self.link);
        if let Some(client) = self.core.client_mut(self.link) {
            client.watched.push(Watched { place, expired });
        }
    }

    /// A client watches nothing any more.
    pub(super) fn unwatch(&mut self, link: Link) {
        if self.core.client(link).is_none_or(|client| client.watched.is_empty()) {
            return;
        }
        let Some(client) = self.core.client_mut(link) else { return };
        for watched in std::mem::take(&mut client.watched) {
            self.core.keyspace.watchers.remove(&watched.place, link);
        }
    }

    /// Whether EXEC must fail: a watched key was changed, or was alive at WATCH and is expired now, even if
    /// nobody touched it (Redis fact 11).
    pub(super) fn watched_changed(&mut self) -> bool {
        let Some(client) = self.core.client(self.link) else { return false };
        if client.dirty {
            return true;
        }
        let alive: Vec<_> =
            client.watched.iter().filter(|watched| !watched.expired).cloned().collect();
        alive.iter().any(|watched| self.is_expired(watched.place.0, &watched.place.1))
    }

    /// Marks those who watch a key (`touchWatchedKey`).
    ///
    /// Everything that changes a key passes here, so replicas learn of it too.
    pub(super) fn touch_watchers(&mut self, db: usize, key: &Bytes) {
        self.core.replication.note_change(db, key);
        for link in self.core.keyspace.watchers.of(db, key) {
            let gone = !self.is_present(db, key);
            let Some(client) = self.core.client_mut(link) else { continue };
            let watched = client
                .watched
                .iter_mut()
                .find(|watched| watched.place.0 == db && watched.place.1 == *key);
            match watched {
                // It was expired when it was watched, and now it is removed: no change.
                Some(watched) if watched.expired && gone => watched.expired = false,
                Some(watched) if watched.expired => {}
                _ => self.dirty(link),
            }
        }
    }

    /// Marks those who watch keys of a database whose content is replaced by that of `by`, or by nothing
    /// (`touchAllWatchedKeysInDb`). It is called before the replacement.
    pub(super) fn touch_all_watchers(&mut self, db: usize, by: Option<usize>) {
        self.core.replication.note_database(db);
        for key in self.core.keyspace.watchers.places(db) {
            let before = self.is_present(db, &key);
            let after = by.is_some_and(|by| self.is_present(by, &key));
            if !before && !after {
                continue;
            }
            let expired_after = by.is_some_and(|by| self.is_expired(by, &key));
            for link in self.core.keyspace.watchers.of(db, &key) {
                let Some(client) = self.core.client_mut(link) else { continue };
                let watched = client
                    .watched
                    .iter_mut()
                    .find(|watched| watched.place.0 == db && watched.place.1 == key);
                let Some(watched) = watched else { continue };
                if watched.expired && !after {
                    watched.expired = false;
                } else if watched.expired && expired_after {
                    // Expired before and after.
                } else if !watched.expired && !before && expired_after {
                    watched.expired = true;
                } else {
                    self.dirty(link);
                }
            }
        }
    }

    fn dirty(&mut self, link: Link) {
        self.unwatch(link);
        if let Some(client) = self.core.client_mut(link) {
            client.dirty = true;
        }
    }
}

impl Ctx<'_> {
    /// Ends the transaction of the client without running it.
    pub(super) fn discard(&mut self) {
        self.unwatch(self.link);
        if let Some(client) = self.core.client_mut(self.link) {
            client.multi = None;
            client.dirty = false;
        }
    }
}
