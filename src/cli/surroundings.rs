//! What a command may learn of the machine: how wide the terminal is, and how long something took.
//!
//! Neither changes what a model comes to. Durations go to standard error only, so that equal commands write equal bytes.

use std::fmt;

/// The width of reports, in characters: `COLUMNS` within reason, or 100.
#[expect(
    clippy::disallowed_methods,
    reason = "it changes how a report is laid out, never what it says"
)]
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok();
    columns.and_then(|columns| columns.trim().parse().ok()).unwrap_or(100_usize).clamp(60, 200)
}

/// How long something took.
#[derive(Debug)]
pub(super) struct Stopwatch(
    #[expect(clippy::disallowed_types, reason = "what it measures goes to standard error only")]
    std::time::Instant,
);

impl Stopwatch {
    pub(super) fn start() -> Self {
        #[expect(clippy::disallowed_types, reason = "what it measures goes to standard error only")]
        Self(std::time::Instant::now())
    }
}

impl fmt::Display for Stopwatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0.elapsed().as_millis();
        match ms {
            0..=999 => write!(f, "{ms} ms"),
            _ => write!(f, "{}.{} s", ms / 1000, ms % 1000 / 100),
        }
    }
}
