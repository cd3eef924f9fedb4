//! Stale read: a read that says less than what was last written.
//!
//! The ledger never does that. A store with several servers may: one of them can be behind (catalogue control N4 asks
//! when it is not).

use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Names, Property, Who};
use crate::json::{Problem, Section};
use crate::store::ledger::Account;
use crate::time::Micros;

/// The property `stale-read`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct StaleRead(Vec<Written>);

/// The last write to an account.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Written {
    account: Account,
    by: Who,
    value: i64,
}

impl StaleRead {
    /// What it is.
    pub const ABOUT: About = About {
        name: "stale-read",
        title: "a read says what was written last",
        vacuous: "nobody read what another had written",
        source: "https://zookeeper.apache.org/doc/r3.8.0/zookeeperProgrammers.html#ch_zkGuarantees (no simultaneously consistent views)",
        params: &[],
    };

    /// Reads `"stale-read"`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        parameters(section, &[]).map(|_| Self::default())
    }

    fn reads(&self, who: Who, account: Account, value: i64, names: &dyn Names) -> Judgement {
        let written = self.0.iter().find(|last| last.account == account);
        let Some(last) = written else { return Judgement::nothing() };
        if last.value == value {
            return Judgement { violated: None, happened: last.by != who };
        }
        let (who, by) = (names.who(who), names.who(last.by));
        Judgement::violated(format!(
            "{who} reads {value} from {account}, where {by} has written {}: the read is stale",
            last.value
        ))
    }
}

impl Property for StaleRead {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, _: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        match *event {
            Event::Read { who, account, value } => return self.reads(who, account, value, names),
            Event::Wrote { who, account, value } => {
                self.0.retain(|last| last.account != account);
                self.0.push(Written { account, by: who, value });
                self.0.sort_unstable_by_key(|last| last.account);
            }
            _ => {}
        }
        Judgement::nothing()
    }
}
