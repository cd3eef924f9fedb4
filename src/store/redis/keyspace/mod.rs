//! The data, and the one way to it.
//!
//! [`Keyspace`] owns the maps; nothing outside this module sees them. A command goes through the methods of
//! [`Ctx`](super::ctx::Ctx) in `access.rs`, which add what a real server does on every access: a key whose
//! deadline passed is removed first (with its `expired` notification), a write marks the clients that watch
//! the key, a new list or sorted set wakes those who block on it. `noted.rs` keeps what a command changes as it was
//! before, if somebody heeds it, and `difference.rs` finds the effects.

mod access;
mod blocked;
mod collections;
mod database;
mod difference;
mod doubt;
mod noted;
mod watched;

use std::rc::Rc;

pub(super) use blocked::Waiters;
pub(super) use database::{Database, Entry, scatter};
pub(super) use doubt::Doubts;
pub(super) use noted::{Noted, Why};
pub(super) use watched::Watchers;

use super::reply::Bytes;
use crate::store::Key;

/// All databases of one server, with who watches and who waits.
#[derive(Clone, Debug, Default)]
pub(super) struct Keyspace {
    /// Grows on demand: a database that was never written to is not there.
    databases: Rc<Vec<Rc<Database>>>,
    /// Which clients watch which keys.
    pub(super) watchers: Watchers,
    /// Which clients block on which keys.
    pub(super) waiters: Waiters,
}

impl Keyspace {
    /// The entry of `key`, dead or alive.
    pub(super) fn entry(&self, db: usize, key: &[u8]) -> Option<&Entry> {
        self.databases.get(db)?.get(key)
    }

    /// A database to change.
    fn database_mut(&mut self, db: usize) -> &mut Database {
        let databases = Rc::make_mut(&mut self.databases);
        if databases.len() <= db {
            databases.resize_with(db + 1, Rc::default);
        }
        Rc::make_mut(&mut databases[db])
    }

    /// A database to read, if anything was ever in it.
    pub(super) fn database(&self, db: usize) -> Option<&Database> {
        self.databases.get(db).map(|database| &**database)
    }

    /// How many databases may hold something.
    pub(super) fn databases(&self) -> usize {
        self.databases.len()
    }

    /// The data alone, shared: what a snapshot or an append-only file holds.
    pub(super) fn data(&self) -> Data {
        Data(self.databases.clone())
    }

    /// Replaces the data.
    pub(super) fn load(&mut self, data: Data) {
        self.databases = data.0;
    }

    /// One database, shared.
    pub(super) fn share(&self, db: usize) -> Rc<Database> {
        self.databases.get(db).cloned().unwrap_or_default()
    }

    /// Replaces one database.
    pub(super) fn replace(&mut self, db: usize, database: Rc<Database>) {
        self.database_mut(db);
        Rc::make_mut(&mut self.databases)[db] = database;
    }

    /// Replaces one key with its deadline, or removes it.
    pub(super) fn replace_entry(&mut self, db: usize, key: &Bytes, entry: Option<Entry>) {
        let database = self.database_mut(db);
        database.remove(key);
        if let Some(entry) = entry {
            database.put(key, entry.value);
            database.set_deadline(key, entry.deadline);
        }
    }

    /// The earliest deadline of a key that is not before `now_ms`.
    pub(super) fn earliest_deadline_from(&self, now_ms: i64) -> Option<i64> {
        let of = |database: &Rc<Database>| {
            database.by_deadline().map(|(ms, _)| ms).find(|deadline| *deadline >= now_ms)
        };
        self.databases.iter().filter_map(of).min()
    }

    /// The earliest deadline of a key, in ms of the wall clock, and whose it is.
    pub(super) fn earliest_deadline(&self) -> Option<i64> {
        self.databases.iter().filter_map(|database| database.earliest_deadline()).min()
    }

    /// Adds the canonical form of the data to `key`, with deadlines relative to `wall_us`.
    pub(super) fn key(&self, wall_us: i64, key: &mut Key) {
        for (db, database) in self.databases.iter().enumerate() {
            if !database.is_empty() {
                key.int(db as i64);
                database.key(wall_us, key);
            }
        }
        key.int(-1);
    }
}

/// The data of a server without who uses it.
#[derive(Clone, Debug, Default)]
pub(super) struct Data(Rc<Vec<Rc<Database>>>);

impl Data {
    /// Whether both are one and the same, by identity.
    pub(super) fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// The same with all deadlines so much (ms) later.
    pub(super) fn shifted(&self, span_ms: i64) -> Self {
        let databases = self.0.iter().map(|database| Rc::new(database.shifted(span_ms)));
        Self(Rc::new(databases.collect()))
    }

    /// Adds the canonical form to `key`.
    pub(super) fn key(&self, wall_us: i64, key: &mut Key) {
        let keyspace = Keyspace { databases: self.0.clone(), ..Keyspace::default() };
        keyspace.key(wall_us, key);
    }
}

/// A key in a database.
pub(super) type Place = (usize, Bytes);
