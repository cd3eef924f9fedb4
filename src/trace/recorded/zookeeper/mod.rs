//! Recordings of ZooKeeper servers, compared with the model.
//!
//! One cluster is driven with the recorded calls. What a real server leaves open is learnt by looking ahead, and reaches
//! the model as the answers to its draws. A recording writes a watch event down when the client's end read it, which can be
//! before the line of the request that caused it or after: events of either side wait for the other.

mod answer;
mod call;
mod cluster;
mod compare;
mod ends;
mod event;
mod outcome;
pub(in crate::trace) mod render;
mod servers;
mod setup;
mod watches;

pub use event::{Connect, ConnectReply, Watch, What};

pub(super) use servers::Ensemble;

use super::{Event, Header, Line, driver};
use crate::trace::BadRecording;

/// Understands the lines of a recording of ZooKeeper.
pub fn read(header: &Header, lines: &[Line]) -> Result<Vec<Event<What>>, BadRecording> {
    driver::read::<Ensemble>(header, lines)
}
