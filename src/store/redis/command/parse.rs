//! Arguments of commands, read as the server reads them.

use crate::store::redis::error::Error;
use crate::store::redis::number::{LongDouble, read_double, read_integer};
use crate::store::redis::reply::Bytes;

/// Whether `argument` is the option `name`, in any case.
pub(super) fn is_option(argument: &[u8], name: &str) -> bool {
    argument.eq_ignore_ascii_case(name.as_bytes())
}

/// A 64-bit integer.
pub(super) fn integer(argument: &[u8]) -> Result<i64, Error> {
    read_integer(argument).ok_or(Error::NOT_AN_INTEGER)
}

/// An integer that is not negative.
pub(super) fn positive(argument: &[u8]) -> Result<usize, Error> {
    positive_or(argument, Error::NOT_POSITIVE)
}

/// An integer that is not negative, with the command's own error for everything else.
pub(super) fn positive_or(argument: &[u8], error: Error) -> Result<usize, Error> {
    read_integer(argument).and_then(|number| usize::try_from(number).ok()).ok_or(error)
}

/// An integer of at least 1, with the command's own error for everything else.
pub(super) fn at_least_one(argument: &[u8], error: Error) -> Result<usize, Error> {
    positive_or(argument, error.clone())
        .and_then(|number| if number == 0 { Err(error) } else { Ok(number) })
}

/// The count of a command that draws at random: any integer but the smallest.
pub(super) fn draw_count(argument: &[u8]) -> Result<i64, Error> {
    match integer(argument)? {
        i64::MIN => Err(Error::text(format!(
            "ERR value is out of range, value must between {} and {}",
            -i64::MAX,
            i64::MAX
        ))),
        count => Ok(count),
    }
}

/// A double that is a number.
pub(super) fn double(argument: &[u8]) -> Result<f64, Error> {
    read_double(argument).ok_or(Error::NOT_A_FLOAT)
}

/// The timeout of a blocking command in seconds, as the ms of the wall clock at which it is over; `None` for
/// ever.
pub(super) fn timeout(argument: &[u8], now_ms: i64) -> Result<Option<i64>, Error> {
    const NOT_A_TIMEOUT: Error = Error::fixed("ERR timeout is not a float or out of range");
    let seconds = LongDouble::read(argument).ok_or(NOT_A_TIMEOUT)?;
    match seconds.seconds_to_ms() {
        0 => Ok(None),
        ms @ 1.. => Ok(Some(now_ms.saturating_add(ms))),
        _ => Err(Error::fixed("ERR timeout is negative")),
    }
}

/// The keys that `numkeys` at `at` announces, and the position behind them: `None` if they are not all there.
pub(super) fn numbered_keys(
    argv: &[Bytes],
    at: usize,
    numkeys: usize,
) -> Option<(&[Bytes], usize)> {
    let end = (at + 1).checked_add(numkeys)?;
    Some((argv.get(at + 1..end)?, end))
}
