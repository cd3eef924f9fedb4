//! One numbered database.

use std::collections::{BTreeMap, BTreeSet};

use super::super::reply::Bytes;
use super::super::value::Value;
use crate::store::Key;

/// A value and when it ends.
#[derive(Clone, Debug)]
pub(in crate::store::redis) struct Entry {
    /// The value.
    pub(in crate::store::redis) value: Value,
    /// The last ms of the wall clock at which the key is alive.
    pub(super) deadline: Option<i64>,
}

impl Entry {
    /// The last ms of the wall clock at which the key is alive.
    pub(in crate::store::redis) fn deadline(&self) -> Option<i64> {
        self.deadline
    }
}

/// The keys of one database in the order of their bytes, which makes equal contents equal whatever happened
/// before. Replies that list keys use [`scrambled`](Self::scrambled).
#[derive(Clone, Debug, Default)]
pub(in crate::store::redis) struct Database {
    entries: BTreeMap<Bytes, Entry>,
    /// The same keys by deadline.
    deadlines: BTreeSet<(i64, Bytes)>,
}

impl Entry {
    /// The same with its deadline so much (ms) later.
    pub(in crate::store::redis) fn shifted(&self, span_ms: i64) -> Self {
        let deadline = self.deadline.map(|deadline| deadline.saturating_add(span_ms));
        Self { deadline, ..self.clone() }
    }

    /// Adds the canonical form to `key`, with the deadline relative to `wall_us`.
    pub(in crate::store::redis) fn key(&self, wall_us: i64, key: &mut Key) {
        let Self { value, deadline } = self;
        // A deadline far off stays exact: saturation only meets deadlines beyond 290,000 years.
        let until = |ms: i64| ms.saturating_mul(1000).saturating_sub(wall_us);
        key.int(deadline.map_or(i64::MIN, until));
        value.key(key);
    }
}

impl Database {
    /// The same with all deadlines so much (ms) later.
    pub(in crate::store::redis) fn shifted(&self, span_ms: i64) -> Self {
        let entries = self.entries.iter().map(|(key, entry)| (key.clone(), entry.shifted(span_ms)));
        let deadlines = self.deadlines.iter();
        let deadlines = deadlines.map(|(ms, key)| (ms.saturating_add(span_ms), key.clone()));
        Self { entries: entries.collect(), deadlines: deadlines.collect() }
    }

    /// The entry of `key`, dead or alive.
    pub(super) fn get(&self, key: &[u8]) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// The value of `key`, to change in place.
    pub(super) fn value_mut(&mut self, key: &[u8]) -> Option<&mut Value> {
        self.entries.get_mut(key).map(|entry| &mut entry.value)
    }

    /// Sets the value; a key that is there keeps its deadline.
    pub(super) fn put(&mut self, key: &Bytes, value: Value) {
        match self.entries.get_mut(&**key) {
            Some(entry) => entry.value = value,
            None => {
                self.entries.insert(key.clone(), Entry { value, deadline: None });
            }
        }
    }

    /// Removes a key with its deadline.
    pub(super) fn remove(&mut self, key: &[u8]) -> Option<Entry> {
        let (key, entry) = self.entries.remove_entry(key)?;
        if let Some(deadline) = entry.deadline {
            self.deadlines.remove(&(deadline, key));
        }
        Some(entry)
    }

    /// Sets or removes the deadline of a key that is there.
    pub(super) fn set_deadline(&mut self, key: &Bytes, deadline: Option<i64>) {
        let Some(entry) = self.entries.get_mut(&**key) else { return };
        let before = std::mem::replace(&mut entry.deadline, deadline);
        if let Some(before) = before {
            self.deadlines.remove(&(before, key.clone()));
        }
        if let Some(deadline) = deadline {
            self.deadlines.insert((deadline, key.clone()));
        }
    }

    /// How many keys there are, dead ones that nobody removed yet included.
    pub(in crate::store::redis) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing.
    pub(in crate::store::redis) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many keys have a deadline.
    pub(in crate::store::redis) fn volatile(&self) -> usize {
        self.deadlines.len()
    }

    /// The keys whose deadline is before `now_ms`, earliest first.
    pub(in crate::store::redis) fn overdue(
        &self,
        now_ms: i64,
    ) -> impl Iterator<Item = (i64, &Bytes)> {
        self.deadlines
            .iter()
            .take_while(move |(deadline, _)| *deadline < now_ms)
            .map(|(deadline, key)| (*deadline, key))
    }

    /// Keys with their deadlines, earliest first.
    pub(in crate::store::redis) fn by_deadline(&self) -> impl Iterator<Item = (i64, &Bytes)> {
        self.deadlines.iter().map(|(deadline, key)| (*deadline, key))
    }

    /// The earliest deadline.
    pub(super) fn earliest_deadline(&self) -> Option<i64> {
        self.deadlines.first().map(|(deadline, _)| *deadline)
    }

    /// All keys with their entries, by key.
    pub(in crate::store::redis) fn iter(&self) -> impl Iterator<Item = (&Bytes, &Entry)> {
        self.entries.iter()
    }

    /// All keys in an order that looks like none: by [`scatter`]. So nobody comes to rely on a sorted KEYS.
    pub(in crate::store::redis) fn scrambled(&self) -> Vec<&Bytes> {
        let mut keys: Vec<_> = self.entries.keys().collect();
        keys.sort_by_cached_key(|key| scatter(key));
        keys
    }

    /// Adds the canonical form to `key`.
    pub(in crate::store::redis) fn key(&self, wall_us: i64, key: &mut Key) {
        // The order of deadlines follows from the entries.
        let Self { entries, deadlines: _ } = self;
        key.int(entries.len() as i64);
        for (name, entry) in entries {
            entry.key(wall_us, key.bytes(name));
        }
    }
}

/// A fixed hash of a name, below 2^48: the place of a key, field or member in the order that SCAN walks.
/// (FNV-1a with a final mix.)
pub(in crate::store::redis) fn scatter(name: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in name {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash >> 16
}
