//! Models that are in the program, so that it has something to show wherever it is.

use std::path::Path;

use crate::json::Problem;
use crate::model::Model;
use crate::trace::{Content, packed};

macro_rules! models {
    ($($name:ident = $path:literal),* $(,)?) => {
        $(pub(super) const $name: (&str, &str) =
            ($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $path)));)*
        /// All of them, each with its path in the repository.
        pub(super) const ALL: &[(&str, &str)] = &[$($name),*];
    };
}

models! {
    NO_LOCK = "models/red-packets/none.json",
    LOCAL_LOCK = "models/red-packets/local.json",
    CORRECT_LOCK = "models/red-packets/set-nx-px.json",
    PAUSE = "models/redis/set-nx-px-pause.json",
}

/// Reads the model at `path`; one that is in the program is also found where there is no such file.
pub(super) fn open(path: &Path) -> Result<Model, Box<Problem>> {
    let known = ALL.iter().find(|(known, _)| Path::new(known) == path);
    match known {
        Some((name, text)) if !path.exists() => Model::parse(name, *text),
        _ => Model::open(path).map_err(|problem| other(path).unwrap_or(problem)),
    }
}

/// What a file is that is no model, and which command is for it.
fn other(path: &Path) -> Option<Box<Problem>> {
    let (what, command) = match packed::open(path).ok()?.content? {
        Content::Monitor => ("a log of redis-cli MONITOR", "audit"),
        Content::Trace => ("a trace", "replay"),
        Content::Json => return None,
    };
    let message = format!("this is {what}, no model: lockstep {command} {}", path.display());
    Some(Box::new(Problem::whole(path, message)))
}
