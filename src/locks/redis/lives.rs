//! Times to live as commands of Redis say them: in whole milliseconds or seconds. What a unit cannot say is no parameter.

use std::ops::Deref;

use serde::de::{Deserialize, Deserializer, Error};

use crate::json::{Duration, Problem, Section};
use crate::time::Micros;

/// A time to live for `PX`: whole milliseconds, at least one; `MS` of them unless a model says otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Millis<const MS: i64>(Micros);

/// A time to live in whole seconds; `MS` milliseconds unless a model says otherwise.
///
/// What 0 means depends on the library.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Seconds<const MS: i64>(Micros);

impl<const MS: i64> Default for Millis<MS> {
    fn default() -> Self {
        Self(Micros::from_ms(MS))
    }
}

impl<const MS: i64> Default for Seconds<MS> {
    fn default() -> Self {
        Self(Micros::from_ms(MS))
    }
}

impl<const MS: i64> Deref for Millis<MS> {
    type Target = Micros;
    fn deref(&self) -> &Micros {
        &self.0
    }
}

impl<const MS: i64> Deref for Seconds<MS> {
    type Target = Micros;
    fn deref(&self) -> &Micros {
        &self.0
    }
}

/// A span that is no whole number of units of so many microseconds (µs), in words.
fn broken(Micros(us): Micros, unit: i64, name: &str) -> Option<String> {
    let (less, more) = (us / unit, us / unit + 1);
    (us % unit != 0).then(|| {
        let [given, below, above] = [us, less * unit, more * unit].map(|us| Duration(Micros(us)));
        format!(
            "{given} is no whole number of {name}, in which this time to live is sent: most client libraries cut it off \
             and send {less}; write {below} or {above}"
        )
    })
}

fn whole<E: Error>(given: Duration, unit: i64, name: &str) -> Result<Micros, E> {
    match broken(given.0, unit, name) {
        Some(why) => Err(E::custom(why)),
        None => Ok(given.0),
    }
}

/// Refuses the parameter `field` of a recipe if it is no whole number of units of so many microseconds (µs).
pub(super) fn whole_in(
    section: &Section<'_>,
    field: &str,
    given: Micros,
    unit: i64,
    name: &str,
) -> Result<(), Box<Problem>> {
    match broken(given, unit, name) {
        Some(why) => Err(section.field(field)?.error(why)),
        None => Ok(()),
    }
}

impl<'de, const MS: i64> Deserialize<'de> for Millis<MS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = Duration::deserialize(deserializer)?;
        if given.0 == Micros::ZERO {
            return Err(D::Error::custom(
                "a time to live of 0: client libraries send PX 0, and each time Redis answers \
                 ERR invalid expire time in 'set' command",
            ));
        }
        whole(given, 1000, "milliseconds").map(Self)
    }
}

impl<'de, const MS: i64> Deserialize<'de> for Seconds<MS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        whole(Duration::deserialize(deserializer)?, 1_000_000, "seconds").map(Self)
    }
}
