//! Durations as people write them: `"10s"`.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::time::Micros;

/// A span of time that is written as a number with a unit: `"20us"`, `"1.5s"`, `"2m"`.
///
/// Units are `us`, `ms`, `s`, `m` (minutes), `h` and `d`, and a blank may stand before them. It is never negative and a whole number of
/// microseconds (µs), at most 100 years.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Duration(pub Micros);

/// Why a text is no [`Duration`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadDuration(String);

/// The units with their length in microseconds (µs), the longest first.
const UNITS: [(&str, i64); 6] = [
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("m", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1000),
    ("us", 1),
];

/// The longest duration in microseconds (µs): 100 years of 365 days.
const LONGEST: i64 = 100 * 365 * 24 * 3_600_000_000;

impl FromStr for Duration {
    type Err = BadDuration;

    fn from_str(text: &str) -> Result<Self, BadDuration> {
        let bad = |why: &str| Err(BadDuration(format!("\"{text}\" is no duration: {why}")));
        if text.starts_with('-') {
            return bad("it cannot be negative");
        }
        let digits = text.find(|char: char| !char.is_ascii_digit() && char != '.');
        let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
        let unit = unit.trim_start_matches(' ');
        if number.is_empty() {
            return bad("it begins with a number, as in \"10s\"");
        }
        if unit.is_empty() {
            return bad("the unit is missing: us, ms, s, m, h or d, as in \"10s\"");
        }
        let Some((_, length)) = UNITS.iter().find(|(known, _)| *known == unit) else {
            return bad(&format!("the unit \"{unit}\" is none of us, ms, s, m, h, d"));
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        if whole.is_empty() || fraction.is_empty() || fraction.contains('.') {
            return bad("a number has digits on both sides of one point");
        }
        // Twelve decimals are finer than a microsecond in every unit.
        if fraction.len() > 12 {
            return bad("it is finer than a microsecond");
        }
        let one = 10_i128.pow(fraction.len() as u32);
        let parts = whole.parse::<i64>().ok().zip(fraction.parse::<i64>().ok());
        let Some((whole, fraction)) = parts else {
            return bad("it is longer than 100 years");
        };
        let scaled = (i128::from(whole) * one + i128::from(fraction)) * i128::from(*length);
        if scaled > i128::from(LONGEST) * one {
            return bad("it is longer than 100 years");
        }
        if scaled % one != 0 {
            return bad("it is finer than a microsecond");
        }
        Ok(Self(Micros((scaled / one) as i64)))
    }
}

/// The shortest exact form: `10s`, `1500ms`, `0s`.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.0;
        let fits = |(_, length): &&(&str, i64)| micros % length == 0;
        // Days, hours and minutes are read, but seconds are what timeouts are told in.
        let (unit, length) = UNITS[3..].iter().find(fits).unwrap_or(&UNITS[5]);
        write!(f, "{}{unit}", micros / length)
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Duration;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration such as \"10s\"")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Duration, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<Duration> for Micros {
    fn from(duration: Duration) -> Self {
        duration.0
    }
}

impl fmt::Display for BadDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for BadDuration {}
