//! Ranges of positions, as clients write them.

use std::ops::Range;

/// The elements that `start` and `end` (inclusive; negative: from the back) select of `length`.
///
/// `LRANGE`, `LTRIM`, `ZRANGE` and `ZREMRANGEBYRANK` share these rules.
pub(crate) fn span(start: i64, end: i64, length: usize) -> Option<Range<usize>> {
    let length = length as i64;
    let start = if start < 0 { (length + start).max(0) } else { start };
    let end = if end < 0 { length + end } else { end.min(length - 1) };
    (start <= end && start < length).then(|| start as usize..end as usize + 1)
}
