//! Recordings of Redis servers, compared with the model.
//!
//! Each recorded call is delivered to the model at its recorded time, and what comes out is compared with what stands
//! in the file. What a real server leaves open is a [`Draw`](crate::store::redis::Draw) of the model. Every answer that
//! agrees with the file so far is followed: there are a handful of possible worlds, and those that the next line refutes
//! are dropped. If it refutes all, that is a difference.
//!
//! The tolerances are those of the recording format, numbered as there; each use is counted by its name in
//! [`rule`].

mod call;
mod compare;
mod due;
mod event;
pub(in crate::trace) mod json;

mod servers;
mod settings;
mod unasked;
mod world;
mod worlds;

pub use event::{Act, Answer, Turn, What};
pub use json::{write_command, write_reply};

pub(super) use servers::Redis;

use super::{Event, Header, Line, driver};
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

/// Understands the lines of a recording of Redis.
pub fn read(header: &Header, lines: &[Line]) -> Result<Vec<Event<What>>, BadRecording> {
    driver::read::<Redis>(header, lines)
}
