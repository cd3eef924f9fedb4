//! Recordings of ZooKeeper servers, compared with the model.

mod base64;
mod call;
mod cluster;
mod compare;
mod driver;
mod ends;
pub mod event;
mod outbox;
mod outcome;
pub(in crate::trace) mod render;
mod watches;

use serde::Deserialize;

use crate::store::zookeeper::{Config, Moment};
use crate::time::Micros;
use crate::trace::{BadRecording, Header, Line};

use super::Tally;

/// What the header says of the servers.
#[derive(Deserialize)]
struct Setup {
    #[serde(rename = "tickTime")]
    tick_ms: i64,
    #[serde(rename = "minSessionTimeout")]
    min_session_timeout_ms: i32,
    #[serde(rename = "maxSessionTimeout")]
    max_session_timeout_ms: i32,
    #[serde(rename = "container_checkIntervalMs", default = "one_minute")]
    check_interval_ms: i64,
    #[serde(default = "one")]
    servers: usize,
    #[serde(default)]
    modes: Vec<String>,
    /// Whether the recording stops before the run did.
    #[serde(default)]
    truncated: serde_json::Value,
}

const fn one_minute() -> i64 {
    60_000
}

const fn one() -> usize {
    1
}

/// Compares a recording of ZooKeeper with the model.
pub(super) fn replay(header: &Header, lines: &[Line]) -> Result<Tally, BadRecording> {
    let config = header.members.get("config").cloned().unwrap_or_default();
    let setup: Setup = serde_json::from_value(config)
        .map_err(|error| header.line.bad(format!("the header's \"config\": {error}")))?;
    setup.check().map_err(|message| header.line.bad(message))?;
    let events: Vec<event::Event> =
        lines.iter().map(event::Event::parse).collect::<Result<_, _>>()?;
    if let Some(event) = events.iter().find(|event| event.on.unwrap_or(1) > setup.servers) {
        let message =
            format!("\"on\" names a server that is not there: there are {}", setup.servers);
        return Err(BadRecording::new(event.line, 0, message));
    }
    let truncated =
        !matches!(setup.truncated, serde_json::Value::Null | serde_json::Value::Bool(false));
    let (events, moved) = outcome::in_order(events);
    let tick = Micros::from_ms(setup.tick_ms);
    driver::Driver::new(setup.cluster(), &events, tick, truncated, moved).run()
}

impl Setup {
    fn check(&self) -> Result<(), String> {
        if !(1..=3_600_000).contains(&self.tick_ms) {
            return Err(format!(
                "tickTime is {} ms; it must be between 1 ms and an hour",
                self.tick_ms
            ));
        }
        if self.check_interval_ms < 0 {
            return Err("container_checkIntervalMs is negative".to_owned());
        }
        if !(1..=9).contains(&self.servers) {
            return Err(format!("there are {} servers; 1 to 9 can be compared", self.servers));
        }
        let leads = |mode: &&String| *mode == "leader";
        if self.servers > 1
            && (self.modes.len() != self.servers || self.modes.iter().filter(leads).count() != 1)
        {
            return Err(
                "\"modes\" must name the mode of every server, one of them \"leader\"".to_owned()
            );
        }
        Ok(())
    }

    fn cluster(&self) -> cluster::Cluster {
        // The moments come from the recording. A request is written down when its reply was read, which can be a
        // while after it was executed; how much later than that something may happen is checked line by line.
        let free = Moment::Free { early: Micros::from_ms(25), late: Micros::from_ms(250) };
        let config = Config {
            min_session_timeout_ms: self.min_session_timeout_ms,
            max_session_timeout_ms: self.max_session_timeout_ms,
            expiry: free,
            reap_interval: Some(Micros::from_ms(self.check_interval_ms))
                .filter(|it| *it > Micros::ZERO),
            reaping: free,
            lagging: true,
            ..Config::with_tick(Micros::from_ms(self.tick_ms))
        };
        let leader = self.modes.iter().position(|mode| mode == "leader").unwrap_or(0);
        cluster::Cluster::new(&config, self.servers, leader)
    }
}
