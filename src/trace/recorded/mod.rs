//! Recordings of real servers, compared with the store models.
//!
//! The model is driven with the recorded calls, in file order, at the recorded times, and everything that
//! comes out is compared. A reply is computed before the recorded one is visible to the model; what a real
//! server leaves open reaches the model only through [`Env::draw`](crate::store::Env::draw).

pub mod monitor;
pub mod redis;
mod tally;
pub mod zookeeper;

pub use tally::{Difference, RuleUse, Tally};

use super::{BadRecording, Header, Line};

/// How the driver of one store compares a recording with its model.
///
/// `header` is line 1, `events` are the lines after it: a driver may look ahead to learn what the real
/// server did. It understands each line with [`Line::parse`]; a line it cannot understand is a
/// [`BadRecording`], never a panic and never skipped.
pub type Driver = fn(header: &Header, events: &[Line]) -> Result<Tally, BadRecording>;

/// The driver of every store, by the `store` of the header.
const DRIVERS: [(&str, Driver); 2] = [("redis", redis::replay), ("zookeeper", zookeeper::replay)];

/// Compares the recording with the model of its store.
pub fn replay(header: &Header, events: &[Line]) -> Result<Tally, BadRecording> {
    let store = header.text("store")?;
    let driver = DRIVERS.iter().find(|(known, _)| *known == store);
    let Some((_, driver)) = driver else {
        return Err(header.line.bad(format!("no model of the store \"{store}\" to compare with")));
    };
    driver(header, events)
}
