//! Traces of own runs: everything that happened, one event a line, readable and replayable.
//!
//! | line | what it says |
//! |---|---|
//! | the first | `trace`, `version`, `origin` (`run` or `check`), `program`, `timing` (`sampled` or `abstract`), `seed` (sampled only), `limits` (with `round_from`, where a search found that what follows comes again and again), the whole `model`, and the `deviations`: what was not nominal, each with its `site`, how often there was a question of that site (`nth`), and what was taken (`take`), as data |
//! | an event | `at` (µs), `step`, and what happened, with names |
//! | the last | `at`, `end` (`done`, `stuck`, `violated` or `cut`), `steps`, the `counters` of [`Tally`](crate::run::Tally), and the digest of the first line |
//!
//! Requests and replies are written as in recordings of real servers. A trace has the same bytes on every machine:
//! it holds neither clock readings nor paths, and all of it follows from its first line. [`replay()`] makes the run
//! again and compares every line.

mod header;
pub(crate) mod message;
mod named;
mod replay;
mod sessions;
mod writer;
mod written;

pub use named::{FaultName, NamedAlternative, NamedDeviation, NamedSite, deviation};
pub use replay::{Difference, Replayed, replay};
pub use sessions::Sessions;
pub use writer::Writer;
pub use written::Written;

use std::io::{self, Write};
use std::ops::ControlFlow;

use super::{BadRecording, Trace};
use crate::event::Record;
use crate::run::{Recording, Spec, execute};

/// What the run of a trace follows from.
pub fn spec(trace: &Trace) -> Result<Spec, BadRecording> {
    header::spec(&trace.header).map(|(spec, _)| spec)
}

/// The deviations of a run, as its trace has them.
pub fn deviations(recording: &Recording) -> Vec<NamedDeviation> {
    let Recording { spec, setup, .. } = recording;
    spec.deviations.iter().filter_map(|it| deviation(it, setup)).collect()
}

/// The events of a run, as its trace has them.
pub fn events(recording: &Recording) -> Vec<serde_json::Value> {
    let mut writer = Writer::new(&recording.setup);
    let written = recording.events.iter().filter(|record| Writer::has_line(&record.event));
    written.map(|record| writer.value(record)).collect()
}

/// Writes the trace of a run.
pub fn write(recording: &Recording, out: &mut dyn Write) -> io::Result<()> {
    let header = header::header(&recording.spec);
    writeln!(out, "{header}")?;
    let mut writer = Writer::new(&recording.setup);
    for record in recording.events.iter().filter(|record| Writer::has_line(&record.event)) {
        writeln!(out, "{}", writer.line(record))?;
    }
    writeln!(out, "{}", header::last_line(&recording.ended, &header))
}

/// Makes the run of `spec` and writes each line as it happens: of a run that is too long to be kept.
pub fn write_anew(spec: &Spec, out: &mut dyn Write) -> io::Result<()> {
    let header = header::header(spec);
    writeln!(out, "{header}")?;
    let setup = spec.setup();
    let mut writer = Writer::new(&setup);
    let mut failed = None;
    let mut choices = spec.choices();
    let mut line = |record: Record| match writeln!(out, "{}", writer.line(&record)) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failed = Some(error);
            ControlFlow::Break(())
        }
    };
    let ended = execute(&setup, spec.limits, spec.round, &mut choices, Some(&mut line));
    match failed {
        Some(error) => Err(error),
        None => writeln!(out, "{}", header::last_line(&ended, &header)),
    }
}
