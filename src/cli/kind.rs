//! What a file seems to be, for whoever gives it to the wrong command.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::{Map, Value};

use super::failure::Failure;
use super::quoted;

/// A kind of file that this program reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A model: one JSON object.
    Model,
    /// A trace: JSON lines, the first of which says so.
    Trace,
    /// A log of `redis-cli MONITOR`.
    Log,
}

/// How much of a file is looked at, in bytes.
const LOOKED_AT: u64 = 1 << 20;

impl Kind {
    /// What the file at `path` seems to be.
    pub(super) fn of_file(path: &Path) -> Option<Self> {
        if !path.is_file() {
            return None;
        }
        let mut bytes = Vec::new();
        File::open(path).ok()?.take(LOOKED_AT).read_to_end(&mut bytes).ok()?;
        Self::of(&bytes)
    }

    /// What a file with this beginning seems to be.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let first = text.lines().next().unwrap_or_default();
        if serde_json::from_str::<Map<String, Value>>(first)
            .is_ok_and(|it| it.contains_key("trace"))
        {
            return Some(Self::Trace);
        }
        if text.lines().take(2).any(is_monitored) {
            return Some(Self::Log);
        }
        let object: Map<String, Value> = serde_json::from_str(&text).ok()?;
        let sections = ["store", "lock", "clients", "properties"];
        sections.iter().any(|section| object.contains_key(*section)).then_some(Self::Model)
    }

    /// The file at `path` is of this kind, and was given to a command for `wanted`.
    pub(super) fn instead(self, path: &Path, wanted: Self) -> Failure {
        let file = quoted::file(path);
        let command = match self {
            Self::Model => format!(
                "`lockstep check {file}` searches all its runs, `lockstep run {file}` makes one"
            ),
            Self::Trace => format!("`lockstep replay {file}` makes its run again, or compares it"),
            Self::Log => format!(
                "`lockstep audit {file}` says who held which lock when, `lockstep replay {file}` what the model says to it"
            ),
        };
        let (this, wanted) = (self.name(), wanted.name());
        Failure::Wrong(format!("{}: this is {this}, not {wanted}: {command}", quoted::path(path)))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Model => "a model",
            Self::Trace => "a trace",
            Self::Log => "a log of redis-cli MONITOR",
        }
    }
}

/// Whether a line looks as MONITOR writes it: `1339518083.107412 [0 127.0.0.1:60866] "keys" "*"`.
fn is_monitored(line: &str) -> bool {
    let Some((at, rest)) = line.split_once(" [") else { return false };
    at.contains('.')
        && at.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && rest.contains("] \"")
}
