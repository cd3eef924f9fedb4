//! Balance: whenever nobody is in a section, the accounts hold in all what they held at the beginning.

use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Names, Property, Who};
use crate::json::{Problem, Section};
use crate::store::ledger::Account;
use crate::time::Micros;

/// The property `balance`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Balance {
    inside: Vec<Who>,
    /// What each account said last, in their order.
    said: Vec<(Account, i64)>,
    /// By how much writes have changed the sum.
    gained: i64,
    /// Who wrote last.
    last: Option<Who>,
}

impl Balance {
    /// What it is.
    pub const ABOUT: About = About {
        name: "balance",
        title: "when nobody is in a section, the accounts hold in all what they held at the beginning",
        vacuous: "no section that wrote came to its end",
        source: "Gray and Reuter 1993, \"Transaction Processing\": debit and credit",
        params: &[],
    };

    /// Reads `"balance"`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        parameters(section, &[]).map(|_| Self::default())
    }

    fn says(&mut self, account: Account, value: i64) -> Option<i64> {
        match self.said.binary_search_by_key(&account, |(known, _)| *known) {
            Ok(place) => Some(std::mem::replace(&mut self.said[place].1, value)),
            Err(place) => {
                self.said.insert(place, (account, value));
                None
            }
        }
    }

    fn leaves(&mut self, who: Who, names: &dyn Names) -> Judgement {
        self.inside.retain(|inside| *inside != who);
        if !self.inside.is_empty() {
            return Judgement::nothing();
        }
        match self.gained {
            0 => Judgement { violated: None, happened: self.last == Some(who) },
            gained => {
                let (who, amount) = (names.who(who), gained.unsigned_abs());
                let wrong = if gained > 0 { "more" } else { "less" };
                Judgement::violated(format!(
                    "{who} leaves, nobody is in a section, and the accounts hold {amount} {wrong} than at the beginning"
                ))
            }
        }
    }
}

impl Property for Balance {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, _: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        match *event {
            Event::Enters { who, .. } => {
                if let Err(place) = self.inside.binary_search(&who) {
                    self.inside.insert(place, who);
                }
            }
            Event::Leaves(who) => return self.leaves(who, names),
            Event::Crashes(process) => {
                let before = self.inside.len();
                self.inside.retain(|inside| inside.process != process);
                if self.inside.is_empty() && before > 0 {
                    // Half a transfer is what a crash leaves behind, whatever the lock.
                    self.gained = 0;
                }
            }
            Event::Read { account, value, .. } => {
                self.says(account, value);
            }
            Event::Wrote { who, account, value } => {
                self.last = Some(who);
                if let Some(before) = self.says(account, value) {
                    self.gained = self.gained.saturating_add(value.saturating_sub(before));
                }
            }
            _ => {}
        }
        Judgement::nothing()
    }
}
