//! What threads do to the ledger, and who else is in a section meanwhile.

use super::super::words;
use super::{Kinds, Teller};
use crate::store::ledger::Account;
use crate::time::Micros;

impl Teller<'_> {
    pub(super) fn reads(&mut self, at: Micros, who: &str, account: Account, value: i64) {
        self.read.insert((who.to_owned(), account), value);
        let last = self.ledger.get(&account).copied();
        if let Some(last) = last.filter(|last| *last != value && account == Account::IN_STORE) {
            let text = format!(
                "{who} reads {value} from {account}, which is old: {last} was written since."
            );
            return self.step(at, text, Kinds::Bad);
        }
        self.ledger.insert(account, value);
        self.step(at, format!("{who} reads {value} from {account}."), Kinds::Plain);
    }

    /// Who else is in a section, but for those that share the lock with `who`.
    pub(super) fn others(&self, who: &str) -> Vec<String> {
        let shares = |it: &String| self.sharing.contains(it);
        let both = shares(&who.to_owned());
        let others = self.inside.iter().filter(|it| *it != who && !(both && shares(it)));
        others.cloned().collect()
    }

    pub(super) fn wrote(&mut self, at: Micros, who: &str, account: Account, value: i64) {
        let read = self.read.get(&(who.to_owned(), account)).copied();
        let before = self.ledger.insert(account, value);
        let text = format!("{who} writes {value} to {account}");
        match (read, before) {
            (Some(read), Some(before)) if read != before => self.step(
                at,
                format!("{text}, computed from {read}; but {account} says {before} by now: that update is lost."),
                Kinds::Bad,
            ),
            _ if !self.inside.iter().any(|inside| inside == who) => {
                self.step(at, format!("{text}, although it is not in its section any more."), Kinds::Bad);
            }
            _ => {
                let others = self.others(who);
                if others.is_empty() {
                    return self.step(at, format!("{text}."), Kinds::Plain);
                }
                let verb = if others.len() == 1 { "is in its section" } else { "are in theirs" };
                let others = words::list(&others);
                self.step(at, format!("{text}, while {others} {verb}."), Kinds::Bad);
            }
        }
    }
}
