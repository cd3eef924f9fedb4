//! Traces: JSON Lines that a person reads and the program replays.
//!
//! Line 1 is the [`Header`]; each later line is one event. Recordings of real servers and traces of own
//! runs share the header's first members and the `at` of every event; [`Origin`] tells them apart.

mod bad;
mod content;
mod header;
mod lines;
pub mod own;
pub mod packed;
pub mod recorded;

pub use bad::{BadFile, BadRecording};
pub use content::Content;
pub use header::{Header, Origin};
pub use lines::{Line, Lines};

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// A trace in memory: its header and the lines of its events, not yet understood.
#[derive(Clone, PartialEq, Debug)]
pub struct Trace {
    /// What line 1 says.
    pub header: Header,
    /// Line 2 and on, one event each.
    pub events: Vec<Line>,
}

impl Trace {
    /// Reads the file at `path`.
    pub fn open(path: &Path) -> Result<Self, BadFile> {
        // Opening a directory succeeds on some systems and then fails with a less helpful text.
        if path.is_dir() {
            return Err(BadFile::whole(path, "this is a directory, not a trace file"));
        }
        let file = File::open(path).map_err(|error| BadFile::unreadable(path, &error))?;
        Self::read(BufReader::new(file)).map_err(|bad| bad.of(path))
    }

    /// Reads a trace from `source` to its end.
    ///
    /// The header is judged before the second line is read, so a file that is no trace is refused early.
    pub fn read(source: impl BufRead) -> Result<Self, BadRecording> {
        let mut lines = Lines::new(source);
        let first = lines.next().ok_or_else(|| {
            BadRecording::new(0, 0, "the file is empty; a trace begins with a header line")
        })??;
        let header = Header::parse(&first)?;
        let events = lines.collect::<Result<_, _>>()?;
        Ok(Self { header, events })
    }

    /// The trace that `lines` are.
    pub fn of(mut lines: Vec<Line>) -> Result<Self, BadRecording> {
        if lines.is_empty() {
            return Self::read(io::empty());
        }
        let header = Header::parse(&lines.remove(0))?;
        Ok(Self { header, events: lines })
    }

    /// Whether a line ends in CR LF, as this program writes none.
    pub fn ends_in_crlf(&self) -> bool {
        self.header.line.crlf || self.events.iter().any(|line| line.crlf)
    }
}
