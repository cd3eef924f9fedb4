//! What a command may learn of the machine: how wide the terminal is, and how long something took.
//!
//! Neither changes what a model comes to, but that `--time-limit` cuts a search short, and says so. Durations go to standard error, so that equal commands write equal bytes;
//! nothing on standard output says how long anything took.

use std::fmt;

/// The width of reports, in characters: `COLUMNS`, or that of the terminal, or 100 where the result goes elsewhere; within
/// reason.
pub(super) fn width() -> usize {
    real_width().unwrap_or(100)
}

/// The same; none where the result goes to a file or a pipe and nobody asked for a width: there nothing need be cut.
#[expect(
    clippy::disallowed_methods,
    reason = "it changes how a report is laid out, never what it says"
)]
pub(super) fn real_width() -> Option<usize> {
    let columns = std::env::var("COLUMNS").ok();
    let asked = columns.and_then(|columns| columns.trim().parse().ok()).filter(|it| *it > 0);
    let real = || {
        let (terminal_size::Width(width), _) = terminal_size::terminal_size_of(std::io::stdout())?;
        Some(usize::from(width)).filter(|width| *width > 0)
    };
    asked.or_else(real).map(|width| width.clamp(40, 240))
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
