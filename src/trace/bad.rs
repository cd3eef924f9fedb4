//! What is wrong with a file, and where.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::visible;

/// What is wrong with a trace, and where in it. The file's name is added by [`BadRecording::of`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadRecording {
    /// The line, from 1; 0 if the trace as a whole is meant.
    pub line: usize,
    /// The character in that line, from 1; 0 if the line as a whole is meant.
    pub column: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl BadRecording {
    /// Something wrong at `line` and `column`.
    pub fn new(line: usize, column: usize, message: impl Into<String>) -> Self {
        Self { line, column, message: message.into() }
    }

    /// The same, of the file at `path`.
    pub fn of(self, path: &Path) -> BadFile {
        BadFile {
            path: path.to_path_buf(),
            line: self.line,
            column: self.column,
            message: self.message,
        }
    }
}

/// What is wrong with a file, and where: `traces/a.jsonl:3:11: unknown event`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadFile {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1; 0 if the file as a whole is meant.
    pub line: usize,
    /// The character in that line, from 1; 0 if the line as a whole is meant.
    pub column: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl BadFile {
    /// Something wrong with the file as a whole.
    pub fn whole(path: &Path, message: impl Into<String>) -> Self {
        BadRecording::new(0, 0, message).of(path)
    }

    /// The system did not let the file be read.
    pub fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::whole(path, unreadable(error))
    }
}

/// Why the system did not let something be read, in words that do not differ between systems.
pub(super) fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "the file may not be read (permission denied)".to_owned()
        }
        io::ErrorKind::IsADirectory => "this is a directory, not a file".to_owned(),
        _ => format!("the file cannot be read: {error}"),
    }
}

/// `line:column: message`, without what is not known.
fn place(f: &mut fmt::Formatter<'_>, line: usize, column: usize, message: &str) -> fmt::Result {
    let message = visible::line(message);
    match (line, column) {
        (0, _) => write!(f, "{message}"),
        (line, 0) => write!(f, "{line}: {message}"),
        (line, column) => write!(f, "{line}:{column}: {message}"),
    }
}

impl fmt::Display for BadRecording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        place(f, self.line, self.column, &self.message)
    }
}

impl fmt::Display for BadFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", visible::line(&self.path.display().to_string()))?;
        if self.line == 0 {
            f.write_str(" ")?;
        }
        place(f, self.line, self.column, &self.message)
    }
}

impl Error for BadRecording {}
impl Error for BadFile {}
