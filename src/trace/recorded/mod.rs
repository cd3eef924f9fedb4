//! Recordings of real servers, compared with the store models.
//!
//! The model is driven with the recorded calls, in file order, at the recorded times, and everything that
//! comes out is compared. A reply is computed before the recorded one is visible to the model; what a real
//! server leaves open reaches the model only through [`Env::draw`](crate::store::Env::draw).

mod bytes;
mod connections;
mod driver;
mod event;
pub mod monitor;
mod queues;
pub mod redis;
mod tally;
pub mod zookeeper;

pub use event::Event;
pub use tally::{Difference, RuleUse, Tally};

use super::{BadRecording, Header, Line};

/// Compares the recording, of which `events` are the lines after the header, with the model of its store.
pub fn replay(header: &Header, events: &[Line]) -> Result<Tally, BadRecording> {
    match header.text("store")? {
        "redis" => driver::replay::<redis::Redis>(header, events),
        "zookeeper" => driver::replay::<zookeeper::Ensemble>(header, events),
        other => Err(header.line.bad(format!("no model of the store \"{other}\" to compare with"))),
    }
}
