//! Scores of sorted sets.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::super::Bytes;
use super::super::number::print_double;

/// A score: a double that is a number.
///
/// Two scores are equal if no client can tell them apart, so 0 is not -0, which print differently; but both
/// have the same [order](Self::order).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Score(f64);

impl Score {
    /// The score, unless it is not a number.
    pub(crate) fn new(value: f64) -> Option<Self> {
        (!value.is_nan()).then_some(Self(value))
    }

    pub(crate) fn value(self) -> f64 {
        self.0
    }

    /// As sorted sets order scores.
    pub(crate) fn order(self, other: Self) -> Ordering {
        self.0.partial_cmp(&other.0).unwrap_or(Ordering::Equal)
    }

    /// A listpack keeps integers as integers and so forgets the sign of zero.
    pub(super) fn in_listpack(self) -> Self {
        Self(self.0 + 0.0)
    }

    /// As a listpack holds it, which ZSCAN shows: integers of up to 2^62 with all their digits, where replies
    /// print 17.
    pub(super) fn stored_in_listpack(self) -> Bytes {
        const LARGEST: f64 = (1_u64 << 62) as f64;
        let value = self.0;
        if value.abs() <= LARGEST && value.fract() == 0.0 {
            return (value as i64).to_string().into();
        }
        self.to_bytes()
    }

    /// As replies print it.
    pub(crate) fn to_bytes(self) -> Bytes {
        print_double(self.0).into()
    }
}

impl PartialEq for Score {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Score {}

impl Hash for Score {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}
