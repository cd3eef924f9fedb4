//! What a search or a run came to, in the words of models, against what the model expects.

use super::limits::End;
use super::recorder::Ended;
use crate::explore;
use crate::model::{Expect, Verdict};

/// A verdict of a search or of one run, in the words of models.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The verdict.
    pub verdict: Verdict,
    /// The property that is violated, or those that had nothing to judge.
    pub properties: Vec<String>,
    /// How many deviations the shortest violation has.
    pub deviations: Option<u32>,
    /// It holds within this many deviations, and no more was looked at.
    pub within: Option<u32>,
}

/// What a verdict is beside what was expected, in the order in which one outweighs another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Meets {
    /// It is that; without an expectation, nothing is violated.
    Expectation,
    /// It says nothing either way, and that was not expected.
    Inconclusive,
    /// It is another.
    Not,
}

impl Found {
    /// What a search came to.
    pub fn of_search(verdict: &explore::Verdict) -> Self {
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
            V::NeverStruck(_) => plain(Verdict::Vacuous),
            V::Cut(_) => plain(Verdict::Cut),
        }
    }

    /// What a run came to. One run can be no proof: it violates something, it ends well, or a limit stops it.
    pub fn of_run(ended: &Ended) -> Self {
        let (verdict, property) = match (&ended.violation, ended.end) {
            (Some(violation), _) => (Verdict::Violated, Some(violation.property.to_owned())),
            (None, End::Done | End::Stuck) => (Verdict::Holds, None),
            (None, _) => (Verdict::Cut, None),
        };
        Self { verdict, properties: property.into_iter().collect(), deviations: None, within: None }
    }

    /// Whether it is what was expected; what is not said is not compared. `bounded` says that the caller asked for
    /// fewer deviations than the model: then a search that holds within them is no surprise.
    pub fn is(&self, expect: &Expect, bounded: bool) -> bool {
        self.verdict == expect.verdict
            && expect.property.as_ref().is_none_or(|it| self.properties.contains(it))
            && (expect.deviations.is_none()
                || self.deviations.is_none()
                || expect.deviations == self.deviations)
            && (bounded || self.verdict != Verdict::Holds || self.within == expect.within)
    }

    /// What it is beside what was expected, if anything was.
    pub fn meets(&self, expect: Option<&Expect>, bounded: bool) -> Meets {
        match (expect, self.verdict) {
            (Some(expect), _) if self.is(expect, bounded) => Meets::Expectation,
            (_, Verdict::Vacuous | Verdict::Cut) => Meets::Inconclusive,
            (Some(_), _) | (None, Verdict::Violated) => Meets::Not,
            (None, Verdict::Holds) => Meets::Expectation,
        }
    }
}
