//! MONITOR logs: the commands that a server ran, without its replies.
//!
//! The model is driven with the commands, at their times, and tells what the log does not: replies, messages to
//! others, and the keys that expired between. What can be compared is compared: a log shows each command that a script
//! or a transaction ran, and the model must run the same ones.
//!
//! A log says nothing of what was before it, and nothing of the configuration: the server begins empty, with the
//! default one. Names and passwords are not shown in a log, so that `AUTH` and `HELLO` with `AUTH` cannot be driven. A
//! command that a server refused without running it is not in the log.

mod drive;
mod line;

pub use drive::{Shown, What};
pub use line::{Entry, From};

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::{Line, Tally};
use crate::trace::{BadFile, BadRecording, Lines};

/// What the model makes of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Driven {
    /// Every line with what the model says to it, and what happened between.
    pub shown: Vec<Shown>,
    /// Lines that the model ran too, and those that it did not.
    pub tally: Tally,
}

/// Drives the model with the log at `path`.
pub fn open(path: &Path) -> Result<Driven, BadFile> {
    if path.is_dir() {
        return Err(BadFile::whole(path, "this is a directory, not a MONITOR log"));
    }
    let file = File::open(path).map_err(|error| BadFile::unreadable(path, &error))?;
    let lines: Result<Vec<Line>, _> = Lines::new(BufReader::new(file)).collect();
    lines.and_then(|lines| drive(&lines)).map_err(|bad| bad.of(path))
}

/// Drives the model with a log.
pub fn drive(lines: &[Line]) -> Result<Driven, BadRecording> {
    let mut entries = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        // The reply to MONITOR itself.
        if number == 0 && line.text == "OK" {
            continue;
        }
        entries.push(Entry::parse(line)?);
    }
    if entries.is_empty() {
        return Err(BadRecording::new(0, 0, "there is no command in this MONITOR log"));
    }
    Ok(drive::run(&entries))
}
