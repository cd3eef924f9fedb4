//! What was where the lock lives is gone, and nobody asked for that.

use std::fmt::Write as _;

use super::{Kinds, Teller};
use crate::report::cast::Kind;
use crate::report::words;
use crate::time::Micros;

impl Teller<'_> {
    /// What was where the lock lives is gone by itself, or a fault has `taken` it; on several servers at once that is one step.
    pub(super) fn goes(&mut self, at: Micros, lock: &str, owner: Option<String>, taken: bool) {
        let server = self.woken.as_deref().and_then(|it| self.cast.server(it));
        let Some(server) = server.map(|server| &self.cast.servers[server]) else { return };
        let lock = lock.strip_suffix(&format!(" on {}", server.name)).unwrap_or(lock);
        let mut servers = vec![server.name.clone()];
        if let Some((when, what, whose, names)) = &self.expired
            && (*when, &**what, whose) == (at, lock, &owner)
            && self.steps.last().is_some_and(|last| last.text.contains(" expires in "))
        {
            servers = names.iter().cloned().chain(servers).collect();
            self.steps.pop();
        }
        let whose = owner.as_ref().map(|owner| format!("{owner}'s ")).unwrap_or_default();
        let names = words::list(&servers);
        let node = words::node(lock);
        let mut text = match server.kind {
            Kind::ZooKeeper if taken => format!("That ends the session, and removes {whose}{node}"),
            _ if taken => format!("That takes {whose}key {lock} away in {names}"),
            Kind::ZooKeeper => format!(
                "{names} ends a session of which it has not heard for too long, and removes {whose}{node}"
            ),
            _ => format!("{whose}key {lock} expires in {names}: its time to live is over"),
        };
        if let Some(owner) = owner.as_ref().filter(|owner| self.inside.contains(owner)) {
            let _ = write!(text, ". {owner} is still in its section");
            if self.stands_still(owner) {
                text += ", standing still";
            }
            text += ", and does not know it";
        }
        self.step(at, format!("{text}."), Kinds::Plain);
        self.expired = Some((at, lock.to_owned(), owner, servers));
    }
}
