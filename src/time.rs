//! Virtual time: whole microseconds.

use std::fmt;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// A point in virtual time or a span of it, in whole microseconds (µs).
///
/// A point counts from the beginning of the run. It is signed because a component that was
/// [rebased](crate::store::Server::rebase) may remember something that happened before now.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Micros(pub i64);

impl Micros {
    /// The beginning of the run, or no time at all.
    pub const ZERO: Self = Self(0);
    /// Later than everything.
    pub const MAX: Self = Self(i64::MAX);

    /// A span or point of `ms` milliseconds (ms).
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms.saturating_mul(1000))
    }

    /// Whole milliseconds (ms), rounded down, also below zero.
    pub const fn as_ms(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The same in seconds from a second on, as people tell it: `12.5 ms`, `9 s`, `10.001 s`.
    pub fn in_seconds(self) -> String {
        if self.0 < 1_000_000 {
            return self.to_string();
        }
        let (seconds, rest) = (self.0 / 1_000_000, self.0 % 1_000_000);
        match rest {
            0 => format!("{seconds} s"),
            _ => format!("{seconds}.{} s", format!("{rest:06}").trim_end_matches('0')),
        }
    }

    /// The sum, or the last representable time.
    #[must_use]
    pub const fn saturating_add(self, span: Self) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Add for Micros {
    type Output = Self;
    fn add(self, span: Self) -> Self {
        self.saturating_add(span)
    }
}

impl AddAssign for Micros {
    fn add_assign(&mut self, span: Self) {
        *self = *self + span;
    }
}

impl Sub for Micros {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl SubAssign for Micros {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Neg for Micros {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

/// Milliseconds with up to three decimals, as people read timelines: `12.5 ms`.
impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (ms, us) = (self.0.unsigned_abs() / 1000, self.0.unsigned_abs() % 1000);
        let text = if us == 0 {
            format!("{sign}{ms} ms")
        } else {
            let decimals = format!("{us:03}");
            format!("{sign}{ms}.{} ms", decimals.trim_end_matches('0'))
        };
        f.pad(&text)
    }
}
