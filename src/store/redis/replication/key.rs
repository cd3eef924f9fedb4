//! The canonical form.

use super::{Master, Replica, Replication};
use crate::store::Key;

impl Replication {
    /// Whether there are or were other servers with the same data.
    pub(in crate::store::redis) fn has_peers(&self) -> bool {
        self.kept || self.is_replica()
    }

    /// Adds the canonical form to `key`.
    ///
    /// When a replica was heard of last matters only if the lag is limited (`limits_lag`).
    pub(in crate::store::redis) fn key(&self, wall_us: i64, limits_lag: bool, key: &mut Key) {
        let since = |ms: i64| ms.saturating_mul(1000).saturating_sub(wall_us);
        // The journal is that of the request in execution: between requests it is empty.
        let Self { master, replicas, offset, kept, journal: _ } = self;
        key.int(*offset as i64).int(i64::from(*kept));
        if let Some(Master { host, port, link, synced, beat_ms }) = master {
            key.bytes(host).int(i64::from(*port));
            key.int(link.map_or(-1, |link| i64::from(link.0)));
            key.int(i64::from(*synced)).int(beat_ms.map_or(i64::MIN, since));
        }
        key.int(replicas.len() as i64);
        for Replica { link, host, port, ack, attended } in replicas {
            key.int(i64::from(link.0)).bytes(host).int(i64::from(*port));
            let (acked, ms) = ack.map_or((-1, i64::MIN), |(acked, ms)| (acked as i64, since(ms)));
            let heard_ms = if *attended || !limits_lag { 0 } else { ms };
            key.int(acked).int(heard_ms).int(i64::from(*attended));
        }
    }
}
