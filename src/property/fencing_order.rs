//! Fencing order: tokens grow with the order in which the lock is granted, and the ledger admits whoever has the latest.
//!
//! A grant's place in the order is the moment at which its owner last put something where the lock lives, and its entry
//! where that is not seen. So one that was granted the lock earlier and enters late, as it stood still meanwhile, has
//! the smaller token by right: that is what tokens are for.

use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Names, Property, Who};
use crate::event::{By, Kept};
use crate::json::{Problem, Section};
use crate::store::effect::{Change, Item};
use crate::time::Micros;

/// The property `fencing-order`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct FencingOrder {
    /// The highest token of the grants before all of `grants`, and whose it is.
    highest: Option<(i64, Who)>,
    /// The grants from the first on whose owner has not entered, in their order, with the tokens that are known.
    grants: Vec<(Who, Option<i64>)>,
}

impl FencingOrder {
    /// What it is.
    pub const ABOUT: About = About {
        name: "fencing-order",
        title: "tokens grow with each grant of the lock, and the latest is not refused as stale",
        vacuous: "no two threads were granted the lock with tokens",
        source: "Kleppmann 2016, \"How to do distributed locking\": fencing tokens",
        params: &[],
    };

    /// Reads `"fencing-order"`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        parameters(section, &[]).map(|_| Self::default())
    }

    /// The grant of a thread that has not entered yet.
    fn pending(&self, who: Who) -> Option<usize> {
        self.grants.iter().position(|grant| *grant == (who, None))
    }

    fn granted(&mut self, who: Who) {
        if let Some(place) = self.pending(who) {
            self.grants.remove(place);
        }
        self.grants.push((who, None));
    }

    /// Its attempt came to nothing.
    fn forget(&mut self, gone: impl Fn(Who) -> bool) {
        self.grants.retain(|(who, token)| token.is_some() || !gone(*who));
        self.settle();
    }

    /// What stands before every grant that is still open needs no place of its own.
    fn settle(&mut self) {
        while let Some((who, Some(token))) = self.grants.first().copied() {
            self.grants.remove(0);
            if self.highest.is_none_or(|(highest, _)| highest <= token) {
                self.highest = Some((token, who));
            }
        }
    }

    fn enters(&mut self, who: Who, token: Option<i64>, names: &dyn Names) -> Judgement {
        let Some(token) = token else {
            self.forget(|other| other == who);
            return Judgement::nothing();
        };
        let place = self.pending(who).unwrap_or_else(|| {
            self.grants.push((who, None));
            self.grants.len() - 1
        });
        let known = |grant: &(Who, Option<i64>)| grant.1.map(|token| (token, grant.0));
        let before = self.grants[..place].iter().filter_map(known).chain(self.highest);
        let before: Vec<(i64, Who)> = before.collect();
        let after: Vec<(i64, Who)> = self.grants[place + 1..].iter().filter_map(known).collect();
        let not_after =
            |(other, whose): &&(i64, Who)| *other > token || (*other == token && *whose != who);
        let why = if let Some((other, whose)) = before.iter().find(not_after) {
            let (who, whose) = (names.who(who), names.who(*whose));
            Some(format!(
                "{who} enters with token {token}, although {whose}, to whom the lock was granted earlier, has {other}"
            ))
        } else {
            let not_before =
                |(other, whose): &&(i64, Who)| *other < token || (*other == token && *whose != who);
            after.iter().find(not_before).map(|(other, whose)| {
                let (who, whose) = (names.who(who), names.who(*whose));
                format!(
                    "{who} enters with token {token}, although {whose}, to whom the lock was granted later, has {other}"
                )
            })
        };
        let others = before.iter().chain(&after).any(|(_, whose)| *whose != who);
        self.grants[place].1 = Some(token);
        self.settle();
        Judgement { violated: why, happened: others }
    }

    /// The ledger refuses a thread.
    fn refused(&self, who: Who, names: &dyn Names) -> Judgement {
        let latest = self.grants.iter().rev().find_map(|(who, token)| Some(((*token)?, *who)));
        match latest.or(self.highest) {
            Some((token, whose)) if whose == who => Judgement::violated(format!(
                "the ledger refuses {} as stale, although nobody was granted the lock later: its token is {token}",
                names.who(who)
            )),
            _ => Judgement::nothing(),
        }
    }
}

impl Property for FencingOrder {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, _: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        match *event {
            // Of a collection the key counts, and not its members.
            Event::Kept(Kept {
                by: By::Thread(by),
                change: Change::Placed { .. },
                item: Item { part: None, .. },
                ..
            }) => self.granted(by),
            Event::Enters { who, fence, .. } => return self.enters(who, fence, names),
            Event::Refused(who) | Event::Leaves(who) | Event::Done(who) => {
                self.forget(|other| other == who);
            }
            Event::Crashes(process) => self.forget(|other| other.process == process),
            Event::Fenced(who) => return self.refused(who, names),
            _ => {}
        }
        Judgement::nothing()
    }
}
