//! Lines of input, which may be anything.

use std::fmt;
use std::io::{self, BufRead, Read};

/// The longest line that is read, in bytes: 1 MiB.
pub const LONGEST_LINE: usize = 1 << 20;

/// Why a line of input is not looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BadLine {
    /// It is longer than [`LONGEST_LINE`].
    TooLong,
    /// It is not UTF-8; the first bad byte, and its place in the line, from 1.
    NotText {
        /// The byte.
        byte: u8,
        /// Its place.
        place: usize,
    },
    /// It has a NUL byte; its place in the line, from 1.
    Nul {
        /// Its place.
        place: usize,
    },
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => {
                write!(f, "the line is longer than {} MiB and was left out", LONGEST_LINE >> 20)
            }
            Self::NotText { byte, place } => {
                write!(f, "the line is not UTF-8: byte {place} is 0x{byte:02x}; it was left out")
            }
            Self::Nul { place } => write!(f, "byte {place} of the line is NUL; it was left out"),
        }
    }
}

impl std::error::Error for BadLine {}

/// The next line of `input` without its end, or `None` after the last one. The last line needs no end.
pub fn next_line(input: &mut impl BufRead) -> io::Result<Option<Result<String, BadLine>>> {
    let mut line = Vec::new();
    // One more for the end of the line.
    let most = LONGEST_LINE as u64 + 1;
    if input.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() > LONGEST_LINE {
        skip_rest(input)?;
        return Ok(Some(Err(BadLine::TooLong)));
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(text(line)))
}

fn text(line: Vec<u8>) -> Result<String, BadLine> {
    let text = String::from_utf8(line).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        BadLine::NotText { byte: error.as_bytes()[at], place: at + 1 }
    })?;
    match text.find('\0') {
        Some(at) => Err(BadLine::Nul { place: at + 1 }),
        None => Ok(text),
    }
}

fn skip_rest(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let used = end.map_or(buffer.len(), |end| end + 1);
        input.consume(used);
        if end.is_some() {
            return Ok(());
        }
    }
}
