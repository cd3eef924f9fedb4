//! What a trace's first and last lines say: how the run is made, and how it went.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha1::{Digest, Sha1};

use super::execute::Ended;
use crate::choice::{Deviation, Recorded};
use crate::json::{Document, Problem};
use crate::model::Model;
use crate::sim::{End, Limits, Setup};
use crate::time::Micros;
use crate::trace::{BadRecording, Header, Origin};

/// Everything that a run follows from.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// Where the run comes from: [`Origin::Run`] has sampled timing and a seed, [`Origin::Check`] abstract timing.
    pub origin: Origin,
    /// The seed of latencies and draws, of sampled timing.
    pub seed: Option<u64>,
    /// Where the run stops if it does not end by itself.
    pub limits: Limits,
    /// The step after which the world is the same as at the end of the run, but for the time: what lies between comes
    /// again and again. A search knows this.
    pub round: Option<u64>,
    /// The model.
    pub model: Model,
    /// The answers that are not the nominal ones.
    pub deviations: Vec<Deviation>,
}

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
    deviations: Vec<Deviation>,
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
    counters: &'e super::Tally,
    /// SHA1 of the header's line: an altered header that changes no event is noticed here.
    header_sha1: String,
}

/// The program and its version.
pub(super) const PROGRAM: &str = concat!("lockstep ", env!("CARGO_PKG_VERSION"));

/// The most steps that a header may ask for.
const MOST_STEPS: u64 = 100_000_000;

impl Recipe {
    /// The world that runs, with the timing of the origin.
    ///
    /// What happens where the lock lives is always told: it decides nothing, and a reader wants to know.
    pub fn setup(&self) -> Setup {
        Self::setup_of(&self.model, self.origin)
    }

    pub(super) fn setup_of(model: &Model, origin: Origin) -> Setup {
        let setup = match origin {
            Origin::Run => model.sampled_setup(),
            Origin::Check | Origin::Recorded => model.abstract_setup(),
        };
        Setup { watches_place: true, ..setup }
    }

    /// Who answers the questions of the run.
    pub(super) fn choices(&self) -> Recorded {
        Recorded::new(self.seed, self.deviations.clone())
    }

    /// The first line.
    pub fn header(&self) -> String {
        let name = |origin| Origin::ALL.iter().find(|(_, known)| *known == origin);
        let members = Members {
            trace: "lockstep".to_owned(),
            version: Header::VERSION,
            origin: name(self.origin).map(|(name, _)| (*name).to_owned()).unwrap_or_default(),
            program: PROGRAM.to_owned(),
            timing: self.timing().to_owned(),
            seed: self.seed,
            limits: LimitMembers {
                steps: self.limits.steps,
                time_us: self.limits.time.0,
                stop_at_violation: self.limits.stop_at_violation,
                round_from: self.round,
            },
            // The model was read from this text.
            model: serde_json::from_str(self.model.text()).unwrap_or_default(),
            deviations: self.deviations.clone(),
        };
        serde_json::to_string(&members).unwrap_or_default()
    }

    fn timing(&self) -> &'static str {
        match self.origin {
            Origin::Run => "sampled",
            Origin::Check | Origin::Recorded => "abstract",
        }
    }

    /// Understands the first line of a trace; also says which program wrote it.
    pub(super) fn of(header: &Header) -> Result<(Self, String), BadRecording> {
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
        let recipe = Self { origin: header.origin, seed, limits, round, model, deviations };
        if timing != recipe.timing() {
            let right = recipe.timing();
            return Err(line.bad(format!(
                "the timing \"{timing}\" does not go with the origin: it would be \"{right}\""
            )));
        }
        match (header.origin, seed) {
            (Origin::Run, None) => Err(line.bad("the header has no \"seed\"")),
            (Origin::Check, Some(_)) => {
                Err(line.bad("a witness of a search has no \"seed\": its timing is abstract"))
            }
            _ => Ok((recipe, program)),
        }
    }
}

/// What is wrong with the model in the header, on one line: its own line and column mean nothing to a reader.
fn told(problem: &Problem) -> String {
    let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("the model in the header: {}{help}", problem.message)
}

impl Ended {
    /// The last line of a trace whose first line is `header`.
    pub fn line(&self, header: &str) -> String {
        let digest = Sha1::digest(header.as_bytes());
        let line = EndLine {
            at: self.at,
            end: name(self.end),
            steps: self.steps,
            counters: &self.tally,
            header_sha1: hex(&digest),
        };
        serde_json::to_string(&line).unwrap_or_default()
    }
}

/// How a run ended, in a word.
pub fn name(end: End) -> &'static str {
    match end {
        End::Done => "done",
        End::Stuck => "stuck",
        End::Violated => "violated",
        End::Cut => "cut",
    }
}

/// Two digits a byte.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| DIGITS[usize::from(digit)]).collect()
}
