//! Reading a trace line by line, within bounds.

use std::io::{BufRead, Read};

use serde::de::DeserializeOwned;

use super::bad::{BadRecording, unreadable};
use crate::json;

/// One line of a trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its number in the file, from 1.
    pub number: usize,
    /// Its text, without the line break.
    pub text: String,
    /// Whether a line break ended it; only the last line of a file may lack it.
    pub ended: bool,
    /// Whether that line break was CR LF.
    pub crlf: bool,
}

impl Line {
    /// Understands the whole line as one JSON value of type `T`.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, BadRecording> {
        json::read(&self.text).map_err(|error: serde_json::Error| {
            if error.is_eof() && !self.ended {
                let column = self.text.chars().count() + 1;
                return BadRecording::new(
                    self.number,
                    column,
                    "the file ends in the middle of this line; was it cut off?",
                );
            }
            BadRecording::new(self.number, self.column(error.column()), json::in_words(&error))
        })
    }

    /// Something wrong with the line as a whole.
    pub fn bad(&self, message: impl Into<String>) -> BadRecording {
        BadRecording::new(self.number, 0, message)
    }

    /// The character at or before the byte column of an error, both from 1.
    fn column(&self, bytes: usize) -> usize {
        let before = bytes.saturating_sub(1);
        self.text.char_indices().take_while(|(start, _)| *start < before).count() + 1
    }
}

/// The lines of a trace, read one at a time and within bounds.
///
/// After an error the iterator ends.
#[derive(Debug)]
pub struct Lines<R> {
    source: R,
    number: usize,
    bytes: u64,
    failed: bool,
}

impl<R: BufRead> Lines<R> {
    /// The longest line that is read, in bytes (16 MiB). The longest event of a real recording has a
    /// few kilobytes.
    pub const LONGEST: u64 = 16 << 20;
    /// The longest trace that is read, in bytes (1 GiB).
    pub const WHOLE: u64 = 1 << 30;

    /// The lines of `source`.
    pub fn new(source: R) -> Self {
        Self { source, number: 0, bytes: 0, failed: false }
    }

    fn read(&mut self) -> Result<Option<Line>, BadRecording> {
        self.number += 1;
        let number = self.number;
        let whole = |message: String| BadRecording::new(number, 0, message);

        let mut bytes = Vec::new();
        let mut source = (&mut self.source).take(Self::LONGEST + 1);
        let read = source.read_until(b'\n', &mut bytes);
        read.map_err(|error| whole(unreadable(&error)))?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.bytes += bytes.len() as u64;
        let ended = bytes.pop_if(|last| *last == b'\n').is_some();
        // A line break may be two characters.
        let crlf = ended && bytes.pop_if(|last| *last == b'\r').is_some();
        if bytes.len() as u64 > Self::LONGEST {
            let bound = Self::LONGEST >> 20;
            return Err(whole(format!(
                "the line is longer than {bound} MiB, the bound of one event"
            )));
        }
        if self.bytes > Self::WHOLE {
            let bound = Self::WHOLE >> 20;
            return Err(whole(format!(
                "the file is longer than {bound} MiB, the bound of one trace"
            )));
        }
        Self::text(number, bytes).map(|text| Some(Line { number, text, ended, crlf }))
    }

    /// The line as text, or what shows that it is none.
    fn text(number: usize, bytes: Vec<u8>) -> Result<String, BadRecording> {
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let byte = error.as_bytes()[valid];
            let column = String::from_utf8_lossy(&error.as_bytes()[..valid]).chars().count() + 1;
            let message = format!("byte 0x{byte:02x} is not UTF-8; a trace is a text file");
            BadRecording::new(number, column, message)
        })?;
        if number == 1 && text.starts_with('\u{feff}') {
            let message = "the file begins with a byte order mark; save it as UTF-8 without one";
            return Err(BadRecording::new(number, 1, message));
        }
        if let Some(column) = text.chars().position(|char| char == '\0') {
            let message = "a NUL byte; a trace is a text file";
            return Err(BadRecording::new(number, column + 1, message));
        }
        if text.trim_ascii().is_empty() {
            return Err(BadRecording::new(
                number,
                0,
                "an empty line; each line of a trace is one JSON object",
            ));
        }
        Ok(text)
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Line, BadRecording>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let line = self.read().transpose();
        self.failed = !matches!(line, Some(Ok(_)));
        line
    }
}
