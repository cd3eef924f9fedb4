//! Natural numbers of any size: as little of them as exact decimal conversions need.

use std::fmt::Write;

/// A natural number, in 32-bit limbs, the lowest first, without zero limbs at the top.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Big(Vec<u32>);

impl Big {
    /// The number that `digits` in `base` (at most 16) spell.
    pub(super) fn from_digits<'a>(digits: impl Iterator<Item = &'a u8>, base: u32) -> Self {
        let mut number = Self::default();
        for digit in digits {
            number.times_plus(base, char::from(*digit).to_digit(base).unwrap_or(0));
        }
        number
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// Becomes `self * factor + addend`.
    pub(super) fn times_plus(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for limb in &mut self.0 {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    /// Becomes `self / divisor`; the remainder is returned.
    pub(super) fn divide(&mut self, divisor: u32) -> u32 {
        let mut rest = 0_u64;
        for limb in self.0.iter_mut().rev() {
            rest = rest << 32 | u64::from(*limb);
            *limb = (rest / u64::from(divisor)) as u32;
            rest %= u64::from(divisor);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        rest as u32
    }

    /// Becomes `self * 2^bits`.
    pub(super) fn shift_left(&mut self, bits: usize) {
        if self.is_zero() {
            return;
        }
        self.times_plus(1 << (bits % 32), 0);
        self.0.splice(0..0, std::iter::repeat_n(0, bits / 32));
    }

    /// The number of bits without leading zeros.
    pub(super) fn bits(&self) -> usize {
        self.0.last().map_or(0, |top| self.0.len() * 32 - top.leading_zeros() as usize)
    }

    /// The highest 128 bits (or all), the number of bits below them, and whether one of those is set.
    pub(super) fn top(&self) -> (u128, usize, bool) {
        let below = self.bits().saturating_sub(128);
        let (limbs, bits) = (below / 32, below % 32);
        let mut top = 0_u128;
        for (at, limb) in self.0.iter().enumerate().skip(limbs) {
            let place = (at - limbs) * 32;
            let limb = u128::from(*limb);
            if place < bits {
                top |= limb >> bits;
            } else if place - bits < 128 {
                top |= limb << (place - bits);
            }
        }
        let low_limbs = self.0[..limbs].iter().any(|limb| *limb != 0);
        let low_bits = self.0.get(limbs).is_some_and(|limb| limb & ((1 << bits) - 1) != 0);
        (top, below, low_limbs || low_bits)
    }

    /// The decimal digits.
    pub(super) fn into_decimal(mut self) -> String {
        let mut groups = Vec::new();
        while !self.is_zero() {
            groups.push(self.divide(1_000_000_000));
        }
        let Some(first) = groups.pop() else { return "0".to_owned() };
        let mut text = first.to_string();
        for group in groups.iter().rev() {
            let _ = write!(text, "{group:09}");
        }
        text
    }
}
