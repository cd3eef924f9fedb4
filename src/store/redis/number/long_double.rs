//! The x86 80-bit `long double`: 64 bits of mantissa.
//!
//! `INCRBYFLOAT` and `HINCRBYFLOAT` add and print with it, blocking commands read their timeouts with it;
//! what clients see (`0.1 + 0.2` is `0.3`) depends on exactly these 64 bits.

use super::big::Big;
use super::double::trimmed;
use super::scan::{Written, is_blank, scan};

/// The longest text that is a number to Redis (`MAX_LONG_DOUBLE_CHARS`), in bytes.
const MAX_TEXT: usize = 5 * 1024;
/// The exponent of the lowest bit of the smallest number.
const MIN_EXPONENT: i64 = -16_445;
/// The exponent of the lowest bit of the largest numbers.
const MAX_EXPONENT: i64 = 16_320;

/// A `long double`, never not-a-number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LongDouble {
    negative: bool,
    /// All 64 bits; the highest is set unless the number is zero or below the normal range.
    mantissa: u64,
    /// The value is `mantissa * 2^exponent`.
    exponent: i64,
    infinite: bool,
}

impl LongDouble {
    const ZERO: Self = Self { negative: false, mantissa: 0, exponent: 0, infinite: false };

    /// The number that is the whole of `text`, by the rules of `string2ld`: leading blanks, not-a-number and
    /// what overflows or vanishes are refused.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        if text.len() >= MAX_TEXT || text.first().is_none_or(|byte| is_blank(*byte)) {
            return None;
        }
        let scanned = scan(text).filter(|scanned| scanned.length == text.len())?;
        let size = match scanned.written {
            Written::NotANumber => return None,
            Written::Infinite => Self { infinite: true, ..Self::ZERO },
            Written::Decimal { whole, fraction, exponent } => {
                let digits = Big::from_digits(whole.iter().chain(fraction), 10);
                decimal(digits, exponent - fraction.len() as i64)?
            }
            Written::Hexadecimal { whole, fraction, exponent } => {
                let digits = Big::from_digits(whole.iter().chain(fraction), 16);
                binary(&digits, exponent - 4 * fraction.len() as i64, false)?
            }
        };
        Some(Self { negative: scanned.negative, ..size })
    }

    pub(crate) fn is_infinite(self) -> bool {
        self.infinite
    }

    /// The sum, rounded to even; `None` if it is not a number.
    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        if self.infinite || other.infinite {
            let opposed = self.infinite && other.infinite && self.negative != other.negative;
            return (!opposed).then_some(if self.infinite { self } else { other });
        }
        let (large, small) =
            if magnitude(self) >= magnitude(other) { (self, other) } else { (other, self) };
        if small.mantissa == 0 {
            let negative = large.negative && (large.mantissa != 0 || small.negative);
            return Some(Self { negative, ..large });
        }
        // Room for a carry above and for what rounding needs below.
        let large_bits = u128::from(large.mantissa) << 62;
        let small_bits = u128::from(small.mantissa) << 62;
        let distance = large.exponent - small.exponent;
        let (small_bits, lost) = match distance {
            0..=127 => (small_bits >> distance, small_bits & ((1 << distance) - 1) != 0),
            _ => (0, true),
        };
        let (sum, sticky) = if large.negative == small.negative {
            (large_bits + small_bits, lost)
        } else {
            (large_bits - small_bits - u128::from(lost), lost)
        };
        if sum == 0 && !sticky {
            return Some(Self::ZERO);
        }
        let rounded = round(sum, large.exponent - 62, sticky);
        Some(Self { negative: large.negative, ..rounded })
    }

    /// A number of seconds as whole milliseconds (ms), rounded up; what 64 bits do not hold is the smallest
    /// integer, as the processor answers.
    pub(crate) fn seconds_to_ms(self) -> i64 {
        let product = round(u128::from(self.mantissa) * 1000, self.exponent, false);
        if self.infinite || product.infinite {
            return i64::MIN;
        }
        let (mantissa, exponent) = (u128::from(product.mantissa), product.exponent);
        let whole = match exponent {
            0..=63 => mantissa << exponent,
            64.. if mantissa != 0 => return i64::MIN,
            -127..0 => {
                let (whole, rest) = (mantissa >> -exponent, mantissa & ((1 << -exponent) - 1));
                whole + u128::from(rest != 0 && !self.negative)
            }
            _ => u128::from(mantissa != 0 && !self.negative),
        };
        match i64::try_from(whole) {
            Ok(whole) if self.negative => -whole,
            Ok(whole) => whole,
            Err(_) => i64::MIN,
        }
    }

    /// The number with up to 17 decimals and no trailing zeros (`LD_STR_HUMAN`).
    pub(crate) fn print(self) -> String {
        /// A one with 17 decimals.
        const ONE: u128 = 100_000_000_000_000_000;
        if self.infinite {
            return if self.negative { "-inf" } else { "inf" }.to_owned();
        }
        let text = if self.exponent >= 0 {
            let mut whole = Big::from_digits(self.mantissa.to_string().as_bytes().iter(), 10);
            whole.shift_left(self.exponent as usize);
            whole.into_decimal()
        } else {
            let scaled = u128::from(self.mantissa) * ONE;
            let scaled = match -self.exponent {
                down @ 1..=127 => {
                    let (kept, rest, half) =
                        (scaled >> down, scaled & ((1 << down) - 1), 1_u128 << (down - 1));
                    kept + u128::from(rest > half || (rest == half && kept & 1 == 1))
                }
                _ => 0,
            };
            trimmed(&format!("{}.{:017}", scaled / ONE, scaled % ONE)).to_owned()
        };
        if self.negative && text != "0" { format!("-{text}") } else { text }
    }
}

impl From<i64> for LongDouble {
    fn from(value: i64) -> Self {
        let size = round(u128::from(value.unsigned_abs()), 0, false);
        Self { negative: value < 0, ..size }
    }
}

/// By size; both are finite, and the mantissas of all but the tiniest have the highest bit set.
fn magnitude(number: LongDouble) -> (bool, i64, u64) {
    (number.mantissa != 0, number.exponent, number.mantissa)
}

/// `digits * 10^exponent`; `None` if it overflows or vanishes.
fn decimal(mut digits: Big, exponent: i64) -> Option<LongDouble> {
    if digits.is_zero() {
        return Some(LongDouble::ZERO);
    }
    // Texts are shorter than 5120 digits, numbers lie within 10^±4966: beyond that nothing is in range.
    if exponent > 5_000 {
        return None;
    }
    if exponent < -11_000 {
        return None;
    }
    if exponent >= 0 {
        for _ in 0..exponent {
            digits.times_plus(10, 0);
        }
        return binary(&digits, 0, false);
    }
    // 10^k has at most 4k bits: so many more make the quotient longer than any mantissa.
    let down = exponent.unsigned_abs() as usize;
    let up = down * 4 + 80;
    digits.shift_left(up);
    let mut sticky = false;
    for _ in 0..down / 9 {
        sticky |= digits.divide(1_000_000_000) != 0;
    }
    for _ in 0..down % 9 {
        sticky |= digits.divide(10) != 0;
    }
    binary(&digits, -(up as i64), sticky)
}

/// `digits * 2^exponent`, and a little more if `sticky`; `None` if it overflows or vanishes.
fn binary(digits: &Big, exponent: i64, sticky: bool) -> Option<LongDouble> {
    if digits.is_zero() {
        return Some(LongDouble::ZERO);
    }
    let (top, below, more) = digits.top();
    let number = round(top, exponent + below as i64, sticky || more);
    (!number.infinite && number.mantissa != 0).then_some(number)
}

/// `bits * 2^exponent`, and a little more if `sticky`, rounded to even: positive, infinite if too large.
fn round(bits: u128, exponent: i64, sticky: bool) -> LongDouble {
    if bits == 0 {
        return LongDouble::ZERO;
    }
    // Move the highest bit to the top, so that what is dropped below bit 64 decides about rounding.
    let up = bits.leading_zeros();
    let (bits, exponent) = (bits << up, exponent - i64::from(up) + 64);
    // Below the normal range fewer bits are kept.
    let extra = (MIN_EXPONENT - exponent).max(0);
    if extra > 64 {
        return LongDouble::ZERO;
    }
    let (drop, mut exponent) = (64 + extra as u32, exponent + extra);
    let (mut kept, rest) = match drop {
        128 => (0, bits),
        _ => (bits >> drop, bits & ((1 << drop) - 1)),
    };
    let half = 1_u128 << (drop - 1);
    if rest > half || (rest == half && (sticky || kept & 1 == 1)) {
        kept += 1;
    }
    if kept >> 64 != 0 {
        kept >>= 1;
        exponent += 1;
    }
    if exponent > MAX_EXPONENT {
        return LongDouble { infinite: true, ..LongDouble::ZERO };
    }
    let mantissa = kept as u64;
    LongDouble { mantissa, exponent: if mantissa == 0 { 0 } else { exponent }, ..LongDouble::ZERO }
}
