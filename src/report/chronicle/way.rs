//! Who waits for whom.

use super::{Chronicle, Holding};
use crate::event::Who;

impl Chronicle<'_> {
    /// What stands where the lock lives and is another's. Where something of `who` stands on the same server, only what
    /// was placed before that: there `who` is in line.
    pub fn ahead_of(&self, who: Who) -> impl Iterator<Item = &Holding> {
        let own = move |it: &&Holding| it.owner == Some(who) && it.item.part.is_none();
        self.standing().filter(move |it| {
            let place = self.standing().filter(own).find(|own| own.server == it.server);
            it.owner != Some(who) && place.is_none_or(|place| it.placed < place.placed)
        })
    }

    /// For whom a thread waits that wants the lock: those who are in a section that it may not share, then those whose
    /// things stand ahead of it. Each is named once; nobody if it does not want the lock.
    pub fn waits_for(&self, who: Who) -> Vec<Who> {
        if !self.stance(who).is_some_and(super::Stance::wants) {
            return Vec::new();
        }
        let mut whom = self.others_inside(who);
        for owner in self.ahead_of(who).filter_map(|it| it.owner) {
            if !whom.contains(&owner) {
                whom.push(owner);
            }
        }
        whom
    }
}
