//! The lines of a MONITOR log, one at a time: those that can be read, and what becomes of the others.

use std::io::{self, BufRead, Read};

use serde_json::Value;

use super::line::{Entry, begins};
use crate::trace::BadRecording;

/// A line as it stands in a file: any bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Raw {
    /// Its number in the file, from 1.
    pub number: usize,
    /// Its bytes, without the line break.
    pub bytes: Vec<u8>,
    /// Whether a line break ended it; only the last line of a file may lack it.
    pub ended: bool,
}

/// What a line of a log is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// A command.
    Command(Entry),
    /// It tells of no command and is in nobody's way: it is blank, a comment, or the reply to MONITOR itself.
    Nothing,
    /// It cannot be read, because of this.
    Unreadable(BadRecording),
}

/// How many lines could not be read, and the first of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Skipped {
    /// How many.
    pub count: u64,
    /// The first ones, at most [`Skipped::KEPT`].
    pub first: Vec<BadRecording>,
}

impl Skipped {
    /// How many are named.
    pub const KEPT: usize = 10;

    /// One more.
    pub fn add(&mut self, bad: BadRecording) {
        self.count += 1;
        if self.first.len() < Self::KEPT {
            self.first.push(bad);
        }
    }
}

/// The lines of a log.
///
/// No line is kept, and none is longer than [`Source::LONGEST`] in memory.
#[derive(Debug)]
pub struct Source<R> {
    reader: R,
    number: usize,
    bytes: u64,
}

impl<R: BufRead> Source<R> {
    /// The longest line that is read, in bytes (16 MiB): of a longer one the rest is passed over.
    pub const LONGEST: u64 = 16 << 20;

    /// The lines of `source`.
    pub fn new(source: R) -> Self {
        Self { reader: source, number: 0, bytes: 0 }
    }

    /// How many bytes were read so far.
    pub fn read_so_far(&self) -> u64 {
        self.bytes
    }

    /// The next line as it stands there; none at the end.
    fn raw(&mut self) -> io::Result<Option<Raw>> {
        let mut bytes = Vec::new();
        (&mut self.reader).take(Self::LONGEST).read_until(b'\n', &mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        self.bytes += bytes.len() as u64;
        let mut ended = bytes.pop_if(|last| *last == b'\n').is_some();
        while !ended && bytes.len() as u64 == Self::LONGEST {
            // The rest of it.
            let mut rest = Vec::new();
            let read = (&mut self.reader).take(1 << 16).read_until(b'\n', &mut rest)?;
            self.bytes += read as u64;
            ended = rest.last() == Some(&b'\n');
            if read == 0 {
                break;
            }
        }
        bytes.pop_if(|last| *last == b'\r');
        Ok(Some(Raw { number: self.number, bytes, ended }))
    }

    /// The next line, understood.
    pub fn next_line(&mut self) -> io::Result<Option<Told>> {
        Ok(self.raw()?.map(Told::of))
    }
}

impl Told {
    /// What a line is.
    pub fn of(line: Raw) -> Self {
        let text = line.bytes.trim_ascii();
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        let is_comment = text.starts_with(b"#") || text.starts_with(b"//");
        let is_reply = matches!(text, b"OK" | b"+OK");
        if text.is_empty() || is_comment || is_reply {
            return Self::Nothing;
        }
        let line = match begins(&line.bytes) {
            Some(_) => line,
            None => unwrapped(line),
        };
        if line.bytes.is_empty() {
            return Self::Nothing;
        }
        match Entry::parse(&line) {
            Ok(entry) => Self::Command(entry),
            // The reply to MONITOR, behind what a tool writes before each line.
            Err(_) if line.bytes.ends_with(b" OK") && begins(&line.bytes).is_none() => {
                Self::Nothing
            }
            Err(bad) => Self::Unreadable(bad),
        }
    }
}

/// A line that is one JSON object, as docker's files and `journalctl -o json` have it: the member that holds a command.
fn unwrapped(line: Raw) -> Raw {
    if !line.bytes.trim_ascii_start().starts_with(b"{") {
        return line;
    }
    let Ok(Value::Object(object)) = serde_json::from_slice(&line.bytes) else { return line };
    let texts = object.values().filter_map(Value::as_str);
    let found = texts
        .map(|text| text.trim_end_matches(['\n', '\r']))
        .find(|text| begins(text.as_bytes()).is_some() || *text == "OK");
    match found {
        Some("OK") => Raw { bytes: Vec::new(), ..line },
        Some(text) => Raw { bytes: text.as_bytes().to_vec(), ..line },
        None => line,
    }
}
