//! The canonical form of a server: equal forms answer equally from here on.
//!
//! Each type is taken apart whole, so that a new field does not compile before somebody has said whether it counts.

use super::core::Core;
use super::refusal::Refusal;
use crate::store::Key;

impl Core {
    /// Adds the canonical form to `key`.
    pub(super) fn key(&self, key: &mut Key) {
        let Self {
            config,
            epoch_us,
            ahead_us,
            keyspace,
            lingering,
            clients,
            pubsub,
            scripts,
            disk,
            replication,
            full,
            refusal,
            down,
            // As seen at instant zero, whenever the last request was.
            now: _,
            // Of the request in execution: between requests there is nothing of it.
            worked_us: _,
            doubts: _,
            times_read: _,
            woken: _,
            out: _,
            // They follow from the clients: who is blocked until when, and who watches all commands.
            timeouts: _,
            monitors: _,
            last_client_id,
            ids_shown,
        } = self;
        let wall_us = *epoch_us;
        let refusal = Refusal::ALL.iter().position(|(_, it)| Some(*it) == *refusal);
        let refusal = refusal.map_or(0, |place| place as i64 + 1);
        key.int(i64::from(*down) + 2 * i64::from(*full) + 4 * refusal);
        let absolute = if config.absolute_time { wall_us } else { wall_us.rem_euclid(1000) };
        key.int(absolute).int(*ahead_us);
        config.key(key);
        keyspace.key(wall_us, key);
        key.int(lingering.len() as i64);
        for ((db, name), again) in lingering {
            key.int(*db as i64).bytes(name).int(again.saturating_mul(1000).saturating_sub(wall_us));
        }
        // Once somebody has asked for the number of a connection the numbers count: a search begins again then.
        key.int(if config.client_ids { *last_client_id } else { -1 - i64::from(*ids_shown) });
        key.int(clients.len() as i64);
        for (link, client) in clients {
            key.int(i64::from(link.0));
            client.key(wall_us, config.client_ids, key);
        }
        for ((db, name), links) in keyspace.waiters.iter() {
            key.int(*db as i64).bytes(name).int(links.len() as i64);
            for link in links {
                key.int(i64::from(link.0));
            }
        }
        pubsub.key(key);
        scripts.key(key);
        disk.key(config.persistence, wall_us, key);
        if replication.has_peers() || config.min_replicas_to_write > 0 {
            replication.key(wall_us, self.limits_lag(), key);
        }
    }
}
