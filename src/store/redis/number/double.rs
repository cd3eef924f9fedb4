//! Doubles: the scores of sorted sets, the keys of SORT.

use super::scan::{Written, is_blank, scan};

/// A double that is the whole of `text`, by the rules of `string2d`.
///
/// Leading blanks, not-a-number, and values that overflow or vanish are refused; infinities written out and
/// hexadecimal floats are fine.
pub(crate) fn read_double(text: &[u8]) -> Option<f64> {
    if text.first().is_none_or(|byte| is_blank(*byte)) {
        return None;
    }
    let (value, length, exact_range) = prefix(text);
    (length == text.len() && exact_range && !value.is_nan()).then_some(value)
}

/// The double at the head of `text` and the bytes it takes, as `strtod` reads it; `None` if there is none.
pub(crate) fn leading_double(text: &[u8]) -> Option<(f64, usize)> {
    let (value, length, _) = prefix(text);
    (length > 0).then_some((value, length))
}

/// A double by the laxer rules of score ranges (`zslParseRange`): blanks may lead, an empty text is 0, what
/// overflows is infinite, and a zero byte ends the text.
pub(crate) fn read_double_prefix(text: &[u8]) -> Option<f64> {
    let (value, length, _) = prefix(text);
    (text.get(length).is_none_or(|byte| *byte == 0) && !value.is_nan()).then_some(value)
}

/// A double as SORT reads what it sorts by: as a bound of a score range, but what overflows or vanishes is
/// refused.
pub(crate) fn read_sort_key(text: &[u8]) -> Option<f64> {
    let (_, _, exact_range) = prefix(text);
    read_double_prefix(text).filter(|_| exact_range)
}

/// The double as C's `%.17g` prints it, integers within 2^52 as such.
///
/// Redis 7.0 prints scores so: `0.1` is `0.10000000000000001` (Redis fact 24).
pub(crate) fn print_double(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    if value == 0.0 {
        return if value.is_sign_negative() { "-0" } else { "0" }.to_owned();
    }
    let scientific = format!("{value:.16e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..17).contains(&exponent) {
        let decimals = usize::try_from(16 - exponent).unwrap_or(0);
        return trimmed(&format!("{value:.decimals$}")).to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trimmed(digits), exponent.abs())
}

/// Without trailing zeros behind the point, and without a bare point.
pub(super) fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// The double at the head of `text`, the bytes it takes, and whether it neither overflowed nor vanished.
fn prefix(text: &[u8]) -> (f64, usize, bool) {
    let Some(scanned) = scan(text) else { return (0.0, 0, true) };
    let (size, in_range) = match scanned.written {
        Written::Infinite => (f64::INFINITY, true),
        Written::NotANumber => (f64::NAN, true),
        Written::Decimal { whole, fraction, .. } => {
            let zero = whole.iter().chain(fraction).all(|digit| *digit == b'0');
            let size = std::str::from_utf8(&text[..scanned.length])
                .ok()
                .and_then(|text| {
                    text.trim_start_matches(|c: char| !c.is_ascii_graphic()).parse::<f64>().ok()
                })
                .map_or(0.0, f64::abs);
            (size, size.is_finite() && (zero || size != 0.0))
        }
        Written::Hexadecimal { whole, fraction, exponent } => {
            hexadecimal(whole, fraction, exponent)
        }
    };
    (if scanned.negative { -size } else { size }, scanned.length, in_range)
}

/// `whole.fraction * 2^exponent`, rounded to even, and whether it neither overflowed nor vanished.
fn hexadecimal(whole: &[u8], fraction: &[u8], exponent: i64) -> (f64, bool) {
    let mut mantissa = 0_u64;
    let mut exponent = exponent - 4 * fraction.len() as i64;
    for digit in whole.iter().chain(fraction) {
        let digit = u64::from(char::from(*digit).to_digit(16).unwrap_or(0));
        if mantissa >> 58 == 0 {
            mantissa = mantissa << 4 | digit;
        } else {
            // What no longer fits only decides about rounding: keep it as a sticky bit.
            mantissa |= u64::from(digit != 0);
            exponent += 4;
        }
    }
    if mantissa == 0 {
        return (0.0, true);
    }
    let top = exponent + 64 - i64::from(mantissa.leading_zeros());
    if top > 1024 {
        return (f64::INFINITY, false);
    }
    // The lowest exponent that a double with this highest bit can express.
    let lowest = (top - 53).max(-1074);
    let drop = lowest - exponent;
    let kept = match drop {
        ..=0 => return exact(mantissa, exponent),
        1..=63 => {
            let (kept, rest, half) =
                (mantissa >> drop, mantissa & ((1 << drop) - 1), 1_u64 << (drop - 1));
            kept + u64::from(rest > half || (rest == half && kept & 1 == 1))
        }
        64 => u64::from(mantissa > 1 << 63),
        _ => 0,
    };
    let (value, _) = exact(kept, lowest);
    (value, value.is_finite() && value != 0.0)
}

/// `mantissa * 2^exponent`, which a double expresses exactly (or which overflows), in steps that stay exact.
fn exact(mantissa: u64, exponent: i64) -> (f64, bool) {
    let mut value = mantissa as f64;
    let mut exponent = exponent;
    while exponent > 0 && value.is_finite() {
        let step = exponent.min(512);
        value *= power_of_two(step);
        exponent -= step;
    }
    while exponent < 0 && value != 0.0 {
        let step = exponent.max(-512);
        value *= power_of_two(step);
        exponent -= step;
    }
    (value, value.is_finite())
}

/// `2^exponent`, for exponents of normal doubles.
fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((1023 + exponent) as u64) << 52)
}
