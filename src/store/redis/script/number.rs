//! Numbers as text, as C's `printf` writes them, on every platform alike.

/// `%.17g`: a number that is an argument of a command (Redis fact 15).
pub(crate) fn argument(number: f64) -> Vec<u8> {
    general(number, 17)
}

/// `%.14g`: a number that Lua turns into text.
pub(crate) fn display(number: f64) -> Vec<u8> {
    general(number, 14)
}

/// The integer that a number becomes in a reply: truncated; what is too large, infinite or not a number is the
/// least integer, as the conversion of the CPU has it (Redis fact 15).
pub(super) fn reply_integer(number: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&number) { number as i64 } else { i64::MIN }
}

/// The integer that a number is, if it is one and a double can tell it from its neighbours.
pub(crate) fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

/// `%.{digits}g`.
pub(super) fn general(number: f64, digits: usize) -> Vec<u8> {
    // Most numbers of scripts are small integers.
    if let Some(integer) = whole(number)
        && integer.abs() < 100_000_000_000_000
        && (integer != 0 || number.is_sign_positive())
    {
        return integer.to_string().into_bytes();
    }
    if number.is_nan() {
        // x86 gives its own NaNs a sign.
        return b"-nan".to_vec();
    }
    if number.is_infinite() {
        return if number > 0.0 { b"inf".to_vec() } else { b"-inf".to_vec() };
    }
    let scientific = format!("{:.*e}", digits - 1, number);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -4 || exponent >= digits as i32 {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", without_zeros(mantissa), exponent.abs()).into_bytes();
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    without_zeros(&format!("{number:.decimals$}")).as_bytes().to_vec()
}

/// A decimal fraction without the zeros at its end.
fn without_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_c_writes_them() {
        for (number, seventeen, fourteen) in [
            (3.7, "3.7000000000000002", "3.7"),
            (0.1, "0.10000000000000001", "0.1"),
            (-0.0, "-0", "-0"),
            (1e15, "1000000000000000", "1e+15"),
            (1e14, "100000000000000", "1e+14"),
            (123_456_789_012_345.0, "123456789012345", "1.2345678901234e+14"),
            (1e-5, "1.0000000000000001e-05", "1e-05"),
            (1e100, "1e+100", "1e+100"),
            (f64::NAN, "-nan", "-nan"),
            (f64::INFINITY, "inf", "inf"),
        ] {
            assert_eq!(String::from_utf8_lossy(&argument(number)), seventeen);
            assert_eq!(String::from_utf8_lossy(&display(number)), fourteen);
        }
        assert_eq!(reply_integer(-0.5), 0);
        assert_eq!(reply_integer(f64::INFINITY), i64::MIN);
    }
}
