//! What recipes hold in place of numbers: readings of clocks, tokens, watches.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Add;

use super::state::note;
use crate::store::redis::Bytes;
use crate::time::Micros;

/// Something of the process that a value refers to, and that is forgotten when no value does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Handle {
    Instant(u8),
    Token(u8),
    Watch(u8),
    Subscription(u8),
}

/// A reading of the process's monotonic clock, or a point at a distance from one.
///
/// It is opaque: it can be moved by a span, and [`Cx`](super::Cx) compares it with now. So equal situations
/// at different times are equal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instant {
    pub(super) slot: u8,
    pub(super) plus: Micros,
}

impl Hash for Instant {
    fn hash<H: Hasher>(&self, state: &mut H) {
        note(Handle::Instant(self.slot));
        (self.slot, self.plus).hash(state);
    }
}

impl Add<Micros> for Instant {
    type Output = Self;
    fn add(self, span: Micros) -> Self {
        Self { slot: self.slot, plus: self.plus + span }
    }
}

/// A reading of the process's wall clock that is only ever compared with a later one.
///
/// It is opaque, as an [`Instant`] is: how long ago it was is all that [`Cx`](super::Cx) says. So a library that measures
/// by the wall clock does not make absolute time part of the state; that the clock was set in between is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct WallReading(pub(crate) Instant);

/// A text that nobody else has: the value of a lock key.
///
/// Two tokens in use at one time are never equal, in the whole world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    pub(super) process: u16,
    pub(super) slot: u8,
    pub(super) serial: u32,
}

impl Token {
    /// The token as the store sees it, such as `c1-0003`.
    pub fn text(self) -> Bytes {
        let number = if self.serial == 0 { u32::from(self.slot) } else { self.serial };
        Bytes::from(format!("c{}-{number:04}", self.process + 1))
    }
}

impl Hash for Token {
    fn hash<H: Hasher>(&self, state: &mut H) {
        note(Handle::Token(self.slot));
        (self.process, self.slot, self.serial).hash(state);
    }
}

/// A watch, from the call that leaves it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct WatchId(pub(crate) u8);

impl Hash for WatchId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        note(Handle::Watch(self.0));
        self.0.hash(state);
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().to_text())
    }
}
