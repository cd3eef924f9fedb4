//! Lost update: a write that rests on a read which another's write has overtaken.
//!
//! The anomaly P4 of Berenson et al. 1995, "A Critique of ANSI SQL Isolation Levels".

use super::asking::Asking;
use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Names, Property, Who};
use crate::json::{Problem, Section};
use crate::store::ledger::Account;
use crate::time::Micros;

/// The property `lost-update`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct LostUpdate {
    /// What each thread read last of each account and has not yet written upon, in their order.
    reads: Vec<Basis>,
    /// Who wrote last of all.
    last: Option<Who>,
    /// The last write to the number in the store, of which a read may be too old.
    in_store: Option<(Who, i64)>,
    asking: Asking,
}

/// What a thread's next write rests on.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Basis {
    who: Who,
    account: Account,
    value: i64,
    /// The first write of another since, and what it wrote.
    overtaken: Option<(Who, i64)>,
    /// It was before the read, which was too old to say so.
    stale: bool,
}

impl LostUpdate {
    /// What it is.
    pub const ABOUT: About = About {
        name: "lost-update",
        title: "no write rests on a read that another's write has overtaken",
        vacuous: "nobody wrote after another had, or while another wanted the lock",
        source: "Berenson et al. 1995, \"A Critique of ANSI SQL Isolation Levels\": P4",
        params: &[],
    };

    /// Reads `"lost-update"`.
    pub fn from_section(section: &Section<'_>, _: &Facts) -> Result<Self, Box<Problem>> {
        parameters(section, &[]).map(|_| Self::default())
    }

    fn place(&self, who: Who, account: Account) -> Result<usize, usize> {
        self.reads.binary_search_by_key(&(who, account), |basis| (basis.who, basis.account))
    }

    fn wrote(&mut self, who: Who, account: Account, value: i64, names: &dyn Names) -> Judgement {
        let place = self.place(who, account).ok();
        let basis = place.map(|place| self.reads.remove(place));
        for other in self.reads.iter_mut().filter(|other| other.account == account) {
            other.overtaken.get_or_insert((who, value));
        }
        // It is put to the test where another has written, or would like to update as well.
        let meets = basis.is_some() && self.asking.is_any_but(who);
        let happened = meets || self.last.is_some_and(|last| last != who);
        self.last = Some(who);
        if account == Account::IN_STORE {
            self.in_store = Some((who, value));
        }
        let violated = basis.and_then(|Basis { value: read, overtaken, stale, .. }| {
            let (by, other) = overtaken?;
            let (who, by) = (names.who(who), names.who(by));
            let when =
                if stale { format!("after {by} had written") } else { format!("before {by} wrote") };
            let to = account.shown().map(|_| format!(" to {account}")).unwrap_or_default();
            Some(format!(
                "{who} writes {value}{to}, which rests on the {read} that it read {when} {other}: the update of \
                 {by} is lost"
            ))
        });
        Judgement { violated, happened }
    }
}

impl Property for LostUpdate {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, _: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        self.asking.observe(event);
        match *event {
            Event::Read { who, account, value } => {
                let in_store = self.in_store.filter(|_| account == Account::IN_STORE);
                let overtaken = in_store.filter(|(_, last)| *last != value);
                let basis = Basis { who, account, value, overtaken, stale: overtaken.is_some() };
                match self.place(who, account) {
                    Ok(place) => self.reads[place] = basis,
                    Err(place) => self.reads.insert(place, basis),
                }
                Judgement::nothing()
            }
            Event::Wrote { who, account, value } => self.wrote(who, account, value, names),
            _ => Judgement::nothing(),
        }
    }
}
