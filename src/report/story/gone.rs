//! What stood where the lock lives is gone: who took it, or what did.

use std::fmt::Write as _;

use super::{Expiry, Teller, Tone};
use crate::event::{By, Event, Kept, Who};
use crate::report::cast::Kind;
use crate::report::words;
use crate::store::effect::Change;
use crate::time::Micros;

impl Teller<'_> {
    pub(super) fn kept(&mut self, at: Micros, kept: &Kept) {
        if let (Change::Renewed { until, .. }, By::Fault(_)) = (&kept.change, kept.by) {
            return self.renews(at, kept, *until);
        }
        let Change::Removed { .. } = kept.change else { return };
        // What goes with its key is told with the key; what a server copies is told with the server.
        let Some(what) = words::item(&kept.item).filter(|_| kept.by != By::Copy) else { return };
        let stood = self.known.standing().find(|it| it.is(kept.server, &kept.item));
        let owner = stood.and_then(|it| it.owner);
        match (kept.by, owner) {
            (By::Thread(by), Some(owner)) if by != owner => {
                let how = self.how(by);
                let (by, owner) = (self.cast.who(by), self.cast.who(owner));
                let on = self.cast.on(kept.server);
                let text = format!("{by} removes {what}{on}, which is {owner}'s{how}");
                self.step(at, text, Tone::Bad);
            }
            (By::Thread(_), _) => {}
            (by, owner) => self.goes(at, kept, by, (what, owner)),
        }
    }

    /// A fault gives a key another time to live, or none.
    fn renews(&mut self, at: Micros, kept: &Kept, until: Option<Micros>) {
        let Some(what) = words::item(&kept.item) else { return };
        let stood = self.known.standing().find(|it| it.is(kept.server, &kept.item));
        let owner = stood.and_then(|it| it.owner);
        let whose = owner.map(|owner| format!("{}'s ", self.cast.who(owner))).unwrap_or_default();
        let server = self.cast.server(kept.server);
        let text = match until {
            None => format!("takes the end of {whose}key {what} in {server} away: it stays"),
            Some(end) => format!("lets {whose}key {what} in {server} end at {}", words::time(end)),
        };
        self.opens(at, "That ", text, Tone::Plain);
    }

    /// Whether the same fault puts something else where this was.
    fn is_replaced(&self, kept: &Kept) -> bool {
        self.next.is_some_and(|next| match &next.event {
            Event::Kept(it) => {
                matches!(it.change, Change::Placed { .. })
                    && (it.server, &it.item, it.by) == (kept.server, &kept.item, kept.by)
            }
            _ => false,
        })
    }

    /// It is gone by itself, or a fault has taken it; on several servers at once that is one step.
    fn goes(&mut self, at: Micros, kept: &Kept, by: By, (what, owner): (String, Option<Who>)) {
        let mut servers = vec![kept.server];
        let same = |it: &Expiry| it.what == what && it.owner == owner;
        let expires = self.cast.kind(kept.server) == Kind::Redis && by == By::Time;
        if expires
            && let Some(last) =
                self.steps.pop_if(|last| last.at == at && last.expiry.as_ref().is_some_and(same))
            && let Some(Expiry { servers: others, .. }) = last.expiry
        {
            servers = others.into_iter().chain(servers).collect();
        }
        let whose = owner.map(|owner| format!("{}'s ", self.cast.who(owner))).unwrap_or_default();
        let names: Vec<String> =
            servers.iter().map(|it| self.cast.server(*it).to_owned()).collect();
        let names = words::list(&names);
        let (opening, mut text) = match (self.cast.kind(kept.server), by) {
            (Kind::ZooKeeper, By::Session) => (
                "",
                format!(
                    "{names} ends a session of which it has not heard for too long, and removes {whose}{what}"
                ),
            ),
            (Kind::ZooKeeper, By::Fault(_)) if kept.command.is_some() => {
                ("That ", format!("removes {whose}{what}"))
            }
            (Kind::ZooKeeper, By::Fault(_)) => {
                ("That ", format!("ends the session, and removes {whose}{what}"))
            }
            (Kind::ZooKeeper, _) => {
                ("", format!("{names} removes {whose}{what}, which nobody uses"))
            }
            (_, By::Time) => {
                ("", format!("{whose}key {what} expires in {names}: its time to live is over"))
            }
            (_, By::Fault(_)) if self.is_replaced(kept) => (
                "That ",
                format!("puts another value in the place of {whose}key {what} in {names}"),
            ),
            (_, By::Fault(_)) => ("That ", format!("takes {whose}key {what} away in {names}")),
            _ => ("", format!("{names} evicts {whose}key {what}")),
        };
        if let Some(owner) = owner.filter(|owner| self.known.inside.contains(owner)) {
            let _ = write!(text, ". {} is still in its section", self.cast.who(owner));
            if self.stands_still(owner) {
                text += ", standing still";
            }
            text += ", and does not know it";
        }
        self.opens(at, opening, text, Tone::Plain);
        if let Some(last) = self.steps.last_mut().filter(|_| expires) {
            last.expiry = Some(Expiry { what, owner, servers });
        }
    }
}
