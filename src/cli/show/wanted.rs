//! Which part of a run is asked for, and at which step.

use std::str::FromStr;

use super::super::failure::Failure;
use super::{Arguments, Part};
use crate::event::violation;
use crate::report::Cast;
use crate::run::Recording;
use crate::suggest;
use crate::visible;

/// A step of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum At {
    /// By its number.
    Step(u64),
    /// The one in which something is wrong.
    Violation,
    /// The last one.
    Last,
}

impl FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "violation" => Ok(Self::Violation),
            "last" => Ok(Self::Last),
            // Parts of a step, as pages and pictures name them, have one state.
            number => {
                let whole = number.split_once('.').map_or(number, |(whole, _)| whole);
                whole.parse().map(Self::Step).map_err(|_| {
                    format!("\"{text}\" is no step: write its number, `violation` or `last`")
                })
            }
        }
    }
}

impl At {
    /// The number of the step in this run.
    pub(super) fn step(self, recording: &Recording) -> Result<u64, Failure> {
        let last = recording.ended.steps;
        match self {
            Self::Step(step) if step > last => {
                let message = format!("--state {step}: the run has {last} steps");
                Err(Failure::Wrong(message))
            }
            Self::Step(step) => Ok(step),
            Self::Last => Ok(last),
            Self::Violation => violation(&recording.events).map(|it| it.step).ok_or_else(|| {
                Failure::Wrong("--state violation: nothing is violated in this run".to_owned())
            }),
        }
    }
}

/// The part of a run that the arguments ask for.
pub(super) fn selection(arguments: &Arguments, cast: &Cast) -> Result<Part, Failure> {
    let mut part = Part {
        from: arguments.from.map(|it| it.0),
        to: arguments.to.map(|it| it.0),
        key: arguments.key.clone(),
        around: arguments.around.map(Into::into),
        ..Part::default()
    };
    for name in &arguments.who {
        let is_process = |it: &crate::report::Process| {
            it.name == *name || it.threads.iter().any(|thread| thread == name)
        };
        let process = cast.processes.iter().position(is_process);
        let server = cast.servers.iter().position(|it| it.name == *name);
        match (process, server) {
            (Some(process), _) => part.processes.push(process as u16),
            (None, Some(server)) => part.servers.push(server as u16),
            (None, None) => return Err(nobody(name, cast)),
        }
    }
    Ok(part)
}

fn nobody(name: &str, cast: &Cast) -> Failure {
    let mut names: Vec<&str> = cast.processes.iter().map(|it| &*it.name).collect();
    names.extend(cast.servers.iter().map(|it| &*it.name));
    let near = suggest::nearest(name, names.iter().copied());
    let name = visible::line(name);
    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let shown: Vec<&str> = names.iter().copied().take(12).collect();
    let more = if names.len() > 12 { ", …" } else { "" };
    Failure::Wrong(format!(
        "--who {name}: nobody has this name{near} There are {}{more}",
        shown.join(", ")
    ))
}
