//! Logs of `redis-cli MONITOR`.
//!
//! A log has the commands that a server ran, with its times and its clients, and no replies. The model is driven with
//! the clients' commands at their times, and tells what the log does not: replies, messages to others, and the keys
//! that expired between. What can be compared is compared: a log shows each command that a script ran, and the model
//! must run the same ones. Clients' own commands are executed, and there is nothing to compare them with.
//!
//! A log says nothing of what was before it, and nothing of the configuration: the server begins empty, with the
//! default one; what must have been there is found where the lines of a script tell it. Names and passwords are not
//! shown in a log, so that `AUTH` and `HELLO` with `AUTH` cannot be driven. A command that a server refused without
//! running it is not in the log.
//!
//! Logs are taken as they lie about: what tools write before each line is no part of it, packed files are unpacked,
//! and a line that cannot be read is passed over, counted and named.

mod clock;
mod drive;
mod group;
mod line;
mod said;
mod script;
mod source;
mod step;

pub use drive::Driver;
pub use group::{Group, Groups};
pub use line::{Entry, From};
pub use script::SOMEBODY;
pub use source::{Raw, Skipped, Source, Told};
pub use step::{Counts, How, Inferred, Shown, Step, What};

use std::io::BufRead;
use std::path::Path;

use crate::trace::{BadFile, BadRecording, packed};

/// What the model makes of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Driven {
    /// Every line with what the model says to it, and what happened between.
    pub shown: Vec<Shown>,
    /// What became of the commands.
    pub counts: Counts,
    /// The lines that could not be read.
    pub skipped: Skipped,
}

/// Drives the model with the log at `path`; `-` is standard input.
pub fn open(path: &Path) -> Result<Driven, BadFile> {
    drive(packed::open(path)?.source).map_err(|bad| bad.of(path))
}

/// Drives the model with a log.
pub fn drive(source: impl BufRead) -> Result<Driven, BadRecording> {
    let mut groups = Groups::new(source);
    let mut driver: Option<Driver> = None;
    let unreadable = |error: std::io::Error| {
        BadRecording::new(0, 0, format!("the file cannot be read: {error}"))
    };
    while let Some(group) = groups.next_group().map_err(unreadable)? {
        let Some(first) = group.first() else { continue };
        let driver = driver.get_or_insert_with(|| {
            let mut driver = Driver::new(first.at);
            driver.listen(false);
            driver.shown = Some(Vec::new());
            driver
        });
        driver.step(&group);
    }
    match driver {
        Some(driver) => Ok(Driven {
            shown: driver.shown.unwrap_or_default(),
            counts: driver.counts,
            skipped: groups.skipped,
        }),
        None => Err(nothing(&groups.skipped)),
    }
}

/// Not one line of a file tells of a command.
pub fn nothing(skipped: &Skipped) -> BadRecording {
    match skipped.first.first() {
        Some(first) => first.clone(),
        None => BadRecording::new(0, 0, "there is no command in this MONITOR log"),
    }
}
