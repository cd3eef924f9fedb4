//! What the header of a recording says of the servers.

use serde::Deserialize;
use serde_json::Value;

use super::cluster::Cluster;
use crate::json;
use crate::store::zookeeper::{Config, Moment};
use crate::time::Micros;
use crate::trace::{BadRecording, Header};

/// What the header says of the servers.
#[derive(Deserialize)]
pub(super) struct Setup {
    #[serde(rename = "tickTime")]
    tick_ms: i64,
    #[serde(rename = "minSessionTimeout")]
    min_session_timeout_ms: i32,
    #[serde(rename = "maxSessionTimeout")]
    max_session_timeout_ms: i32,
    /// One minute if it is not said.
    #[serde(rename = "container_checkIntervalMs")]
    check_interval_ms: Option<i64>,
    /// One if it is not said.
    servers: Option<usize>,
    #[serde(default)]
    modes: Vec<String>,
    #[serde(default)]
    truncated: Value,
}

impl Setup {
    pub(super) fn of(header: &Header) -> Result<Self, BadRecording> {
        let config = header.members.get("config").cloned().unwrap_or_default();
        let setup: Self = json::read(&config.to_string()).map_err(|error| {
            let error = json::in_words(&error);
            header.line.bad(format!("the header's \"config\": {error}"))
        })?;
        setup.check().map_err(|message| header.line.bad(message))?;
        Ok(setup)
    }

    pub(super) fn tick(&self) -> Micros {
        Micros::from_ms(self.tick_ms)
    }

    /// Whether the recording stops before the run did.
    pub(super) fn is_truncated(&self) -> bool {
        !matches!(self.truncated, Value::Null | Value::Bool(false))
    }

    fn check(&self) -> Result<(), String> {
        if !(1..=3_600_000).contains(&self.tick_ms) {
            let tick = self.tick_ms;
            return Err(format!("tickTime is {tick} ms; it must be between 1 ms and an hour"));
        }
        if self.check_interval_ms.is_some_and(|ms| ms < 0) {
            return Err("container_checkIntervalMs is negative".to_owned());
        }
        let servers = self.servers.unwrap_or(1);
        if !(1..=9).contains(&servers) {
            return Err(format!("there are {servers} servers; 1 to 9 can be compared"));
        }
        let leaders = self.modes.iter().filter(|mode| *mode == "leader").count();
        if servers > 1 && (self.modes.len(), leaders) != (servers, 1) {
            return Err(
                "\"modes\" must name the mode of every server, one of them \"leader\"".to_owned()
            );
        }
        Ok(())
    }

    pub(super) fn cluster(&self) -> Cluster {
        // The moments come from the recording. A request is written down when its reply was read, which can be a
        // while after it was executed; how much later than that something may happen is checked line by line.
        let free = Moment::Free { early: Micros::from_ms(25), late: Micros::from_ms(250) };
        let interval = Micros::from_ms(self.check_interval_ms.unwrap_or(60_000));
        let config = Config {
            min_session_timeout_ms: self.min_session_timeout_ms,
            max_session_timeout_ms: self.max_session_timeout_ms,
            expiry: free,
            reap_interval: Some(interval).filter(|interval| *interval > Micros::ZERO),
            reaping: free,
            lagging: true,
            ..Config::with_tick(self.tick())
        };
        let leader = self.modes.iter().position(|mode| mode == "leader").unwrap_or(0);
        Cluster::new(&config, self.servers.unwrap_or(1), leader)
    }
}
