//! For a simulator: a look at a key that no client could take.

use std::hash::{Hash, Hasher};

use super::server::RedisServer;
use super::value::Value;
use crate::time::Micros;

impl RedisServer {
    /// A number that changes when another value is written to `key`; none if the key is not there at `now`.
    ///
    /// Looking changes nothing: an expired key stays where it is. Values other than strings all have the same mark.
    pub fn mark(&self, now: Micros, db: usize, key: &[u8]) -> Option<u64> {
        let entry = self.core().keyspace.entry(db, key)?;
        let now_ms = self.core().epoch_us.saturating_add(now.0).div_euclid(1000);
        if entry.deadline().is_some_and(|deadline| now_ms > deadline) {
            return None;
        }
        let mut hasher = rustc_hash::FxHasher::default();
        match &entry.value {
            Value::String(text) => text.bytes().hash(&mut hasher),
            other => other.kind().hash(&mut hasher),
        }
        Some(hasher.finish())
    }
}
