//! Memory: an estimate, a limit, and what is thrown away.

use super::config::{Eviction, NotifyFlags};
use super::core::Core;
use super::ctx::Ctx;
use super::draw::Draw;
use super::reply::Bytes;

/// What a key takes beside its name and value: entry, object, table slot. With a deadline, twice the entry.
const PER_KEY: usize = 56;
/// What the deadline of a key takes.
const PER_DEADLINE: usize = 32;

/// The estimated memory of the data in bytes: for each key its name, its value and a fixed share of
/// bookkeeping. A real allocator's figure differs; `maxmemory` is compared with this one.
pub(super) fn used_memory(core: &Core) -> u64 {
    let keyspace = &core.keyspace;
    let databases = (0..keyspace.databases()).filter_map(|db| keyspace.database(db));
    databases
        .flat_map(|database| {
            let deadlines = database.volatile() * PER_DEADLINE;
            database
                .iter()
                .map(|(key, entry)| PER_KEY + key.len() + entry.value.memory())
                .chain([deadlines])
        })
        .sum::<usize>() as u64
}

/// Whether there is a limit and the data exceeds it.
pub(super) fn is_short_of_memory(core: &Core) -> bool {
    core.config.maxmemory > 0 && used_memory(core) > core.config.maxmemory
}

impl Ctx<'_> {
    /// Makes room by the policy, and says whether there is room now (`performEvictions`).
    ///
    /// A replica leaves that to its master (`replica-ignore-maxmemory yes`).
    pub(super) fn make_room(&mut self) -> bool {
        if self.core.replication.is_replica() {
            return true;
        }
        while is_short_of_memory(self.core) {
            let candidates = self.candidates();
            if candidates.is_empty() {
                return false;
            }
            let names: Vec<Bytes> = candidates.iter().map(|(_, key)| key.clone()).collect();
            let n = names.len() as u32;
            let chosen = self.draw(&Draw::Evict(names.into()), n) as usize;
            let (db, key) = &candidates[chosen];
            self.in_db(*db, |ctx| ctx.remove(key));
            self.touch_watchers(*db, key);
            self.notify_in(*db, NotifyFlags::EVICTED, "evicted", key);
        }
        true
    }

    fn candidates(&self) -> Vec<(usize, Bytes)> {
        let keyspace = &self.core.keyspace;
        let databases =
            (0..keyspace.databases()).filter_map(|db| Some((db, keyspace.database(db)?)));
        match self.core.config.eviction {
            Eviction::NoEviction => Vec::new(),
            Eviction::AllKeys(_) => databases
                .flat_map(|(db, database)| database.iter().map(move |(key, _)| (db, key.clone())))
                .collect(),
            Eviction::Volatile(_) => databases
                .flat_map(|(db, database)| {
                    database.by_deadline().map(move |(_, key)| (db, key.clone()))
                })
                .collect(),
            Eviction::VolatileTtl => {
                let soonest = databases.filter_map(|(db, database)| {
                    database.by_deadline().next().map(|(deadline, key)| (deadline, db, key.clone()))
                });
                soonest.min().map(|(_, db, key)| (db, key)).into_iter().collect()
            }
        }
    }
}
