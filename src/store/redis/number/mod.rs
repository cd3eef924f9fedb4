//! Numbers in texts, as Redis reads and prints them.
//!
//! Redis leans on the C library: scores are `strtod` and `%.17g`, `INCRBYFLOAT`, `HINCRBYFLOAT` and the
//! timeouts of blocking commands are x86 80-bit `long double`s. Each kind has its own file.

mod big;
mod double;
mod integer;
mod long_double;
mod scan;

pub(crate) use double::{
    leading_double, print_double, read_double, read_double_prefix, read_sort_key,
};
pub(crate) use integer::read_integer;
pub(crate) use long_double::LongDouble;

#[cfg(test)]
mod tests {
    use super::*;

    /// The right-hand sides are what glibc on x86-64 prints.
    #[test]
    fn doubles_print_with_17_digits() {
        for (value, text) in [
            (0.1, "0.10000000000000001"),
            (3.0, "3"),
            (1e17, "1e+17"),
            (17_179_869_184.0, "17179869184"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (1e-7, "9.9999999999999995e-08"),
            (12_345_678.0 + 1.0 / 1024.0, "12345678.000976562"),
            (-0.0, "-0"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(print_double(value), text);
        }
    }

    #[test]
    fn doubles_read_as_strtod_does() {
        for (text, value) in [
            ("0x1p-1074", f64::from_bits(1)),
            ("0x1.8p-1075", f64::from_bits(1)),
            ("0x10.8", 16.5),
            ("+.5", 0.5),
            ("-Infinity", f64::NEG_INFINITY),
            ("0e9999999999999999999", 0.0),
        ] {
            assert_eq!(read_double(text.as_bytes()), Some(value), "{text}");
        }
        for text in ["", " 1", "1 ", "nan", "1e400", "1e-400", "0x1p-1075", "1e", "0x", "."] {
            assert_eq!(read_double(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn score_ranges_read_laxer_texts() {
        for (text, value) in [("", 0.0), (" 1", 1.0), ("1e400", f64::INFINITY), ("1\0x", 1.0)] {
            assert_eq!(read_double_prefix(text.as_bytes()), Some(value), "{text}");
        }
        assert_eq!(read_double_prefix(b"1x"), None);
        assert_eq!(read_double_prefix(b"nan"), None);
    }

    /// The sums are what x86 `long double` arithmetic and `%.17Lf` come to.
    #[test]
    fn long_doubles_add_with_64_bits() {
        let sum = |a: &str, b: &str| {
            let (a, b) = (LongDouble::read(a.as_bytes())?, LongDouble::read(b.as_bytes())?);
            Some(a.plus(b)?.print())
        };
        for (a, b, text) in [
            ("0.1", "0.2", "0.3"),
            ("3.0", "1.1", "4.1"),
            ("980.14875", "0", "980.14874999999999999"),
            ("-1", "1", "0"),
            ("-0", "-0", "0"),
            ("10.5", "0.1", "10.6"),
            ("5.0e3", "2.0e2", "5200"),
            ("18446744073709551617", "0", "18446744073709551616"),
            ("1e30", "1", "1000000000000000000024696061952"),
            ("inf", "1", "inf"),
        ] {
            assert_eq!(sum(a, b).as_deref(), Some(text), "{a} + {b}");
        }
        assert_eq!(sum("inf", "-inf"), None);
        for text in ["", "1e5000", "1e-5000", "1e99999999999999999999", "nan", "1 ", "abc"] {
            assert_eq!(LongDouble::read(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn seconds_round_up_to_milliseconds() {
        for (text, ms) in [
            ("0.01", 10),
            ("0.0101", 11),
            ("0x0.1", 63),
            ("-0.1", -100),
            ("-0.0001", 0),
            ("1e-4000", 1),
            ("1e400", i64::MIN),
            ("inf", i64::MIN),
        ] {
            assert_eq!(
                LongDouble::read(text.as_bytes()).map(LongDouble::seconds_to_ms),
                Some(ms),
                "{text}"
            );
        }
    }
}
