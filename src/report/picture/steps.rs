//! The steps in words: the rows of the timeline.

use serde::Serialize;

use super::Drawing;
use crate::report::rows::{self, Row};
use crate::time::Micros;
use crate::visible;

/// One step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Step {
    /// The step of the run that it is, or is a part of; 0 is before the first.
    pub step: u64,
    /// The last step of the run before the next one that is told: what goes on in between belongs to this one.
    pub last: u64,
    /// Which part of that step, from 1.
    pub part: usize,
    /// When (µs since the run began).
    pub at: Micros,
    /// How it is meant.
    pub tone: Tone,
    /// The lane of the process that does something, and what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<(usize, String)>,
    /// The lane of the server that does something, and what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<(usize, String)>,
    /// What concerns everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole: Option<String>,
}

/// How a step is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// As it should be.
    Plain,
    /// Something was done to the world.
    Fault,
    /// Something that should not be.
    Bad,
}

impl Step {
    /// How people name it: `12`, and `12.2` for the second part of it.
    pub fn name(&self) -> String {
        if self.part > 1 { format!("{}.{}", self.step, self.part) } else { self.step.to_string() }
    }

    /// The step in words, one line, with the names of `lanes`.
    pub fn words(&self, lanes: &[super::Lane]) -> String {
        let name = |lane: usize| lanes.get(lane).map_or("?", |it| &it.name);
        let mut parts = Vec::new();
        parts.extend(self.process.as_ref().map(|(lane, text)| format!("{} {text}", name(*lane))));
        parts.extend(self.server.as_ref().map(|(lane, text)| format!("{}: {text}", name(*lane))));
        parts.extend(self.whole.clone());
        parts.join(" — ")
    }
}

pub(super) fn steps(drawing: &Drawing<'_>, rows: &[Row]) -> Vec<Step> {
    let line = |text: &String| visible::line(text).into_owned();
    let (mut before, mut part) = (None, 0);
    let step = |row: &Row| {
        let step = drawing.events.get(row.event).map_or(0, |it| it.step);
        part = if before == Some(step) { part + 1 } else { 1 };
        before = Some(step);
        Step {
            step,
            last: step,
            part,
            at: row.at,
            tone: match row.tone {
                rows::Tone::Plain => Tone::Plain,
                rows::Tone::Fault => Tone::Fault,
                rows::Tone::Bad => Tone::Bad,
            },
            process: row
                .process
                .as_ref()
                .map(|(process, text)| (drawing.lanes.first(*process), line(text))),
            server: row
                .server
                .as_ref()
                .map(|(server, text)| (drawing.lanes.server(*server), line(text))),
            whole: row.whole.as_ref().map(line),
        }
    };
    let mut steps: Vec<Step> = rows.iter().map(step).collect();
    let end = drawing.events.last().map_or(0, |it| it.step);
    let mut next = end + 1;
    for step in steps.iter_mut().rev() {
        step.last = step.step.max(next.saturating_sub(1));
        next = step.step;
    }
    steps
}
