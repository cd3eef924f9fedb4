//! How properties tell times and lists.

use crate::time::Micros;

/// The oldest age (µs) that a property keeps apart: ten minutes. What is older counts as that old, so that states
/// stay few.
pub(super) const OLDEST: Micros = Micros(-600_000_000);

/// A span as people tell it: `12 s`, `10.5 s`, `3 ms`.
pub(super) fn span(span: Micros) -> String {
    span.in_seconds()
}

/// Several names: `c1, c2 and c3`.
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
