//! What became of the catalogue's failures: which broken forms were found, which fixed forms hold, and the controls.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::explore::Verdict;
use crate::model::Form;
use crate::run::Checked;

/// How many models of one form came out as they must, and which did not.
#[derive(Default, Serialize)]
struct Count {
    /// How many did.
    right: usize,
    /// Of how many.
    of: usize,
    /// The entries, and whether each is right.
    #[serde(skip)]
    entries: BTreeMap<String, bool>,
    /// The entries that did not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not: Vec<String>,
}

impl Count {
    /// An entry may have several models: it is right if all of them are.
    fn add(&mut self, id: &str, right: bool) {
        *self.entries.entry(id.to_owned()).or_insert(true) &= right;
        let wrong = self.entries.iter().filter(|(_, right)| !**right);
        self.not = wrong.map(|(id, _)| id.clone()).collect();
        self.of = self.entries.len();
        self.right = self.of - self.not.len();
    }
}

/// The three forms; a model without an entry in the catalogue counts nowhere.
#[derive(Default, Serialize)]
pub(super) struct Summary {
    /// Broken forms, of which a violation is to be found.
    broken: Count,
    /// Fixed forms, which hold.
    fixed: Count,
    /// Controls, which hold.
    controls: Count,
}

impl Summary {
    pub(super) fn add(&mut self, checked: &Checked) {
        let Some(case) = checked.model.case() else { return };
        let verdict = &checked.outcome.verdict;
        let violated = matches!(verdict, Verdict::Violated { .. });
        let holds = matches!(verdict, Verdict::Holds | Verdict::HoldsWithin(_));
        match case.form {
            Form::Broken => self.broken.add(&case.id, violated),
            Form::Fixed => self.fixed.add(&case.id, holds),
            Form::Control => self.controls.add(&case.id, holds),
        }
    }

    /// Whether any model has an entry in the catalogue.
    pub(super) fn is_empty(&self) -> bool {
        self.broken.of + self.fixed.of + self.controls.of == 0
    }

    /// The summary in words, each line with whether it is good news; none if no model has an entry.
    pub(super) fn lines(&self) -> Vec<(bool, String)> {
        if self.is_empty() {
            return Vec::new();
        }
        let Self { broken, fixed, controls } = self;
        let count = |count: &Count| match count.right {
            right if right == count.of => right.to_string(),
            right => format!("{right} of {}", count.of),
        };
        let controls_hold = match (controls.of, controls.right) {
            (0, _) => "no controls".to_owned(),
            _ => format!("{} controls hold", count(controls)),
        };
        let text = format!(
            "{} of {} broken forms found, {} fixed forms hold, {controls_hold}",
            broken.right,
            broken.of,
            count(fixed)
        );
        let all = broken.not.is_empty() && fixed.not.is_empty() && controls.not.is_empty();
        let wrong = [
            ("not found", broken),
            ("fixed, but do not hold", fixed),
            ("controls that do not hold", controls),
        ];
        let wrong = wrong.into_iter().filter(|(_, count)| !count.not.is_empty());
        let wrong = wrong.map(|(what, count)| (false, format!("{what}: {}", count.not.join(", "))));
        std::iter::once((all, text)).chain(wrong).collect()
    }
}
