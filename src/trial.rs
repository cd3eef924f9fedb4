//! A lock of one's own in Rust, searched from one's own tests: one call, and two macros that fail with the story.

use std::fmt;

use crate::cx::{Broken, Lock, LockBox};
use crate::explore::to_the_end;
use crate::json::Problem;
use crate::model::{Model, Verdict};
use crate::report::{Cast, View, because, cover, story, timeline};
use crate::run::{self, Asked, Checked, Recording};

/// What a search of a lock came to. Shown, it is the shortest violation step by step, or the verdict.
#[derive(Debug)]
pub struct Report {
    checked: Checked,
}

/// Why a lock could not be searched.
#[derive(Debug)]
pub enum Untried {
    /// The model is wrong.
    Model(Box<Problem>),
    /// A lock of the model that its user wrote is wrong.
    Lock(Broken),
}

/// Searches every order of events of `model`, the text of a model file, with `lock` in the place of every client's.
///
/// The `lock` that the text names is not used: `{"none": {}}` will do. Faults need the durations that they would
/// otherwise take from it.
///
/// # Errors
///
/// If the text is no model.
pub fn check(model: &str, lock: impl Lock) -> Result<Report, Untried> {
    let model = Model::parse("model.json", model).map_err(Untried::Model)?;
    let model = model.with_lock(&LockBox::new(lock));
    let searched = || run::check(model, Asked::default(), &mut to_the_end);
    let checked = Broken::caught(searched).map_err(Untried::Lock)?;
    Ok(Report { checked })
}

impl Report {
    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        self.checked.found().verdict
    }

    /// Whether it holds: without bounds, or within as many faults as the model looks at.
    pub fn holds(&self) -> bool {
        self.verdict() == Verdict::Holds
    }

    /// Whether this property is violated.
    pub fn violates(&self, property: &str) -> bool {
        let found = self.checked.found();
        found.verdict == Verdict::Violated && found.properties.iter().any(|it| it == property)
    }

    /// The search itself.
    pub fn checked(&self) -> &Checked {
        &self.checked
    }

    /// The shortest run that violates something, with its events.
    pub fn recording(&self) -> Option<Recording> {
        self.checked.recording()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        if let Some(Recording { spec, setup, events, .. }) = self.recording() {
            let (cast, view) = (Cast::of(&setup), View::default());
            text += &format!(
                "{}\n{}",
                timeline(&cast, &events, view),
                story(&cast, &events, view.width)
            );
            if let Some(because) = because(&cast, &events, spec.round.is_some()) {
                text += &format!("\nbecause {}\n", because.text(&cast, &events));
            }
        }
        let names = self.checked.found().properties.join(", ");
        let verdict = cover::verdict(&self.checked.outcome.verdict).to_uppercase();
        text += &format!("\n{verdict}  {names}\n");
        // Colours are for terminals.
        f.write_str(&anstream::adapter::strip_str(&text).to_string())
    }
}

impl fmt::Display for Untried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(problem) => problem.fmt(f),
            Self::Lock(broken) => broken.fmt(f),
        }
    }
}

impl std::error::Error for Untried {}

/// Panics with the story if a lock does not hold in a model: `assert_holds!(model, MyLock::default())`.
#[macro_export]
macro_rules! assert_holds {
    ($model:expr, $lock:expr $(,)?) => {
        match $crate::check($model, $lock) {
            Ok(report) => assert!(report.holds(), "the lock does not hold:\n{report}"),
            Err(untried) => panic!("{untried}"),
        }
    };
}

/// Panics with what was found if a lock does not violate a property in a model.
#[macro_export]
macro_rules! assert_violated {
    ($model:expr, $lock:expr, $property:expr $(,)?) => {
        match $crate::check($model, $lock) {
            Ok(report) => {
                assert!(report.violates($property), "{} is not violated:\n{report}", $property);
            }
            Err(untried) => panic!("{untried}"),
        }
    };
}
