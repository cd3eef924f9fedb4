//! Memory: an estimate, a limit, and what is thrown away.

use super::RedisServer;
use super::config::{Eviction, NotifyFlags};
use super::core::Core;
use super::ctx::{Ctx, NOBODY};
use super::draw::Draw;
use super::keyspace::Why;
use super::reply::Bytes;
use crate::store::Env;
use crate::time::Micros;

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

/// Whether there is a limit and the data exceeds it, or others have filled the memory.
pub(super) fn is_short_of_memory(core: &Core) -> bool {
    core.full || core.config.maxmemory > 0 && used_memory(core) > core.config.maxmemory
}

impl RedisServer {
    /// Whether other clients have filled the memory.
    pub fn is_full(&self) -> bool {
        self.core().full
    }

    /// Other clients fill the memory, or no longer.
    pub fn set_full(&mut self, full: bool) {
        self.core_mut().full = full;
    }

    /// Whether the policy allows to remove one of the keys that are there.
    pub fn can_evict(&self) -> bool {
        !candidates(self.core()).is_empty()
    }

    /// Removes a key that the policy allows, if there is one; which one is asked ([`Draw::Evict`]).
    pub fn evict(&mut self, now: Micros, env: &mut dyn Env<Self>) {
        self.ctx(now, NOBODY, env).evict_one();
        self.send(env);
    }
}

impl Ctx<'_> {
    /// Makes room by the policy, and says whether there is room now (`performEvictions`).
    ///
    /// A replica leaves that to its master (`replica-ignore-maxmemory yes`).
    pub(super) fn make_room(&mut self) -> bool {
        if self.core.replication.is_replica() {
            return true;
        }
        if self.core.full {
            return self.evict_one();
        }
        while is_short_of_memory(self.core) {
            if !self.evict_one() {
                return false;
            }
        }
        true
    }

    /// Removes one key that the policy allows; whether there was one.
    fn evict_one(&mut self) -> bool {
        let candidates = candidates(self.core);
        if candidates.is_empty() {
            return false;
        }
        let names: Vec<Bytes> = candidates.iter().map(|(_, key)| key.clone()).collect();
        let n = names.len() as u32;
        let chosen = self.draw(&Draw::Evict(names.into()), n) as usize;
        let (db, key) = &candidates[chosen];
        self.in_db(*db, |ctx| ctx.remove(key));
        self.tell(Why::Evicted);
        self.touch_watchers(*db, key);
        self.notify_in(*db, NotifyFlags::EVICTED, "evicted", key);
        true
    }
}

fn candidates(core: &Core) -> Vec<(usize, Bytes)> {
    let keyspace = &core.keyspace;
    let databases = (0..keyspace.databases()).filter_map(|db| Some((db, keyspace.database(db)?)));
    match core.config.eviction {
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
