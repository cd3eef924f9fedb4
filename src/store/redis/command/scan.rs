//! What SCAN, HSCAN, SSCAN and ZSCAN share.

use super::parse::{integer, is_option};
use crate::store::redis::error::Error;
use crate::store::redis::glob::matches;
use crate::store::redis::reply::{Bytes, Reply};

/// The options behind the cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct ScanOptions {
    /// `COUNT`: about so many elements; 10 if it is not given.
    pub(super) count: usize,
    /// `MATCH`.
    pattern: Option<Bytes>,
    /// `TYPE`, which only SCAN has.
    pub(super) kind: Option<Bytes>,
}

impl ScanOptions {
    /// The options of SCAN with `of_keys`, else those of HSCAN, SSCAN and ZSCAN.
    pub(super) fn read(arguments: &[Bytes], of_keys: bool) -> Result<Self, Error> {
        let mut options = Self { count: 10, pattern: None, kind: None };
        for pair in arguments.chunks(2) {
            let [name, value] = pair else { return Err(Error::SYNTAX) };
            if is_option(name, "count") {
                options.count = usize::try_from(integer(value)?).unwrap_or(0);
                if options.count == 0 {
                    return Err(Error::SYNTAX);
                }
            } else if is_option(name, "match") {
                // A lone star is no pattern: unlike in KEYS, it also finds an empty name.
                options.pattern = Some(value.clone()).filter(|pattern| **pattern != *b"*");
            } else if of_keys && is_option(name, "type") {
                options.kind = Some(value.clone());
            } else {
                return Err(Error::SYNTAX);
            }
        }
        Ok(options)
    }

    /// Whether `name` is asked for.
    pub(super) fn matches(&self, name: &[u8]) -> bool {
        // A lone star is not even looked at: it matches an empty name too.
        self.pattern.as_ref().is_none_or(|pattern| **pattern == *b"*" || matches(pattern, name))
    }
}

/// A cursor, by the rules of `strtoul`: a sign may lead, an empty text is 0, a zero byte ends it.
pub(super) fn cursor(argument: &[u8]) -> Result<u64, Error> {
    const INVALID: Error = Error::fixed("ERR invalid cursor");
    let text = argument.split(|byte| *byte == 0).next().unwrap_or_default();
    if text.is_empty() {
        return Ok(0);
    }
    let negative = text.starts_with(b"-");
    let unsigned = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+"));
    let digits = unsigned.unwrap_or(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(INVALID);
    }
    let number: u64 =
        std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok()).ok_or(INVALID)?;
    Ok(if negative { number.wrapping_neg() } else { number })
}

/// The next cursor and the elements.
pub(super) fn reply(next: u64, elements: Vec<Bytes>) -> Reply {
    Reply::array([Reply::bulk(next.to_string()), Reply::bulks(elements)])
}
