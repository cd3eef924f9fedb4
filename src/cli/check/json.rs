//! The result of `check` as JSON.

use serde::Serialize;
use serde_json::{Map, Value};

use super::super::exit::Exit;
use super::super::failure::Failure;
use super::super::output::Output;
use super::summary::Summary;
use super::{Row, witness};
use crate::explore::Verdict;
use crate::report::{cover, evidence, expected};
use crate::run::{Checked, Recording};
use crate::sim::Reach;
use crate::trace::own::{self, NamedDeviation};

/// `{"command": "check", "models": […], "not_understood": 0, "skipped": 0, "exit": 0}`.
#[derive(Serialize)]
struct Check<'c> {
    command: &'static str,
    models: Vec<Model>,
    /// Files that are no models; what is wrong with them is on standard error.
    not_understood: u64,
    /// Models that expect something of `lockstep run` only.
    skipped: u64,
    /// Models that were not searched, because somebody pressed Ctrl-C.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_searched: Option<u64>,
    /// What became of the catalogue's failures, if a model is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    catalogue: Option<&'c Summary>,
    /// What the process exits with.
    exit: u8,
}

/// Files of which there is no verdict.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Others {
    /// They are no models.
    pub(super) bad: u64,
    /// They expect something of `lockstep run` only.
    pub(super) skipped: u64,
    /// Nobody came to them.
    pub(super) left: u64,
}

/// One model.
#[derive(Serialize)]
pub(super) struct Model {
    /// The file, as it was named.
    path: String,
    /// The entry of the catalogue of failures.
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<String>,
    title: String,
    /// `violated`, `holds`, `holds-within`, `vacuous` or `cut`.
    verdict: &'static str,
    /// Of a violation.
    #[serde(skip_serializing_if = "Option::is_none")]
    violation: Option<Violation>,
    /// The properties that had nothing to judge.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vacuous: Vec<&'static str>,
    /// Of `holds-within`: the most deviations of a run that was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    within: Option<u32>,
    /// Of `cut`: every run with at most so many deviations was looked at, and violates nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    complete: Option<u32>,
    /// What the model expects, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    /// Whether that is what came out; without an expectation, whether it holds.
    as_expected: bool,
    /// What the verdict covers, in words.
    covers: String,
    /// The faults that the model allows, in words.
    faults: Vec<String>,
    /// How often each took effect in the search, and in which phases of those whom it hit.
    effects: Vec<Effect>,
    /// In how many steps of the search that was reached which locks break at.
    reached: Map<String, Value>,
    /// Faults that never took effect: without a violation the verdict is `vacuous` then.
    unused_faults: Vec<String>,
    /// Why each of them did not, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unused_why: Vec<String>,
    /// Whether only the ends and the middle of wide draws were tried.
    thinned_draws: bool,
    states: usize,
    transitions: u64,
    /// The most deviations of a run that was looked at.
    max_deviations: u32,
    /// The most steps of a run that was looked at.
    max_steps: u32,
    /// The shortest violation, if one model was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<Witness>,
}

#[derive(Serialize)]
struct Effect {
    fault: &'static str,
    times: u64,
    phases: Vec<&'static str>,
}

#[derive(Serialize)]
struct Violation {
    property: String,
    why: String,
    /// The chain of causes, in sentences.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
    deviations: u32,
    steps: u32,
}

#[derive(Serialize)]
struct Witness {
    /// As in a trace.
    deviations: Vec<NamedDeviation>,
    /// As in a trace.
    events: Vec<Value>,
}

impl Model {
    /// One of several.
    pub(super) fn row(row: &Row) -> Self {
        Self::of(row, None)
    }

    fn of(row: &Row, recording: Option<&Recording>) -> Self {
        let Row { path, checked, .. } = row;
        let Checked { model, outcome, .. } = checked;
        let setup = model.abstract_setup();
        let violation = match &outcome.verdict {
            Verdict::Violated { violation, deviations, steps } => Some(Violation {
                property: violation.property.to_owned(),
                why: violation.why.clone(),
                because: recording.and_then(witness::told),
                deviations: *deviations,
                steps: *steps,
            }),
            _ => None,
        };
        let vacuous = match &outcome.verdict {
            Verdict::Vacuous(names) => names.clone(),
            _ => Vec::new(),
        };
        let within = match outcome.verdict {
            Verdict::HoldsWithin(within) => Some(within),
            _ => None,
        };
        let effects =
            setup.faults.iter().zip(outcome.faults.iter()).map(|(fault, effect)| Effect {
                fault: fault.name(),
                times: effect.times,
                phases: effect.phases().map(cover::phase).collect(),
            });
        Self {
            path: path.display().to_string(),
            case: model.case().map(ToString::to_string),
            title: model.title().to_owned(),
            verdict: cover::verdict(&outcome.verdict),
            violation,
            vacuous,
            within,
            complete: outcome.complete,
            expected: model.expect().map(expected::in_words),
            as_expected: row.exit() == Exit::Expected,
            covers: cover::covers(&setup, outcome),
            faults: cover::faults(&setup),
            effects: effects.collect(),
            unused_faults: cover::unused_faults(&setup, outcome),
            unused_why: cover::unused_notes(&setup, outcome),
            reached: Reach::ALL
                .iter()
                .map(|reach| {
                    (
                        evidence::name(*reach).to_owned(),
                        checked.outcome.seen.reached.times(*reach).into(),
                    )
                })
                .collect(),
            thinned_draws: checked.outcome.seen.drawn.thinned,
            states: outcome.states,
            transitions: outcome.transitions,
            max_deviations: outcome.deviations,
            max_steps: outcome.steps,
            witness: recording.map(|recording| Witness {
                deviations: own::deviations(recording),
                events: own::events(recording),
            }),
        }
    }
}

pub(super) fn one(
    row: &Row,
    recording: Option<&Recording>,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    many(
        vec![Model::of(row, recording)],
        &Summary::default(),
        Others::default(),
        row.exit(),
        output,
    )
}

pub(super) fn many(
    models: Vec<Model>,
    summary: &Summary,
    others: Others,
    exit: Exit,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    output.write_json(&Check {
        command: "check",
        models,
        not_understood: others.bad,
        skipped: others.skipped,
        not_searched: (others.left > 0).then_some(others.left),
        catalogue: Some(summary).filter(|summary| !summary.is_empty()),
        exit: exit.code(),
    })
}
