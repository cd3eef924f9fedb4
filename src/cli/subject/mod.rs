//! What a person wants to look at: the run of a trace, or the run that shows what a model comes to.

mod search;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::exit::Exit;
use super::failure::Failure;
use super::kind::Kind;
use super::output::Output;
use super::{models, quoted};
use crate::report::html::VerdictTone;
use crate::report::{Cast, because, cover, expected, words};
use crate::run::{Checked, End, Found, Limits, Recording, Spec};
use crate::trace::{Content, Origin, Trace, own, packed};
use crate::visible;

/// A run, and how it came to be looked at.
#[derive(Debug)]
pub(super) struct Subject {
    /// Where it comes from, as it was given.
    pub(super) path: PathBuf,
    /// The run.
    pub(super) recording: Recording,
    /// The search that found it, if a search did.
    pub(super) checked: Option<Checked>,
    /// What is known of it beside its events: that only its beginning is there, that it is not what the trace says.
    pub(super) notes: Vec<String>,
    /// What to exit with because of that.
    pub(super) exit: Exit,
    /// Whether it is the run of a trace.
    pub(super) is_trace: bool,
}

/// The most steps of a run that are kept to be looked at.
pub(super) const MOST_STEPS: u64 = 100_000;

/// What is asked of a subject.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    /// A run with this seed, where a model is named, in place of a search.
    pub(super) seed: Option<u64>,
}

impl Subject {
    /// The subject that `path` names: a trace, or a model, of a file or of the program.
    pub(super) fn open(
        path: &Path,
        wanted: Wanted,
        output: &mut Output<'_>,
    ) -> Result<Self, Failure> {
        if is_trace(path)? {
            return Self::of_trace(path, wanted);
        }
        if path.is_file() && Kind::of_file(path) == Some(Kind::Log) {
            return Err(Kind::Log.instead(path, Kind::Trace));
        }
        let model = models::open(path)?;
        if let Some(seed) = wanted.seed {
            return Ok(Self::of_run(path, &model, seed));
        }
        if model.expect().is_none() && model.expect_run().is_some() {
            let mut subject = Self::of_run(path, &model, 1);
            subject
                .notes
                .push("the model is for single runs: this is the one of seed 1".to_owned());
            return Ok(subject);
        }
        let checked = search::check(path, model, output)?;
        let (recording, notes) = match checked.recording() {
            Some(recording) => (recording, Vec::new()),
            None => {
                let Self { recording, mut notes, .. } = Self::of_run(path, &checked.model, 1);
                notes.insert(
                    0,
                    "nothing is violated: the run that is shown is one of many, that of seed 1"
                        .to_owned(),
                );
                (recording, notes)
            }
        };
        let exit = checked.meets().into();
        let checked = Some(checked);
        Ok(Self { path: path.to_path_buf(), recording, checked, notes, exit, is_trace: false })
    }

    fn of_run(path: &Path, model: &crate::model::Model, seed: u64) -> Self {
        let mut go_on = |_, _| ControlFlow::Continue(());
        let (whole, kept) = Recording::sampled_up_to(model, seed, MOST_STEPS, &mut go_on);
        let exit = Found::of_run(&whole.ended).meets(model.expect_run(), false).into();
        let mut notes = Vec::new();
        let recording = if kept {
            whole
        } else {
            notes.push(beginning(whole.ended.steps));
            cut(whole.spec)
        };
        Self { path: path.to_path_buf(), recording, checked: None, notes, exit, is_trace: false }
    }

    fn of_trace(path: &Path, wanted: Wanted) -> Result<Self, Failure> {
        if wanted.seed.is_some() {
            let message = "--seed is for models: a trace has the seed that it was made with";
            return Err(Failure::Wrong(message.to_owned()));
        }
        let opened = packed::open(path)?;
        let trace = Trace::read(opened.source).map_err(|bad| bad.of(path))?;
        if trace.header.origin == Origin::Recorded {
            let file = quoted::file(path);
            let message = format!(
                "{}: this is a recording of a real server, not a run of this program: `lockstep replay {file}` \
                 compares it, `lockstep audit {file}` says who held which lock when",
                quoted::path(path)
            );
            return Err(Failure::Wrong(message));
        }
        let replayed = own::replay(&trace).map_err(|bad| bad.of(path))?;
        let mut notes = Vec::new();
        let mut exit = Exit::Expected;
        if let Some(difference) = &replayed.difference {
            exit = Exit::Violated;
            notes.push(format!(
                "this program runs the trace differently from line {} on, and shows its own run: `lockstep replay {}` \
                 tells the difference",
                difference.line,
                quoted::file(path)
            ));
        }
        let mut spec = own::spec(&trace).map_err(|bad| bad.of(path))?;
        if replayed.ended.steps > MOST_STEPS {
            notes.push(beginning(replayed.ended.steps));
            spec.limits.steps = spec.limits.steps.min(MOST_STEPS);
        }
        let choices = spec.choices();
        let recording = Recording::make(spec, choices);
        let path = path.to_path_buf();
        Ok(Self { path, recording, checked: None, notes, exit, is_trace: true })
    }

    /// What it is about.
    pub(super) fn title(&self) -> String {
        let title = self.recording.spec.model.title();
        let title =
            if title.is_empty() { self.path.display().to_string() } else { title.to_owned() };
        visible::line(&title).into_owned()
    }

    /// What came of it, in a line.
    pub(super) fn verdict(&self) -> (VerdictTone, String) {
        if let Some(checked) = &self.checked
            && self.recording.ended.violation.is_none()
        {
            let name = cover::verdict(&checked.outcome.verdict).to_uppercase();
            let beside = self.beside();
            let holds = checked.found().verdict == crate::model::Verdict::Holds;
            let tone = if holds { VerdictTone::Good } else { VerdictTone::Open };
            return (tone, format!("{name}{beside}"));
        }
        let ended = &self.recording.ended;
        let faults = words::counted(ended.tally.deviations, "fault");
        let steps = words::counted(ended.steps, "step");
        match (&ended.violation, ended.end) {
            (Some(violation), _) => (
                VerdictTone::Bad,
                format!(
                    "VIOLATED  {}, with {faults} in {steps}{}",
                    violation.property,
                    self.beside()
                ),
            ),
            (None, End::Done) => {
                (VerdictTone::Good, format!("NOTHING VIOLATED in this run of {steps}"))
            }
            (None, End::Stuck) => {
                (VerdictTone::Open, "NOTHING VIOLATED in this run, but it got stuck".to_owned())
            }
            (None, _) => (VerdictTone::Open, format!("a run of {steps}, cut there")),
        }
    }

    /// What the model expects beside what was found.
    fn beside(&self) -> String {
        let beside = |it: &Checked| expected::beside(&it.found(), it.model.expect(), it.bounded);
        self.checked.as_ref().map(beside).unwrap_or_default()
    }

    /// Why it came to that, each with its name.
    pub(super) fn causes(&self) -> Vec<(&'static str, String)> {
        let Recording { spec, setup, events, ended } = &self.recording;
        let cast = Cast::of(setup);
        let line = |text: &str| visible::line(text).into_owned();
        let mut causes = Vec::new();
        causes.extend(ended.violation.as_ref().map(|it| ("what", line(&it.why))));
        let chain = because(&cast, events, spec.round.is_some());
        causes.extend(chain.map(|it| ("because", line(&it.text(&cast, events)))));
        causes.extend(self.notes.iter().map(|it| ("note", line(it))));
        causes
    }

    /// What else is known, each with its name.
    pub(super) fn facts(&self) -> Vec<(&'static str, String)> {
        let model = &self.recording.spec.model;
        let line = |text: &str| visible::line(text).into_owned();
        let mut facts = Vec::new();
        if !model.why().is_empty() {
            facts.push(("why", line(model.why())));
        }
        if let Some(checked) = &self.checked {
            let (setup, outcome) = (checked.model.abstract_setup(), &checked.outcome);
            facts.push(("covers", cover::covers(&setup, outcome)));
            let effects = cover::effects(&setup, &outcome.faults);
            facts.extend(effects.into_iter().map(|it| ("faults", it)));
            facts.extend(cover::unused_notes(&setup, outcome).into_iter().map(|it| ("note", it)));
            facts.push((
                "searched",
                format!(
                    "{}, {}",
                    words::counted(outcome.states as u64, "state"),
                    words::counted(outcome.transitions, "transition")
                ),
            ));
        }
        facts.push(("again", self.again()));
        facts
    }

    /// The command that makes the same run again.
    pub(super) fn again(&self) -> String {
        let file = quoted::file(&self.path);
        match (self.is_trace, self.recording.spec.seed()) {
            (true, _) => format!("lockstep replay {file}"),
            (false, Some(seed)) => format!("lockstep run {file} --seed {seed}"),
            (false, None) => format!("lockstep check {file}"),
        }
    }
}

/// Whether the file at `path` is a trace, whatever its name.
fn is_trace(path: &Path) -> Result<bool, Failure> {
    if models::is_stdin(path) || !path.is_file() {
        return Ok(false);
    }
    let opened = packed::open(path)?;
    Ok(opened.content == Some(Content::Trace))
}

fn beginning(steps: u64) -> String {
    let (most, steps) = (words::count(MOST_STEPS), words::count(steps));
    format!("only the first {most} of {steps} steps are shown")
}

/// The beginning of a run that is too long.
fn cut(spec: Spec) -> Recording {
    let limits = Limits { steps: MOST_STEPS.min(spec.limits.steps), ..spec.limits };
    let spec = Spec { limits, ..spec };
    let choices = spec.choices();
    Recording::make(spec, choices)
}
