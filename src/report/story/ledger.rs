//! What threads do to the ledger, and who else is in a section meanwhile.

use super::{Teller, Tone};
use crate::event::Who;
use crate::store::ledger::Account;
use crate::time::Micros;

impl Teller<'_> {
    pub(super) fn reads(&mut self, at: Micros, who: Who, account: Account, value: i64) {
        self.read.insert((who, account), value);
        let last = self.ledger.get(&account).copied();
        let name = self.cast.who(who);
        if let Some(last) = last.filter(|last| *last != value && account == Account::IN_STORE) {
            let text = format!(
                "{name} reads {value} from {account}, which is old: {last} was written since"
            );
            return self.step(at, text, Tone::Bad);
        }
        self.ledger.insert(account, value);
        self.step(at, format!("{name} reads {value} from {account}"), Tone::Plain);
    }

    pub(super) fn wrote(&mut self, at: Micros, who: Who, account: Account, value: i64) {
        let read = self.read.get(&(who, account)).copied();
        let before = self.ledger.insert(account, value);
        let text = format!("{} writes {value} to {account}", self.cast.who(who));
        match (read, before) {
            (Some(read), Some(before)) if read != before => self.step(
                at,
                format!("{text}, computed from {read}; but {account} says {before} by now: that update is lost"),
                Tone::Bad,
            ),
            _ if !self.known.inside.contains(&who) => {
                self.step(at, format!("{text}, although it is not in its section any more"), Tone::Bad);
            }
            _ => {
                let others = self.known.others_inside(who);
                if others.is_empty() {
                    return self.step(at, text, Tone::Plain);
                }
                let verb = if others.len() == 1 { "is in its section" } else { "are in theirs" };
                let others = self.names(&others);
                self.step(at, format!("{text}, while {others} {verb}"), Tone::Bad);
            }
        }
    }
}
