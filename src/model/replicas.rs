//! `replicas` and what goes with them in the section of a Redis store.

use crate::json::{Fields, Problem, Section, number, some_time};
use crate::sim::{AnyServer, SentinelSetup, ServerSetup, Timing, linked};
use crate::store::redis::RedisServer;
use crate::time::Micros;

/// The replicas of each Redis master, and the Sentinels beside them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Replicas {
    /// How many each master has.
    count: u32,
    min_to_write: u32,
    max_lag_s: u32,
    down_after: Micros,
    demote_after: Micros,
}

/// More than anybody has of one master.
const MOST: u32 = 8;
/// `min-replicas-max-lag` of a configuration that does not name it.
const MAX_LAG: Micros = Micros::from_ms(10_000);
/// `down-after-milliseconds` of a configuration that does not name it.
const DOWN_AFTER: Micros = Micros::from_ms(30_000);
/// Four periods of two seconds in which a server may still say that it has the right role.
const DEMOTE_AFTER: Micros = Micros::from_ms(8_000);

impl Replicas {
    /// What only a store with replicas has.
    const FIELDS: [&'static str; 4] =
        ["min_replicas_to_write", "min_replicas_max_lag", "down_after", "demote_after"];

    pub(super) fn from_fields(fields: &Fields<'_>) -> Result<Self, Box<Problem>> {
        let count = fields.get("replicas").map(|it| number(&it, "replicas", 0, MOST));
        let count = count.transpose()?.unwrap_or_default();
        for name in &Self::FIELDS {
            if let Some(field) = fields.get(name).filter(|_| count == 0) {
                return Err(field
                    .error(format!("`{name}` is about replicas, and the store has none"))
                    .with_help("as in \"replicas\": 1"));
            }
        }
        let time = |name: &str, default: Micros| {
            fields
                .get(name)
                .map(|field| some_time(&field))
                .transpose()
                .map(|it| it.unwrap_or(default))
        };
        let min = fields.get("min_replicas_to_write").map(|it| number(&it, "replicas", 0, count));
        let max_lag = fields.get("min_replicas_max_lag").map(|it| seconds(&it)).transpose()?;
        Ok(Self {
            count,
            min_to_write: min.transpose()?.unwrap_or_default(),
            max_lag_s: max_lag.unwrap_or((MAX_LAG.as_ms() / 1000) as u32),
            down_after: time("down_after", DOWN_AFTER)?,
            demote_after: time("demote_after", DEMOTE_AFTER)?,
        })
    }

    /// How many each master has.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// All spans (µs) that servers and Sentinels compare with.
    pub(super) fn durations(&self) -> Vec<Micros> {
        if self.count == 0 {
            return Vec::new();
        }
        let max_lag = Micros::from_ms(i64::from(self.max_lag_s) * 1000);
        vec![max_lag, self.down_after, self.demote_after]
    }

    /// The names of a master and its replicas.
    pub(super) fn names(&self, master: &str) -> Vec<String> {
        let replicas = (1..=self.count).map(|number| format!("{master}-replica{number}"));
        std::iter::once(master.to_owned()).chain(replicas).collect()
    }

    /// The servers of all masters, each of which holds what `given` does.
    ///
    /// With abstract timing heartbeats are taken for granted.
    pub(super) fn servers(
        &self,
        masters: &[String],
        given: &RedisServer,
        timing: Timing,
    ) -> Vec<ServerSetup> {
        let mut servers = Vec::new();
        for master in masters {
            let names = self.names(master);
            let mut server = given.clone();
            if self.count > 0 {
                server.configure(|config| {
                    config.min_replicas_to_write = self.min_to_write;
                    config.min_replicas_max_lag = self.max_lag_s;
                    config.heartbeats = timing != Timing::Abstract;
                });
            }
            let states = linked(&server, &names, servers.len() as u16);
            let named = names.into_iter().zip(states);
            servers.extend(named.map(|(name, state)| ServerSetup {
                name,
                state: AnyServer::Redis(Box::new(state)),
                drift_ppm: 0,
            }));
        }
        servers
    }

    /// Which servers belong together, and what their Sentinels go by.
    pub(super) fn sentinel(&self, masters: u32) -> SentinelSetup {
        let each = self.count as u16 + 1;
        let of = |master: u32| (master as u16 * each..(master as u16 + 1) * each).collect();
        let groups = (0..masters).filter(|_| self.count > 0).map(of);
        SentinelSetup {
            groups: groups.collect(),
            down_after: self.down_after,
            demote_after: self.demote_after,
        }
    }
}

/// Redis counts in whole seconds: rounded up, as with EXPIRE.
fn seconds(field: &Section<'_>) -> Result<u32, Box<Problem>> {
    let span = some_time(field)?;
    u32::try_from((span.0 + 999_999) / 1_000_000)
        .map_err(|_| field.error("too long: Redis counts the seconds in 32 bits"))
}
