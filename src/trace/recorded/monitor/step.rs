//! What one command of a log came to.

use std::collections::BTreeMap;

use super::super::{Difference, RuleUse};
use super::line::{Entry, From};
use crate::store::Effect;
use crate::store::redis::{Bytes, Reply};
use crate::time::Micros;

/// What is to be shown, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// When, since the log began.
    pub at: Micros,
    /// When, by the log's own clock (µs since 1970).
    pub clock: Micros,
    /// What.
    pub what: What,
}

/// What a log shows, and what it does not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// A line of the log.
    Line(Entry),
    /// The reply to a client's latest command.
    Reply(From, Reply),
    /// The client waits.
    Blocks(From),
    /// A message to a client.
    Push(From, Reply),
    /// A key is gone because its time was over: the database, the key.
    Expired(Bytes, Bytes),
    /// The line cannot be driven, because of this.
    NotDriven(&'static str),
    /// The model does not have this command.
    NotModelled,
    /// The script was loaded before the log began: what its lines did was done.
    Applied,
    /// The model runs another command there, or none.
    Differs {
        /// What the log has, if it has something.
        recorded: Option<String>,
        /// What the model runs, if it runs something.
        model: Option<String>,
    },
}

/// What became of the commands of a log.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Clients' commands that the model executed. What it answered cannot be compared: a log has no replies.
    pub executed: u64,
    /// Clients' commands that the model does not have.
    pub not_modelled: u64,
    /// Those that a log does not show whole: names and passwords.
    pub not_shown: u64,
    /// Lines of scripts that the model's run of the script has too, in the same place.
    pub lua_equal: u64,
    /// Lines of scripts that were executed as they stand: the script itself is not in the log.
    pub lua_applied: u64,
    /// Lines that the model has otherwise, or not at all, and the other way round.
    pub different: u64,
    /// How often the time goes back.
    pub went_back: u64,
    /// What a log decides, and the model does not.
    pub rules: BTreeMap<&'static str, RuleUse>,
    /// The first differences, at most [`Counts::KEPT`] of them.
    pub differences: Vec<Difference>,
}

impl Counts {
    /// How many differences are kept with their texts.
    pub const KEPT: usize = 100;

    /// Counts a use of a rule.
    pub(super) fn rule(&mut self, rule: &'static str, used: bool) {
        let counts = self.rules.entry(rule).or_default();
        counts.eligible += 1;
        counts.used += u64::from(used);
    }

    /// Adds the counts of another log.
    pub fn add(&mut self, other: &Self) {
        self.executed += other.executed;
        self.not_modelled += other.not_modelled;
        self.not_shown += other.not_shown;
        self.lua_equal += other.lua_equal;
        self.lua_applied += other.lua_applied;
        self.different += other.different;
        self.went_back += other.went_back;
        for (rule, uses) in &other.rules {
            let counts = self.rules.entry(rule).or_default();
            counts.used += uses.used;
            counts.eligible += uses.eligible;
        }
    }

    /// Counts a difference.
    pub(super) fn differs(&mut self, difference: Difference) {
        self.different += 1;
        if self.differences.len() < Self::KEPT {
            self.differences.push(difference);
        }
    }
}

/// How a command was dealt with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum How {
    /// The model executed it.
    #[default]
    Executed,
    /// It waits in a transaction.
    Queued,
    /// The lines of its script were executed as they stand.
    Applied,
    /// The model does not have it, or the log does not show it.
    Not,
}

/// What one command came to.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// The instant, in the time that never goes back (µs since the log began).
    pub now: Micros,
    /// What was done: the command itself, or those of a transaction.
    pub commands: Vec<Entry>,
    /// The lines of scripts among it.
    pub lua: Vec<Entry>,
    /// What happened by the passing of time before it.
    pub before: Vec<(Micros, Effect)>,
    /// What it did.
    pub effects: Vec<Effect>,
    /// What the model answered.
    pub reply: Option<Reply>,
    /// Whether it is of a recording, which has answers.
    pub recorded: bool,
    /// How it was dealt with.
    pub how: How,
    /// A key that must have been there before the log began: nothing else explains what the script ran.
    pub inferred: Option<Inferred>,
}

/// A key that must have been there, or be gone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inferred {
    /// The database.
    pub db: usize,
    /// The key.
    pub key: Bytes,
    /// What it holds, where it is what the client itself names; none is somebody else's.
    pub own: Option<Bytes>,
    /// It is the other way round: it must be gone by now.
    pub gone: bool,
}
