//! One line of a recording.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::time::Micros;

/// One line of a recording: `W` is what it can say.
#[derive(Clone, PartialEq, Debug)]
pub struct Event<W> {
    /// The line of the file, from 1.
    pub line: usize,
    /// When (µs), since the recording began.
    pub at: Micros,
    /// At which server, from 0 in the order of the header.
    pub server: usize,
    /// What happened.
    pub what: W,
}

/// Tells a member that is `null` from one that is missing.
pub(super) fn present<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(source).map(Some)
}
