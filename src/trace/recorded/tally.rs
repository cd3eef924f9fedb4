//! What the comparison of a recording with a model came to.

use std::collections::BTreeMap;

use crate::time::Micros;

/// How often a rule of tolerance was used, beside how often it could have been.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RuleUse {
    /// Comparisons that are equal only because of this rule.
    pub used: u64,
    /// Comparisons that this rule covers, used or not.
    pub eligible: u64,
}

/// One place where the model and the recording differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The line of the file, from 1.
    pub line: usize,
    /// The recorded instant.
    pub at: Micros,
    /// Whose event it is and what was asked, as in `c1 GET lock`.
    pub what: String,
    /// What the real server did, as JSON or in words.
    pub recorded: String,
    /// What the model did, as JSON or in words.
    pub model: String,
}

/// The result of one recording, or of many together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Replies, pushes, watch events, expiries that were compared.
    pub compared: u64,
    /// Those that are equal, with or without a rule.
    pub equal: u64,
    /// Those that are not.
    pub different: u64,
    /// The uses of each rule, by its name.
    pub rules: BTreeMap<&'static str, RuleUse>,
    /// The first differences, at most [`Tally::KEPT`] of them.
    pub differences: Vec<Difference>,
}

impl Tally {
    /// How many differences are kept with their texts.
    pub const KEPT: usize = 100;

    /// Counts an equal comparison.
    pub fn same(&mut self) {
        self.compared += 1;
        self.equal += 1;
    }

    /// Counts a difference.
    pub fn differs(&mut self, difference: Difference) {
        self.compared += 1;
        self.different += 1;
        if self.differences.len() < Self::KEPT {
            self.differences.push(difference);
        }
    }

    /// Counts a comparison that `rule` covers, and whether it needed the rule to be equal.
    pub fn rule(&mut self, rule: &'static str, used: bool) {
        let counts = self.rules.entry(rule).or_default();
        counts.eligible += 1;
        counts.used += u64::from(used);
    }

    /// Adds the counts of another recording.
    pub fn add(&mut self, other: &Self) {
        self.compared += other.compared;
        self.equal += other.equal;
        self.different += other.different;
        for (rule, uses) in &other.rules {
            let counts = self.rules.entry(rule).or_default();
            counts.used += uses.used;
            counts.eligible += uses.eligible;
        }
        let room = Self::KEPT.saturating_sub(self.differences.len());
        self.differences.extend(other.differences.iter().take(room).cloned());
    }
}
