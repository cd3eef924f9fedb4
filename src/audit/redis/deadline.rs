//! Locks whose value says when they are over.

use super::role::Asked;
use crate::store::redis::Reply;
use crate::time::Micros;
use crate::trace::recorded::monitor::{Driver, Step};

/// A value that is the end of a lock in itself, as the log's time (µs since 1970): seconds or milliseconds since 1970
/// that are near.
pub(super) fn deadline(value: &[u8], now: Micros) -> Option<Micros> {
    let number: f64 = std::str::from_utf8(value).ok()?.parse().ok()?;
    let near = |micros: f64| {
        let ahead = micros - now.0 as f64;
        (-3.6e9..2.6e12).contains(&ahead).then_some(Micros(micros as i64))
    };
    near(number * 1e6).or_else(|| near(number * 1e3)).or_else(|| near(number))
}

/// The new and the old end, where one deadline took the place of another: the old one is what the command answered.
pub(super) fn deadlines(
    driver: &mut Driver,
    asked: Asked<'_>,
    step: &Step,
) -> Option<(Micros, Micros)> {
    let now = driver.log_time(step.now);
    let Some(Reply::Bulk(old)) = &step.reply else { return None };
    let old = deadline(old, now)?;
    let Some(Reply::Bulk(value)) = driver.looked(asked.db, &[b"GET", asked.key]) else {
        return None;
    };
    Some((deadline(&value, now)?, old))
}
