//! `tonumber` as Lua 5.1 has it: `strtod` for base 10, and `strtoul` for any other.

use lua_types::value::LuaValue;
use lua_vm::state::LuaState;

use super::super::native::{
    Native, arg, count, give, number_arg, number_of, text_arg, wrong_type, wrong_value,
};

/// `tonumber(value [, base])`.
pub(in super::super) fn tonumber(state: &mut LuaState) -> Native {
    if count(state) == 0 {
        return Err(wrong_value(state, 1, "value expected"));
    }
    let base = match arg(state, 2) {
        LuaValue::Nil => 10,
        _ => number_arg(state, 2)? as i64 as i32,
    };
    let number = if base == 10 {
        match arg(state, 1) {
            LuaValue::Str(text) => decimal(text.as_bytes()),
            value => number_of(&value),
        }
    } else {
        let text = text_arg(state, 1).map_err(|_| wrong_type(state, 1, "string"))?;
        if !(2..=36).contains(&base) {
            return Err(wrong_value(state, 2, "base out of range"));
        }
        in_base(&text, base as u32)
    };
    give(state, number.map_or(LuaValue::Nil, LuaValue::Float))
}

/// Up to the first NUL, where C's text ends, without the white space around it.
fn trimmed(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| *byte == 0).unwrap_or(text.len());
    let is_space = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x0b;
    let text = &text[..end];
    let start = text.iter().position(|byte| !is_space(byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !is_space(byte)).map_or(start, |last| last + 1);
    &text[start..end]
}

fn signed(text: &[u8]) -> (bool, &[u8]) {
    match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    }
}

/// The number that the whole text is for `strtod`; whole hexadecimal ones too, by `strtoul`.
fn decimal(text: &[u8]) -> Option<f64> {
    let (negative, digits) = signed(trimmed(text));
    let with_sign = |number: f64| if negative { -number } else { number };
    if let [b'0', b'x' | b'X', rest @ ..] = digits {
        return hexadecimal(rest).map(with_sign);
    }
    let words = std::str::from_utf8(digits).ok()?;
    let lower = words.to_ascii_lowercase();
    match lower.as_str() {
        "inf" | "infinity" => return Some(with_sign(f64::INFINITY)),
        "nan" => return Some(with_sign(f64::NAN)),
        // What else Rust reads and C does not, or the other way round.
        _ if !digits.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.') => {
            return None;
        }
        _ => {}
    }
    words.parse().ok().map(with_sign)
}

/// `1f`, `1.8p3`: what follows `0x`.
fn hexadecimal(text: &[u8]) -> Option<f64> {
    let power_at = text.iter().position(|byte| matches!(byte, b'p' | b'P'));
    let (mantissa, power) = match power_at {
        Some(at) => (&text[..at], std::str::from_utf8(&text[at + 1..]).ok()?.parse().ok()?),
        None => (text, 0),
    };
    let point = mantissa.iter().position(|byte| *byte == b'.');
    let (whole, part) = match point {
        Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
        None => (mantissa, &[][..]),
    };
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    let mut number = 0.0_f64;
    for byte in whole.iter().chain(part) {
        number = number * 16.0 + f64::from(char::from(*byte).to_digit(16)?);
    }
    let power: i32 = power;
    Some(number * 2.0_f64.powi(power.saturating_sub(4 * part.len() as i32)))
}

/// The number that the whole text is for `strtoul`: what is too large is the largest, and a minus wraps around.
fn in_base(text: &[u8], base: u32) -> Option<f64> {
    let (negative, mut digits) = signed(trimmed(text));
    if base == 16
        && let [b'0', b'x' | b'X', rest @ ..] = digits
        && !rest.is_empty()
    {
        digits = rest;
    }
    if digits.is_empty() {
        return None;
    }
    let mut number = Some(0_u64);
    for byte in digits {
        let digit = char::from(*byte).to_digit(base)?;
        number = number.and_then(|it| it.checked_mul(base.into())?.checked_add(digit.into()));
    }
    Some(match number {
        Some(number) if negative => number.wrapping_neg() as f64,
        Some(number) => number as f64,
        None => u64::MAX as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a real server answered (FACTS A5), or the C standard says.
    #[test]
    fn texts_are_numbers_as_in_c() {
        for (text, number) in [
            ("inf", Some(f64::INFINITY)),
            ("-INF", Some(f64::NEG_INFINITY)),
            (" 5 ", Some(5.0)),
            ("5\0", Some(5.0)),
            ("0x1F", Some(31.0)),
            ("-0x1p4", Some(-16.0)),
            ("1e", None),
            ("1e5", Some(1e5)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("", None),
            ("- 5", None),
            ("1_000", None),
        ] {
            assert_eq!(decimal(text.as_bytes()), number, "{text}");
        }
        assert!(decimal(b"nan").is_some_and(f64::is_nan));
        for (text, base, number) in [
            ("10", 16, Some(16.0)),
            ("0x1F", 16, Some(31.0)),
            ("-ff", 16, Some(1.844_674_407_370_955_1e19)),
            ("ffffffffffffffffff", 16, Some(u64::MAX as f64)),
            ("12", 2, None),
            ("zz", 36, Some(1295.0)),
        ] {
            assert_eq!(in_base(text.as_bytes(), base), number, "{text} in base {base}");
        }
    }
}
