//! What models expect, in words.

use std::fmt::Write as _;

use super::words;
use crate::model::{Expect, Verdict};
use crate::run::Found;

/// `, as expected` or `, but …`; nothing if nothing was expected.
pub fn beside(found: &Found, expect: Option<&Expect>, bounded: bool) -> String {
    match expect {
        None => String::new(),
        Some(expect) if found.is(expect, bounded) => ", as expected".to_owned(),
        Some(expect) => format!(", but the model expects: {}", in_words(expect)),
    }
}

/// An expectation: `violated (mutual-exclusion) with 1 fault`.
pub fn in_words(expect: &Expect) -> String {
    let mut text = name(expect.verdict).to_owned();
    if let Some(property) = &expect.property {
        let _ = write!(text, " ({property})");
    }
    if let Some(deviations) = expect.deviations {
        let _ = write!(text, " with {}", words::counted(u64::from(deviations), "fault"));
    }
    if let Some(within) = expect.within {
        let _ = write!(text, " within {}", words::counted(u64::from(within), "fault"));
    }
    text
}

/// A verdict's name in model files.
pub fn name(verdict: Verdict) -> &'static str {
    Verdict::ALL.iter().find(|(_, known)| *known == verdict).map_or("", |(name, _)| name)
}
