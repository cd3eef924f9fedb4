//! Verdicts against what models expect.

use super::exit::Exit;
use crate::explore;
use crate::model::{Expect, Verdict};
use crate::report::words;
use crate::run::{End, Ended};
use std::fmt::Write as _;

/// A verdict of a search or of one run, in the words of models.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Found {
    pub(super) verdict: Verdict,
    /// The property that is violated, or those that had nothing to judge.
    pub(super) properties: Vec<String>,
    /// How many deviations the shortest violation has.
    pub(super) deviations: Option<u32>,
    /// It holds within this many deviations, and no more was looked at.
    pub(super) within: Option<u32>,
}

impl Found {
    pub(super) fn of_search(verdict: &explore::Verdict) -> Self {
        use explore::Verdict as V;
        let plain =
            |verdict| Self { verdict, properties: Vec::new(), deviations: None, within: None };
        match verdict {
            V::Violated { violation, deviations, .. } => Self {
                properties: vec![violation.property.to_owned()],
                deviations: Some(*deviations),
                ..plain(Verdict::Violated)
            },
            V::Holds => plain(Verdict::Holds),
            V::HoldsWithin(within) => Self { within: Some(*within), ..plain(Verdict::Holds) },
            V::Vacuous(names) => Self {
                properties: names.iter().map(|name| (*name).to_owned()).collect(),
                ..plain(Verdict::Vacuous)
            },
            V::Cut(_) => plain(Verdict::Cut),
        }
    }

    /// One run can be no proof: it violates something, it ends well, or a limit stops it.
    pub(super) fn of_run(ended: &Ended) -> Self {
        let (verdict, property) = match (&ended.violation, ended.end) {
            (Some(violation), _) => (Verdict::Violated, Some(violation.property.to_owned())),
            (None, End::Done | End::Stuck) => (Verdict::Holds, None),
            (None, _) => (Verdict::Cut, None),
        };
        Self { verdict, properties: property.into_iter().collect(), deviations: None, within: None }
    }

    /// Whether it is what was expected; what is not said is not compared. `bounded` says that the caller asked for
    /// fewer deviations than the model: then a search that holds within them is no surprise.
    fn is(&self, expect: &Expect, bounded: bool) -> bool {
        self.verdict == expect.verdict
            && expect.property.as_ref().is_none_or(|it| self.properties.contains(it))
            && (expect.deviations.is_none()
                || self.deviations.is_none()
                || expect.deviations == self.deviations)
            && (bounded || self.verdict != Verdict::Holds || self.within == expect.within)
    }

    /// What the process exits with.
    pub(super) fn exit(&self, expect: Option<&Expect>, bounded: bool) -> Exit {
        match (expect, self.verdict) {
            (Some(expect), _) if self.is(expect, bounded) => Exit::Expected,
            (_, Verdict::Vacuous | Verdict::Cut) => Exit::Inconclusive,
            (Some(_), _) | (None, Verdict::Violated) => Exit::Violated,
            (None, Verdict::Holds) => Exit::Expected,
        }
    }

    /// `, as expected` or `, but …`; nothing if nothing was expected.
    pub(super) fn beside(&self, expect: Option<&Expect>, bounded: bool) -> String {
        match expect {
            None => String::new(),
            Some(expect) if self.is(expect, bounded) => ", as expected".to_owned(),
            Some(expect) => format!(", but the model expects: {}", in_words(expect)),
        }
    }
}

/// An expectation: `violated (mutual-exclusion) with 1 fault`.
pub(super) fn in_words(expect: &Expect) -> String {
    let mut text = name(expect.verdict).to_owned();
    if let Some(property) = &expect.property {
        let _ = write!(text, " ({property})");
    }
    if let Some(deviations) = expect.deviations {
        let _ = write!(text, " with {}", words::counted(u64::from(deviations), "fault"));
    }
    if let Some(within) = expect.within {
        let _ = write!(text, " within {}", words::counted(u64::from(within), "fault"));
    }
    text
}

/// A verdict's name in model files.
pub(super) fn name(verdict: Verdict) -> &'static str {
    Verdict::ALL.iter().find(|(_, known)| *known == verdict).map_or("", |(name, _)| name)
}
