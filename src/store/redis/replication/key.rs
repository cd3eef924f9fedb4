//! The canonical form.

use super::Replication;
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
        key.int(self.offset as i64).int(i64::from(self.kept));
        if let Some(master) = &self.master {
            key.bytes(&master.host).int(i64::from(master.port));
            key.int(master.link.map_or(-1, |link| i64::from(link.0)));
            key.int(i64::from(master.synced)).int(master.beat_ms.map_or(i64::MIN, since));
        }
        key.int(self.replicas.len() as i64);
        for replica in &self.replicas {
            key.int(i64::from(replica.link.0)).bytes(&replica.host).int(i64::from(replica.port));
            let (acked, ms) =
                replica.ack.map_or((-1, i64::MIN), |(acked, ms)| (acked as i64, since(ms)));
            let heard_ms = if replica.attended || !limits_lag { 0 } else { ms };
            key.int(acked).int(heard_ms).int(i64::from(replica.attended));
        }
    }
}
