//! Recordings of Redis servers, compared with the model.
//!
//! The driver goes through the file line by line. It delivers each recorded call to the model at its recorded
//! time, and compares what comes out with what stands in the file. What a real server leaves open is a
//! [`Draw`](crate::store::redis::Draw) of the model. The driver follows every answer that agrees with the
//! file so far: it keeps a handful of possible worlds and drops those that the next line
//! refutes. If it refutes all, that is a difference.
//!
//! The tolerances are those of the recording format, numbered as there; each use is counted by its name in
//! [`rule`].

mod call;
mod compare;
mod driver;
pub mod event;
pub(in crate::trace) mod json;
mod notice;
mod said;
mod settings;
mod world;

pub use json::{write_command, write_reply};

use super::{Header, Line, Tally};
use crate::trace::BadRecording;

/// The names of the rules of tolerance, as a tally shows them.
pub mod rule {
    /// (1) Of some replies only the shape is compared.
    pub const MASKED: &str = "masked reply";
    /// (2) What is left of a TTL, within 1 ms.
    pub const TTL: &str = "remaining time";
    /// (3) A key within 1 ms of its deadline is alive or gone.
    pub const DEADLINE: &str = "key at its deadline";
    /// (4) The background removes expired keys when it likes.
    pub const BACKGROUND: &str = "background expiry";
    /// (5) A block times out late.
    pub const TIMEOUT: &str = "late block timeout";
    /// (6) Lists without an order.
    pub const UNORDERED: &str = "unordered reply";
    /// (7) Pushes to different clients.
    pub const AMONG_CLIENTS: &str = "order among clients";
    /// (8) What a real server draws at random.
    pub const RANDOM: &str = "random choice";
    /// (9) A deadline was set later than its call is dated: three times in `recipe-redisson-1`, and once in
    /// `fuzz-multi-606`, where a transaction's EXEC, dated by another connection just before, ran 2 ms later.
    pub const SKEW: &str = "skew";
}

/// Compares a recording of Redis with the model.
pub(super) fn replay(header: &Header, events: &[Line]) -> Result<Tally, BadRecording> {
    let settings = settings::Settings::of(header)?;
    let mut driver = driver::Driver::new(settings);
    let events: Vec<_> = events.iter().map(event::Event::parse).collect::<Result<_, _>>()?;
    for (index, event) in events.iter().enumerate() {
        driver.step(event, &events[index + 1..]);
    }
    Ok(driver.end())
}
