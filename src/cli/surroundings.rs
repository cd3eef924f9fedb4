//! What a command may learn of the machine: how wide the terminal is, and how long something took.
//!
//! Neither changes what a model comes to, but that `--time-limit` cuts a search short, and says so. Durations go to standard error, so that equal commands write equal bytes;
//! only the table of several models and its JSON say how long each took.

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

/// A span of the machine's clock (ms).
#[derive(Clone, Copy, Debug)]
pub(super) struct Took(pub(super) u64);

impl Stopwatch {
    /// How long it took so far.
    pub(super) fn took(&self) -> Took {
        Took(u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ms @ 0..=999 => f.pad(&format!("{ms} ms")),
            ms => f.pad(&format!("{}.{} s", ms / 1000, ms % 1000 / 100)),
        }
    }
}

impl fmt::Display for Stopwatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.took().fmt(f)
    }
}
