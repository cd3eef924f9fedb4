//! Integers of any width inside a bitmap, for BITFIELD.

use super::super::super::number::read_integer;
use crate::store::redis::error::Error;

/// `i5`, `u8`: a width in bits (1 to 64, unsigned to 63), with or without sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Type {
    signed: bool,
    pub(super) bits: u32,
}

/// What an operation does that leaves the range of its type (`OVERFLOW`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Overflow {
    /// Goes on at the other end.
    Wrap,
    /// Stays at the end.
    Saturate,
    /// Changes nothing and answers nil.
    Fail,
}

/// Where a value leaves the range of a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Above,
    Below,
}

impl Type {
    pub(super) fn read(text: &[u8]) -> Result<Self, Error> {
        let (signed, most) = match text.first() {
            Some(b'i') => (true, 64),
            Some(b'u') => (false, 63),
            _ => return Err(INVALID_TYPE),
        };
        // A zero byte ends the text, as it does for the server.
        let digits = text[1..].split(|byte| *byte == 0).next().unwrap_or_default();
        match read_integer(digits) {
            Some(bits) if (1..=most).contains(&bits) => Ok(Self { signed, bits: bits as u32 }),
            _ => Err(INVALID_TYPE),
        }
    }

    /// The integer at bit `offset` of `bitmap`, which is all zeros beyond its end.
    pub(super) fn get(self, bitmap: &[u8], offset: u64) -> i64 {
        let mut value = 0_u64;
        for at in offset..offset + u64::from(self.bits) {
            value = value << 1 | u64::from(get_bit(bitmap, at));
        }
        self.narrow(value)
    }

    /// Writes the integer at bit `offset`, which the bitmap reaches.
    pub(super) fn set(self, bitmap: &mut [u8], offset: u64, value: i64) {
        for (nth, at) in (offset..offset + u64::from(self.bits)).rev().enumerate() {
            set_bit(bitmap, at, value >> nth & 1 == 1);
        }
    }

    /// `value + increment` within the type, and whether that had to be `overflow`ed.
    ///
    /// A value to be set is an increment of 0: it can be out of range by itself. For an unsigned type it is
    /// then read as an unsigned number, so that -1 lies above the range.
    pub(super) fn add(self, value: i64, increment: i64, overflow: Overflow) -> (i64, bool) {
        let sum = value.wrapping_add(increment);
        let (lowest, highest, leaves) = if self.signed {
            self.leaves_signed(value, increment)
        } else {
            self.leaves_unsigned(value as u64, increment)
        };
        let Some(side) = leaves else { return (sum, false) };
        let held = match (overflow, side) {
            (Overflow::Saturate, Side::Above) => highest,
            (Overflow::Saturate, Side::Below) => lowest,
            (Overflow::Wrap | Overflow::Fail, _) => self.narrow(sum as u64),
        };
        (held, true)
    }

    /// The range, and where `value + increment` leaves it.
    ///
    /// The room on each side is computed with wrap-around, as the server does: far below the range of a
    /// narrow type it comes out wrong, and the value then counts as above.
    fn leaves_signed(self, value: i64, increment: i64) -> (i64, i64, Option<Side>) {
        let highest = i64::MAX >> (64 - self.bits);
        let lowest = -highest - 1;
        let (above, below) = (highest.wrapping_sub(value), lowest.wrapping_sub(value));
        let is_narrow = self.bits != 64;
        let side = if value > highest
            || (increment > above && (is_narrow || (value >= 0 && increment > 0)))
        {
            Some(Side::Above)
        } else if value < lowest
            || (increment < below && (is_narrow || (value < 0 && increment < 0)))
        {
            Some(Side::Below)
        } else {
            None
        };
        (lowest, highest, side)
    }

    fn leaves_unsigned(self, value: u64, increment: i64) -> (i64, i64, Option<Side>) {
        let highest = u64::MAX >> (64 - self.bits);
        let side = if value > highest || increment > highest.wrapping_sub(value) as i64 {
            Some(Side::Above)
        } else if increment < (value as i64).wrapping_neg() {
            Some(Side::Below)
        } else {
            None
        };
        (0, highest as i64, side)
    }

    /// The lowest bits of `value`, with their sign if the type has one.
    fn narrow(self, value: u64) -> i64 {
        let unused = 64 - self.bits;
        if self.signed {
            ((value << unused) as i64) >> unused
        } else {
            ((value << unused) >> unused) as i64
        }
    }
}

/// Bit `at` of `bitmap`; bit 0 is the highest of the first byte.
pub(super) fn get_bit(bitmap: &[u8], at: u64) -> bool {
    let byte = usize::try_from(at / 8).ok().and_then(|byte| bitmap.get(byte));
    byte.is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1)
}

/// Sets bit `at` of `bitmap`, which reaches it.
pub(super) fn set_bit(bitmap: &mut [u8], at: u64, on: bool) {
    let mask = 0x80 >> (at % 8);
    let byte = &mut bitmap[(at / 8) as usize];
    *byte = if on { *byte | mask } else { *byte & !mask };
}

const INVALID_TYPE: Error = Error::fixed(
    "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.",
);
