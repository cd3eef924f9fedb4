//! The first and the last line of a trace: what the run follows from, and how it went.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha1::{Digest, Sha1};

use super::named::{self, NamedDeviation};
use crate::json::{Document, Problem};
use crate::model::Model;
use crate::run::{Ended, Limits, Spec, Tally, Timed};
use crate::time::Micros;
use crate::trace::{BadRecording, Header, Origin};

/// The members of a header that are the run's own.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    trace: String,
    version: u64,
    origin: String,
    /// Which program wrote the trace: a later one may run the same model differently.
    program: String,
    timing: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    limits: LimitMembers,
    model: Value,
    deviations: Vec<NamedDeviation>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitMembers {
    steps: u64,
    time_us: i64,
    stop_at_violation: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    round_from: Option<u64>,
}

/// The last line of a trace.
#[derive(Serialize)]
struct EndLine<'e> {
    at: Micros,
    end: &'static str,
    steps: u64,
    counters: &'e Tally,
    /// SHA1 of the header's line: an altered header that changes no event is noticed here.
    header_sha1: String,
}

/// The program and its version.
pub(super) const PROGRAM: &str = concat!("lockstep ", env!("CARGO_PKG_VERSION"));

/// The most steps that a header may ask for.
const MOST_STEPS: u64 = 100_000_000;

/// The first line of the trace of a run of `spec`.
pub(super) fn header(spec: &Spec) -> String {
    let (origin, timing) = match spec.timing {
        Timed::Sampled(_) => ("run", "sampled"),
        Timed::Abstract => ("check", "abstract"),
    };
    let setup = spec.setup();
    let members = Members {
        trace: "lockstep".to_owned(),
        version: Header::VERSION,
        origin: origin.to_owned(),
        program: PROGRAM.to_owned(),
        timing: timing.to_owned(),
        seed: spec.seed(),
        limits: LimitMembers {
            steps: spec.limits.steps,
            time_us: spec.limits.time.0,
            stop_at_violation: spec.limits.stop_at_violation,
            round_from: spec.round,
        },
        // The model was read from this text.
        model: serde_json::from_str(spec.model.text()).unwrap_or_default(),
        // What was noted in a run of this model has a name in it.
        deviations: spec.deviations.iter().filter_map(|it| named::deviation(it, &setup)).collect(),
    };
    serde_json::to_string(&members).unwrap_or_default()
}

/// Understands the first line of a trace; also says which program wrote it.
pub(super) fn spec(header: &Header) -> Result<(Spec, String), BadRecording> {
    let line = &header.line;
    let members: Members = line.parse()?;
    let Members { program, timing, seed, limits, model, deviations, .. } = members;
    let document = Document::parse("the model in the header", model.to_string());
    let model = document.and_then(|document| Model::from_document(&document));
    let model = model.map_err(|problem| line.bad(told(&problem)))?;
    let round = limits.round_from;
    let limits = Limits {
        steps: limits.steps.min(MOST_STEPS),
        time: Micros(limits.time_us),
        stop_at_violation: limits.stop_at_violation,
    };
    let (right, timed) = match (header.origin, seed) {
        (Origin::Run, Some(seed)) => ("sampled", Timed::Sampled(seed)),
        (Origin::Run, None) => return Err(line.bad("the header has no \"seed\"")),
        (Origin::Check, Some(_)) => {
            let message = "a witness of a search has no \"seed\": its timing is abstract";
            return Err(line.bad(message));
        }
        (Origin::Check | Origin::Recorded, _) => ("abstract", Timed::Abstract),
    };
    if timing != right {
        return Err(line.bad(format!(
            "the timing \"{timing}\" does not go with the origin: it would be \"{right}\""
        )));
    }
    let mut spec = Spec { round, ..Spec::new(&model, timed, limits) };
    let setup = spec.setup();
    for (place, deviation) in deviations.iter().enumerate() {
        let number = place + 1;
        let known = named::numbered(deviation, &setup).ok_or_else(|| {
            line.bad(format!(
                "deviation {number} of the header names a process, a server or a fault that the model does not have"
            ))
        })?;
        spec.deviations.push(known);
    }
    Ok((spec, program))
}

/// What is wrong with the model in the header, on one line: its own line and column mean nothing to a reader.
fn told(problem: &Problem) -> String {
    let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("the model in the header: {}{help}", problem.message)
}

/// The last line of a trace whose first line is `header`.
pub(super) fn last_line(ended: &Ended, header: &str) -> String {
    let digest = Sha1::digest(header.as_bytes());
    let line = EndLine {
        at: ended.at,
        end: ended.end.name(),
        steps: ended.steps,
        counters: &ended.tally,
        header_sha1: hex(&digest),
    };
    serde_json::to_string(&line).unwrap_or_default()
}

/// Two digits a byte.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| DIGITS[usize::from(digit)]).collect()
}
