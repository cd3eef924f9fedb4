//! Integers, as `string2ll` of Redis reads them.

/// The integer that `text` is the canonical decimal form of.
///
/// Only the form that Redis itself would print is an integer: ` 1`, `+1`, `007` and `-0` are not
/// (Redis fact 24).
pub(crate) fn read_integer(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let canonical = match digits {
        [b'0'] => digits.len() == text.len(),
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if !canonical {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}
