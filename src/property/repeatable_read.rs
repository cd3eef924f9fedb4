//! Repeatable read: what is read twice in one section says the same twice.
//!
//! The anomaly P2 of Berenson et al. 1995, "A Critique of ANSI SQL Isolation Levels".

use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Names, Property, Who};
use crate::json::{Problem, Section};
use crate::store::ledger::Account;
use crate::time::Micros;

/// The property `repeatable-read`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct RepeatableRead(Vec<Seen>);

/// What a thread saw in its section.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Seen {
    who: Who,
    account: Account,
    value: i64,
    /// Who wrote it since.
    overtaken: Option<Who>,
}

impl RepeatableRead {
    /// What it is.
    pub const ABOUT: About = About {
        name: "repeatable-read",
        title: "what is read twice in one section says the same twice",
        vacuous: "nothing was read twice in one section",
        source: "Berenson et al. 1995, \"A Critique of ANSI SQL Isolation Levels\": P2",
        params: &[],
    };

    /// Reads `"repeatable-read"`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        parameters(section, &[]).map(|_| Self::default())
    }

    fn place(&self, who: Who, account: Account) -> Result<usize, usize> {
        self.0.binary_search_by_key(&(who, account), |seen| (seen.who, seen.account))
    }

    fn reads(&mut self, who: Who, account: Account, value: i64, names: &dyn Names) -> Judgement {
        let seen = Seen { who, account, value, overtaken: None };
        let place = match self.place(who, account) {
            Ok(place) => place,
            Err(place) => {
                self.0.insert(place, seen);
                return Judgement::nothing();
            }
        };
        let before = std::mem::replace(&mut self.0[place], seen);
        if before.value == value {
            return Judgement::happened();
        }
        let by = before.overtaken.map(|by| format!(": {} wrote meanwhile", names.who(by)));
        Judgement::violated(format!(
            "{} reads {value} from {account}, which said {} earlier in the same section{}",
            names.who(who),
            before.value,
            by.unwrap_or_default()
        ))
    }
}

impl Property for RepeatableRead {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, _: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        match *event {
            Event::Enters { who, .. } | Event::Leaves(who) => {
                self.0.retain(|seen| seen.who != who);
            }
            Event::Crashes(process) => self.0.retain(|seen| seen.who.process != process),
            Event::Read { who, account, value } => return self.reads(who, account, value, names),
            Event::Wrote { who, account, .. } => {
                // Who writes itself knows what to expect.
                self.0.retain(|seen| (seen.who, seen.account) != (who, account));
                for seen in self.0.iter_mut().filter(|seen| seen.account == account) {
                    seen.overtaken = Some(who);
                }
            }
            _ => {}
        }
        Judgement::nothing()
    }
}
