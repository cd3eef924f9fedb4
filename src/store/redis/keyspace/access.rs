//! What commands may do with keys. All of it acts on the database that the client selected.

use std::rc::Rc;

use super::super::config::NotifyFlags;
use super::super::ctx::Ctx;
use super::super::draw::Draw;
use super::super::error::Error;
use super::super::reply::Bytes;
use super::super::value::{Text, Value};
use super::{Database, Why};

impl Ctx<'_> {
    /// The value of a key for a command that reads. A missing key is reported as `keymiss`.
    pub(crate) fn read(&mut self, key: &Bytes) -> Option<&Value> {
        if !self.is_alive(key) {
            self.notify(NotifyFlags::KEY_MISS, "keymiss", key);
            return None;
        }
        self.core.keyspace.entry(self.db, key).map(|entry| &entry.value)
    }

    /// The value of a key for a command that must not be noticed (OBJECT) or that will write.
    pub(crate) fn peek(&mut self, key: &Bytes) -> Option<&Value> {
        if !self.is_alive(key) {
            return None;
        }
        self.core.keyspace.entry(self.db, key).map(|entry| &entry.value)
    }

    /// The value of a key to change in place. The command calls [`changed`](Self::changed) if it did, and
    /// [`delete`](Self::delete) if it took the last element away.
    pub(crate) fn write(&mut self, key: &Bytes) -> Option<&mut Value> {
        self.peek(key)?;
        self.note(self.db, key);
        self.core.keyspace.database_mut(self.db).value_mut(key)
    }

    /// Whether the key is there and alive. An expired one is removed.
    pub(crate) fn exists(&mut self, key: &Bytes) -> bool {
        self.peek(key).is_some()
    }

    /// The string under a key for a command that reads.
    pub(crate) fn read_string(&mut self, key: &Bytes) -> Result<Option<Bytes>, Error> {
        match self.read(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.bytes().clone())),
            Some(_) => Err(Error::WRONG_TYPE),
        }
    }

    /// The string under a key for a command that will write.
    pub(crate) fn peek_string(&mut self, key: &Bytes) -> Result<Option<Bytes>, Error> {
        match self.peek(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.bytes().clone())),
            Some(_) => Err(Error::WRONG_TYPE),
        }
    }

    /// Sets a key whatever it held, without a deadline, and marks it changed (`setKey`).
    pub(crate) fn set(&mut self, key: &Bytes, value: Value) {
        self.set_keeping_ttl(key, value);
        self.put_deadline(key, None);
    }

    /// The same for a string.
    pub(crate) fn set_string(&mut self, key: &Bytes, bytes: impl Into<Bytes>) {
        self.set(key, Value::String(Text::new(bytes.into())));
    }

    /// Sets a key whatever it held; a deadline stays.
    pub(crate) fn set_keeping_ttl(&mut self, key: &Bytes, value: Value) {
        if self.exists(key) {
            self.overwrite(key, value);
        } else {
            self.add(key, value);
        }
        self.changed(key);
    }

    /// Adds a key that is not there: reports it as `new` and wakes who blocks on it. The command calls
    /// [`changed`](Self::changed) itself.
    pub(crate) fn add(&mut self, key: &Bytes, value: Value) {
        if value.wakes() {
            self.core.keyspace.waiters.signal(self.db, key);
        }
        self.note(self.db, key);
        self.core.keyspace.database_mut(self.db).put(key, value);
        self.notify(NotifyFlags::NEW, "new", key);
    }

    /// Replaces the value of a key that is there; a deadline stays. Nobody is told.
    pub(crate) fn overwrite(&mut self, key: &Bytes, value: Value) {
        self.note(self.db, key);
        self.core.keyspace.database_mut(self.db).put(key, value);
    }

    /// Removes a key that is alive and says whether there was one. Nobody is told: the command calls
    /// [`changed`](Self::changed) and [`notify`](Self::notify).
    pub(crate) fn delete(&mut self, key: &Bytes) -> bool {
        self.exists(key) && self.remove(key)
    }

    /// Removes a key, dead or alive, and says whether there was one.
    pub(crate) fn remove(&mut self, key: &Bytes) -> bool {
        if self.core.keyspace.entry(self.db, key).is_none() {
            return false;
        }
        self.note(self.db, key);
        self.forget_lingering(self.db, key);
        self.core.keyspace.database_mut(self.db).remove(key).is_some()
    }

    /// A key that the background cycle passed over is gone or lives on.
    fn forget_lingering(&mut self, db: usize, key: &Bytes) {
        if !self.core.lingering.is_empty() {
            self.core.lingering.remove(&(db, key.clone()));
        }
    }

    /// Marks a key as changed for those who watch it (`signalModifiedKey`).
    pub(crate) fn changed(&mut self, key: &Bytes) {
        self.touch_watchers(self.db, key);
    }

    /// The deadline of a key that is there, in ms of the wall clock.
    pub(crate) fn deadline_of(&self, key: &Bytes) -> Option<i64> {
        self.core.keyspace.entry(self.db, key)?.deadline
    }

    /// Sets or removes the deadline (ms of the wall clock) of a key that is there.
    pub(crate) fn put_deadline(&mut self, key: &Bytes, deadline: Option<i64>) {
        if self.deadline_of(key) != deadline {
            self.note(self.db, key);
            self.core.keyspace.database_mut(self.db).set_deadline(key, deadline);
            self.core.doubts.forget(self.db, key);
            self.forget_lingering(self.db, key);
        }
    }

    /// Whether the key is there, dead or alive.
    pub(in crate::store::redis) fn is_present(&self, db: usize, key: &[u8]) -> bool {
        self.core.keyspace.entry(db, key).is_some()
    }

    /// Whether the key is there and its deadline passed. It stays where it is.
    pub(crate) fn is_expired(&mut self, db: usize, key: &Bytes) -> bool {
        let Some(deadline) = self.core.keyspace.entry(db, key).and_then(|entry| entry.deadline)
        else {
            return false;
        };
        let now = self.now_ms();
        let by_clock = now > deadline;
        if (i128::from(now) - i128::from(deadline)).abs() > i128::from(self.core.config.doubt_ms) {
            return by_clock;
        }
        if self.core.doubts.is_alive(db, key) {
            return false;
        }
        let other = self.draw(&Draw::Doubt { db, key: key.clone(), deadline_ms: deadline }, 2) == 1;
        let expired = by_clock != other;
        if !expired {
            self.core.doubts.alive(db, key);
        }
        expired
    }

    /// Whether the key is there and its deadline did not pass, as every access asks first. One whose
    /// deadline passed is removed, but not by a replica: that waits for its master's DEL (catalogue S6).
    fn is_alive(&mut self, key: &Bytes) -> bool {
        if self.is_expired(self.db, key) {
            if !self.core.replication.is_replica() {
                self.expire(self.db, key);
            }
            return false;
        }
        self.is_present(self.db, key)
    }

    /// Removes a key because its deadline passed: `expired` is reported, watchers are marked.
    pub(in crate::store::redis) fn expire(&mut self, db: usize, key: &Bytes) {
        self.forget_lingering(db, key);
        // What the command had done to it before is another effect.
        self.tell(Why::Asked);
        self.note(db, key);
        self.core.keyspace.database_mut(db).remove(key);
        self.tell(Why::Expired);
        self.notify_in(db, NotifyFlags::EXPIRED, "expired", key);
        self.touch_watchers(db, key);
    }

    /// All keys of the selected database, dead or alive, in an order that looks like none.
    pub(crate) fn all_keys(&self) -> Vec<Bytes> {
        let database = self.core.keyspace.database(self.db);
        database
            .map_or_else(Vec::new, |database| database.scrambled().into_iter().cloned().collect())
    }

    /// Empties a database. Nobody hears of the single keys.
    pub(in crate::store::redis) fn flush_database(&mut self, db: usize) {
        if self.core.keyspace.database(db).is_some_and(|database| !database.is_empty()) {
            self.touch_all_watchers(db, None);
            self.note_database(db, None);
            self.core.lingering.retain(|(other, _), _| *other != db);
            *self.core.keyspace.database_mut(db) = Database::default();
        }
    }

    /// Exchanges the contents of two databases, and wakes who waits for what is there now.
    pub(in crate::store::redis) fn swap_databases(&mut self, a: usize, b: usize) {
        self.core.lingering.clear();
        self.core.keyspace.database_mut(a.max(b));
        for (db, other) in [(a, b), (b, a)] {
            let other = self.core.keyspace.share(other);
            self.note_database(db, Some(&other));
        }
        Rc::make_mut(&mut self.core.keyspace.databases).swap(a, b);
        for db in [a, b] {
            for key in self.core.keyspace.waiters.keys_of(db) {
                if self.core.keyspace.entry(db, &key).is_some_and(|entry| entry.value.wakes()) {
                    self.core.keyspace.waiters.signal(db, &key);
                }
            }
        }
    }

    /// Runs `act` as if `db` were selected.
    pub(crate) fn in_db<T>(&mut self, db: usize, act: impl FnOnce(&mut Self) -> T) -> T {
        let selected = std::mem::replace(&mut self.db, db);
        let result = act(self);
        self.db = selected;
        result
    }
}
