//! The first line of a trace.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::bad::BadRecording;
use super::lines::Line;
use crate::json;

/// Where a trace comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// A recording of a real server.
    Recorded,
    /// A run of a model with sampled answers.
    Run,
    /// A witness that a search found.
    Check,
}

impl Origin {
    /// Every origin with its name in a header.
    pub const ALL: [(&'static str, Self); 3] =
        [("recorded", Self::Recorded), ("run", Self::Run), ("check", Self::Check)];
}

/// The header of a trace: its first line.
#[derive(Clone, PartialEq, Debug)]
pub struct Header {
    /// Where the trace comes from.
    pub origin: Origin,
    /// Every member of the header, in the order of the file.
    pub members: Map<String, Value>,
    /// The line itself, for messages about it.
    pub line: Line,
}

impl Header {
    /// The version of the format of own traces that this program reads and writes: deviations and their sites are data.
    pub const VERSION: u64 = 2;
    /// The version of the format of recordings of real servers.
    pub const RECORDED: u64 = 1;

    /// Understands `line` as a header.
    pub fn parse(line: &Line) -> Result<Self, BadRecording> {
        let members: Map<String, Value> = line.parse().map_err(|bad| {
            let message = format!("{}; a trace begins with a header, a JSON object", bad.message);
            BadRecording { message, ..bad }
        })?;
        if members.get("trace").and_then(Value::as_str) != Some("lockstep") {
            let message = "this is no trace: its first line has no \"trace\":\"lockstep\"";
            return Err(line.bad(message));
        }
        let version =
            members.get("version").ok_or_else(|| line.bad("the header has no \"version\""))?;
        let number = version.as_u64();
        let unknown = |known: &str| {
            line.bad(format!("version {version} of the format; this program reads {known}"))
        };
        if number != Some(Self::VERSION) && number != Some(Self::RECORDED) {
            return Err(unknown("2, and 1 of recordings of real servers"));
        }
        let origin = Self::origin(line, &members)?;
        match (origin, number) {
            (Origin::Recorded, Some(Self::RECORDED)) => {}
            (Origin::Recorded, _) => return Err(unknown("1 of a recording")),
            (_, Some(Self::VERSION)) => {}
            (origin, _) => {
                let anew = Self::anew(origin, &members);
                let known = format!("2 of a run's trace. {anew}");
                return Err(unknown(&known));
            }
        }
        Ok(Self { origin, members, line: line.clone() })
    }

    /// How a trace is made anew whose deviations are sentences.
    fn anew(origin: Origin, members: &Map<String, Value>) -> String {
        let command = match (origin, members.get("seed")) {
            (Origin::Run, Some(seed)) => {
                format!("lockstep run MODEL --seed {seed} -o TRACE")
            }
            _ => "lockstep check MODEL -o TRACE".to_owned(),
        };
        format!(
            "Make it anew: save the member \"model\" of line 1 as a file and run `{command}` with it"
        )
    }

    fn origin(line: &Line, members: &Map<String, Value>) -> Result<Origin, BadRecording> {
        let name = members.get("origin").ok_or_else(|| line.bad("the header has no \"origin\""))?;
        let known = Origin::ALL.iter().find(|(known, _)| name.as_str() == Some(known));
        known.map(|(_, origin)| *origin).ok_or_else(|| {
            let known = Origin::ALL.map(|(known, _)| format!("\"{known}\"")).join(", ");
            line.bad(format!("unknown origin {name}; known are {known}"))
        })
    }

    /// The text of the member `name`, which must be there.
    pub fn text(&self, name: &str) -> Result<&str, BadRecording> {
        match self.members.get(name) {
            Some(Value::String(text)) => Ok(text),
            Some(other) => {
                Err(self.line.bad(format!("the header's \"{name}\" must be a text, not {other}")))
            }
            None => Err(self.line.bad(format!("the header has no \"{name}\""))),
        }
    }

    /// The member `name` (as `config`) understood as a `T`, or `T`'s default if it is missing.
    pub fn member<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, BadRecording> {
        self.members.get(name).map_or_else(
            || Ok(T::default()),
            |value| {
                json::read(&value.to_string()).map_err(|error| {
                    let error = json::in_words(&error);
                    self.line.bad(format!("the header's \"{name}\": {error}"))
                })
            },
        )
    }
}
