//! An own trace is run again, and every line compared.

use std::ops::ControlFlow;

use super::header::{self, PROGRAM};
use super::writer::Writer;
use crate::choice::Deviation;
use crate::event::Record;
use crate::run::{Ended, execute};
use crate::sim::Setup;
use crate::trace::{BadRecording, Line, Trace};

/// What a replay found.
#[derive(Clone, PartialEq, Debug)]
pub struct Replayed {
    /// Lines that are equal, the first one included.
    pub equal: usize,
    /// The first line that differs.
    pub difference: Option<Difference>,
    /// How the new run went, as far as it was followed.
    pub ended: Ended,
}

/// Where a trace and its new run part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The line in the file, from 1.
    pub line: usize,
    /// The step of the new run.
    pub step: u64,
    /// What the file says; nothing if it ends before.
    pub trace: Option<String>,
    /// What the new run says; nothing if it ends before.
    pub run: Option<String>,
    /// What a reader should know about it.
    pub hints: Vec<String>,
}

/// Runs the trace again and compares it line by line, to the byte, up to the first difference.
pub fn replay(trace: &Trace) -> Result<Replayed, BadRecording> {
    let (spec, program) = header::spec(&trace.header)?;
    let setup = spec.setup();
    let mut choices = spec.choices();
    let mut compare = Compare { lines: &trace.events, next: 0, difference: None };
    let mut writer = Writer::new(&setup);
    let mut line = |record: Record| {
        if Writer::has_line(&record.event) {
            compare.line(record.step, writer.line(&record))
        } else {
            ControlFlow::Continue(())
        }
    };
    let ended = execute(&setup, spec.limits, spec.round, &mut choices, Some(&mut line));
    let mut difference = compare.difference.take();
    if difference.is_none() {
        // The end, and nothing after it.
        let _ = compare.line(ended.steps, header::last_line(&ended, &trace.header.line.text));
        let is_header = compare.difference.as_ref().is_some_and(same_but_digest);
        difference = compare.difference.take().or_else(|| compare.rest(ended.steps));
        if is_header && let Some(difference) = &mut difference {
            difference.hints.push(
                "every event is the same, but line 1 or this line was altered: the digest of line 1 differs"
                    .to_owned(),
            );
        }
    }
    let unused = choices.unused();
    if let (Some(first), None) = (unused.first(), &difference) {
        difference = Some(Difference {
            line: 1,
            step: ended.steps,
            trace: Some(named(first, &setup)),
            run: None,
            hints: vec!["this deviation of the header found no place in the run".to_owned()],
        });
    } else if let Some(difference) = &mut difference {
        let hints = unused.iter().map(|it| {
            let it = named(it, &setup);
            format!("the header's deviation {it} found no place in the run so far")
        });
        difference.hints.extend(hints);
        if program != PROGRAM {
            difference.hints.push(format!("the trace was written by {program}; this is {PROGRAM}"));
        }
    }
    let equal = difference.as_ref().map_or(trace.events.len() + 1, |it| it.line.saturating_sub(1));
    Ok(Replayed { equal, difference, ended })
}

/// A deviation as the header writes it.
fn named(deviation: &Deviation, setup: &Setup) -> String {
    let named = super::named::deviation(deviation, setup);
    serde_json::to_string(&named).unwrap_or_default()
}

struct Compare<'t> {
    lines: &'t [Line],
    next: usize,
    difference: Option<Difference>,
}

impl Compare<'_> {
    fn line(&mut self, step: u64, run: String) -> ControlFlow<()> {
        let line = self.lines.get(self.next);
        if let Some(line) = line
            && line.text == run
            && line.ended
        {
            self.next += 1;
            return ControlFlow::Continue(());
        }
        let hint = match line {
            None => Some("the trace ends here, before its last line: it was cut off"),
            Some(line) if !line.ended && run.starts_with(&line.text) => {
                Some("the trace ends in the middle of this line: it was cut off")
            }
            _ => None,
        };
        self.difference = Some(Difference {
            line: self.next + 2,
            step,
            trace: line.map(|line| line.text.clone()),
            run: Some(run),
            hints: hint.map(str::to_owned).into_iter().collect(),
        });
        ControlFlow::Break(())
    }

    /// What stands after the last line of the run.
    fn rest(&self, step: u64) -> Option<Difference> {
        let line = self.lines.get(self.next)?;
        Some(Difference {
            line: line.number,
            step,
            trace: Some(line.text.clone()),
            run: None,
            hints: vec!["the run is over, but the trace goes on".to_owned()],
        })
    }
}

/// Whether two last lines differ in the digest of the first line alone.
fn same_but_digest(difference: &Difference) -> bool {
    let body = |line: &Option<String>| -> Option<serde_json::Map<String, serde_json::Value>> {
        let mut members: serde_json::Map<_, _> = serde_json::from_str(line.as_ref()?).ok()?;
        members.remove("header_sha1")?;
        Some(members)
    };
    match (body(&difference.trace), body(&difference.run)) {
        (Some(trace), Some(run)) => trace == run,
        _ => false,
    }
}
