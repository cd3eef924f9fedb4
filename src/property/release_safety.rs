//! Release safety: nobody takes away or shortens what a living holder or waiter has placed where the lock lives.
//!
//! An entry is what somebody placed for itself: the key, its member of a set, its field of a hash, its node. The directory
//! of a queue and the key that holds a collection are nobody's; nor is what a thread leaves behind with its section. What
//! is over may be taken over: what had a time to live that has passed, and what its protocol does not count any more.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::parameters::{Facts, parameters};
use super::{About, Event, Judgement, Names, Property, Who};
use crate::choice::ServerId;
use crate::event::{By, Kept};
use crate::json::{Problem, Section};
use crate::store::effect::{Change, Item};
use crate::time::Micros;

/// A server counts its times to live in milliseconds: what is shorter by less (µs) is not shorter.
const PRECISION: Micros = Micros(1000);

/// The property `release-safety`.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct ReleaseSafety {
    /// For how long (µs) an entry counts for others, if that ends.
    counts_for: Option<Micros>,
    /// Who is in its section, with when its lock ends: by what it heeds, and by what its protocol says.
    inside: BTreeMap<Who, Ends>,
    /// Who has left its section and not asked again: what it places now is for others.
    left: BTreeSet<Who>,
    /// What is there, and whose it is. What a process that is gone left behind is nobody's.
    entries: BTreeMap<(ServerId, Item), Entry>,
    /// The keys that hold collections, with when they end (µs).
    collections: BTreeMap<(ServerId, Rc<str>), Option<Micros>>,
    /// The nodes that have had others below them.
    directories: BTreeSet<Rc<str>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Ends {
    until: Option<Micros>,
    lease: Option<Micros>,
}

/// What somebody placed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Entry {
    by: Who,
    /// Whether it is for its owner's present attempt or section.
    serves: bool,
    /// When it is gone by itself (µs), as its owner set it last.
    until: Option<Micros>,
    /// When its owner placed or renewed it last (µs), if it counts for some time only.
    since: Micros,
    /// Whether its owner renewed it since it entered.
    renewed: bool,
}

impl ReleaseSafety {
    /// What it is.
    pub const ABOUT: About = About {
        name: "release-safety",
        title: "no request of a thread removes or shortens the entry of another that holds the lock or waits for it",
        vacuous: "no thread removed what a thread had placed",
        source: "Redis documentation, \"Distributed Locks with Redis\": single instance",
        params: &[],
    };

    /// Reads `"release-safety"`.
    pub fn from_section(section: &Section<'_>, facts: &Facts) -> Result<Self, Box<Problem>> {
        let counts_for = facts.counts_for;
        parameters(section, &[]).map(|_| Self { counts_for, ..Self::default() })
    }

    /// Whether the owner of an entry holds the lock or waits for it, and the entry counts.
    fn matters(&self, now: Micros, entry: &Entry) -> bool {
        let is_past = |end: Option<Micros>| end.is_some_and(|end| end <= now);
        if !entry.serves || is_past(entry.until) {
            return false;
        }
        if is_past(self.counts_for.map(|span| entry.since + span)) {
            return false;
        }
        match self.inside.get(&entry.by) {
            Some(ends) => !is_past(ends.until) && (entry.renewed || !is_past(ends.lease)),
            // Whoever has not been heard of yet is about to ask.
            None => !self.left.contains(&entry.by),
        }
    }

    fn kept(&mut self, now: Micros, kept: &Kept, names: &dyn Names) -> Judgement {
        let place = (kept.server, kept.item.clone());
        self.learn_what_holds_others(&kept.item, kept.server);
        let key = (kept.server, kept.item.place.clone());
        match (&kept.change, kept.by) {
            (Change::Placed { until, .. }, By::Thread(by)) => {
                let until = match kept.item.part {
                    Some(_) => self.collections.get(&key).copied().flatten(),
                    None => *until,
                };
                let serves = !self.left.contains(&by);
                let entry = Entry { by, serves, until, since: self.at(now), renewed: false };
                self.entries.insert(place, entry);
                Judgement::nothing()
            }
            (Change::Renewed { until, .. }, by) => self.renewed(now, kept, *until, by, names),
            (Change::Rewritten { .. }, By::Thread(by)) => {
                self.extend(now, by, kept.server);
                Judgement::nothing()
            }
            (Change::Removed { .. }, by) => {
                if kept.item.part.is_none() {
                    self.collections.remove(&key);
                }
                let (Some(entry), By::Thread(by)) = (self.entries.remove(&place), by) else {
                    return Judgement::nothing();
                };
                if entry.by == by {
                    return Judgement::happened();
                }
                if self.is_nobodys(&place) || !self.matters(now, &entry) {
                    return Judgement::nothing();
                }
                self.violated("removes", by, &entry, &place, names)
            }
            _ => Judgement::nothing(),
        }
    }

    /// A key got another time to live, and with it what it holds.
    fn renewed(
        &mut self,
        now: Micros,
        kept: &Kept,
        until: Option<Micros>,
        by: By,
        names: &dyn Names,
    ) -> Judgement {
        let key = (kept.server, kept.item.place.clone());
        if let Some(end) = self.collections.get_mut(&key) {
            *end = until;
        }
        let By::Thread(by) = by else { return Judgement::nothing() };
        let here = |place: &(ServerId, Item)| place.0 == key.0 && place.1.place == key.1;
        let is_shortened = |place: &(ServerId, Item), entry: &Entry| {
            let is_shorter = match (entry.until, until) {
                (Some(before), Some(after)) => after + PRECISION < before,
                // Who gives an end to what has none helps its owner, unless that has the lock by now.
                (None, Some(_)) => self.inside.contains_key(&entry.by),
                (_, None) => false,
            };
            // Others may have made the time of its key longer than its own lease: that is no longer than it asked for.
            let ends = self.inside.get(&entry.by);
            let is_cut = match (ends.and_then(|ends| ends.lease).zip(until), place.1.part.is_some())
            {
                (Some((lease, after)), _) => after + PRECISION < lease,
                // What it asked for is known once it has heard that it has it.
                (None, in_collection) => !in_collection || ends.is_some(),
            };
            is_shorter
                && is_cut
                && entry.by != by
                && !self.is_nobodys(place)
                && self.matters(now, entry)
        };
        let mut entries = self.entries.iter().filter(|(place, _)| here(place));
        let shortened = entries.find(|(place, entry)| is_shortened(place, entry));
        let judgement = shortened
            .map(|(place, entry)| self.violated("shortens the time of", by, entry, place, names));
        for (_, entry) in self.entries.iter_mut().filter(|(place, it)| here(place) && it.by == by) {
            entry.until = until;
        }
        self.extend(now, by, kept.server);
        judgement.unwrap_or_default()
    }

    /// What a thread has there counts from now on anew.
    fn extend(&mut self, now: Micros, by: Who, server: ServerId) {
        let (since, inside) = (self.at(now), self.inside.contains_key(&by));
        for ((at, _), entry) in &mut self.entries {
            if entry.by == by && *at == server {
                (entry.since, entry.renewed) = (since, inside);
            }
        }
    }

    /// The time, if anybody asks for it.
    fn at(&self, now: Micros) -> Micros {
        if self.counts_for.is_some() { now } else { Micros::ZERO }
    }

    fn learn_what_holds_others(&mut self, item: &Item, server: ServerId) {
        if item.part.is_some() {
            let key = (server, item.place.clone());
            if !self.collections.contains_key(&key) {
                let whole = (server, Item::whole(item.place.clone()));
                let until = self.entries.get(&whole).and_then(|entry| entry.until);
                self.collections.insert(key, until);
            }
        } else if let Some(parent) = item.parent().filter(|it| !self.directories.contains(*it)) {
            self.directories.insert(parent.into());
        }
    }

    /// Whether it is only there to hold what others place.
    fn is_nobodys(&self, (server, item): &(ServerId, Item)) -> bool {
        item.part.is_none()
            && (self.directories.contains(&item.place)
                || self.collections.contains_key(&(*server, item.place.clone())))
    }

    fn violated(
        &self,
        does: &str,
        by: Who,
        entry: &Entry,
        (server, item): &(ServerId, Item),
        names: &dyn Names,
    ) -> Judgement {
        let (by, owner, what) = (names.who(by), names.who(entry.by), names.item(*server, item));
        let state = if self.inside.contains_key(&entry.by) {
            "which is in its section"
        } else {
            "which waits for the lock"
        };
        Judgement::violated(format!(
            "a request of {by} {does} {what}, which {owner} placed there and {state}"
        ))
    }
}

impl Property for ReleaseSafety {
    fn name(&self) -> &'static str {
        Self::ABOUT.name
    }

    fn observe(&mut self, now: Micros, event: &Event<'_>, names: &dyn Names) -> Judgement {
        match event {
            Event::Kept(kept) => return self.kept(now, kept, names),
            Event::Asks(who) => drop(self.left.remove(who)),
            Event::Enters { who, until, lease, .. } => {
                self.left.remove(who);
                self.inside.insert(*who, Ends { until: *until, lease: *lease });
                for entry in self.entries.values_mut().filter(|entry| entry.by == *who) {
                    entry.renewed = false;
                }
            }
            Event::Leaves(who) | Event::Done(who) => self.is_through(*who),
            // It gives back what it has, and asks again.
            Event::TooLate { who, .. } => self.serves_no_more(*who),
            Event::Crashes(process) => {
                self.entries.retain(|_, entry| entry.by.process != *process);
                self.inside.retain(|who, _| who.process != *process);
            }
            _ => {}
        }
        Judgement::nothing()
    }

    fn rebase(&mut self, dt: Micros) {
        let longest = self.counts_for.unwrap_or_default();
        // What is over stays so, however long ago that was.
        let end = |end: Option<Micros>| end.map(|end| (end - dt).max(Micros::ZERO));
        for ends in self.inside.values_mut() {
            *ends = Ends { until: end(ends.until), lease: end(ends.lease) };
        }
        for entry in self.entries.values_mut() {
            entry.until = end(entry.until);
            if self.counts_for.is_some() {
                entry.since = (entry.since - dt).max(Micros::ZERO - longest);
            }
        }
        for until in self.collections.values_mut() {
            *until = end(*until);
        }
    }
}

impl ReleaseSafety {
    /// What a thread has placed serves it no more.
    fn is_through(&mut self, who: Who) {
        self.inside.remove(&who);
        self.left.insert(who);
        self.serves_no_more(who);
    }

    fn serves_no_more(&mut self, who: Who) {
        for entry in self.entries.values_mut().filter(|entry| entry.by == who) {
            entry.serves = false;
        }
    }
}
