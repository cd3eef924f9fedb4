//! The result of `run` as JSON.

use serde::Serialize;

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::output::Output;
use super::Arguments;
use crate::model::Model;
use crate::report::expected;
use crate::run::{Found, Recording, Sweep, Tally, Waits};
use crate::trace::own::{self, NamedDeviation};

/// One run.
#[derive(Serialize)]
struct Run<'r> {
    command: &'static str,
    /// The file, as it was named.
    path: String,
    title: &'r str,
    seed: u64,
    /// `violated`, `holds` or `cut`.
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    violation: Option<Violation<'r>>,
    /// What the model expects of a run, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    as_expected: bool,
    /// `done`, `stuck`, `violated` or `cut`.
    end: &'static str,
    steps: u64,
    /// When the run ended (µs of world time).
    at_us: i64,
    counters: &'r Tally,
    deviations: Vec<NamedDeviation>,
    /// As in a trace.
    events: Vec<serde_json::Value>,
    /// What the process exits with.
    exit: u8,
}

#[derive(Serialize)]
struct Violation<'r> {
    property: &'r str,
    why: &'r str,
}

pub(super) fn one(
    model: &Model,
    arguments: &Arguments,
    recording: &Recording,
    exit: Exit,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let ended = &recording.ended;
    output.write_json(&Run {
        command: "run",
        path: arguments.model.display().to_string(),
        title: model.title(),
        seed: arguments.seed,
        verdict: expected::name(Found::of_run(ended).verdict),
        violation: ended
            .violation
            .as_ref()
            .map(|it| Violation { property: it.property, why: &it.why }),
        expected: model.expect_run().map(expected::in_words),
        as_expected: exit == Exit::Expected,
        end: ended.end.name(),
        steps: ended.steps,
        at_us: ended.at.0,
        counters: &ended.tally,
        deviations: own::deviations(recording),
        events: own::events(recording),
        exit: exit.code(),
    })
}

/// Several runs.
#[derive(Serialize)]
struct Several<'r> {
    command: &'static str,
    path: String,
    title: &'r str,
    /// The first seed; the others follow.
    seed: u64,
    runs: u64,
    /// How many were asked for, where Ctrl-C stopped it before.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<u64>,
    /// The seeds whose runs violate a property.
    violated: &'r [u64],
    /// The seeds whose runs were stopped by a limit.
    cut: &'r [u64],
    #[serde(skip_serializing_if = "Option::is_none")]
    first_violation: Option<Violation<'r>>,
    /// Sums over all runs.
    entries: u64,
    requests: u64,
    notifications: u64,
    deviations: u64,
    /// The longest wait of each run (µs).
    #[serde(skip_serializing_if = "Option::is_none")]
    longest_waits: Option<Waits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    as_expected: bool,
    exit: u8,
}

pub(super) fn several(
    model: &Model,
    arguments: &Arguments,
    sweep: &Sweep,
    exit: Exit,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    output.write_json(&Several {
        command: "run",
        path: arguments.model.display().to_string(),
        title: model.title(),
        seed: arguments.seed,
        runs: sweep.runs,
        asked: (sweep.runs < arguments.seeds).then_some(arguments.seeds),
        violated: &sweep.violated,
        cut: &sweep.cut,
        first_violation: sweep
            .first
            .as_ref()
            .map(|it| Violation { property: it.property, why: &it.why }),
        entries: sweep.entries,
        requests: sweep.requests,
        notifications: sweep.notifications,
        deviations: sweep.deviations,
        longest_waits: sweep.longest_waits(),
        expected: model.expect_run().map(expected::in_words),
        as_expected: exit == Exit::Expected,
        exit: exit.code(),
    })
}
