//! Telling what became of keys that somebody heeds.
//!
//! Whatever changes a key notes it before, as it was. When the command is done, what is noted is compared with what is
//! there now ([`compare`]). So it costs nothing to tell nothing, and nothing is kept from one command to the next.

use std::rc::Rc;

use indexmap::IndexMap;
use indexmap::map::Entry as Slot;
use rustc_hash::FxBuildHasher;

use super::super::ctx::Ctx;
use super::super::reply::Bytes;
use super::difference::compare;
use super::{Data, Database, Entry, Place};
use crate::store::Heed;
use crate::store::effect::{Cause, Effect, Item};

/// What the command in execution has changed so far.
#[derive(Debug)]
pub(in crate::store::redis) struct Noted {
    /// Whether anybody heeds anything.
    heeded: bool,
    /// The command.
    command: &'static str,
    /// The keys as they were before it, in the order of their first change.
    before: IndexMap<Place, Option<Entry>, FxBuildHasher>,
}

/// Why keys changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::store::redis) enum Why {
    /// By the command in execution.
    Asked,
    /// By their deadlines.
    Expired,
    /// For want of memory.
    Evicted,
    /// By the master, or by a crash.
    Taken,
}

impl Noted {
    pub(in crate::store::redis) fn new(heed: Heed<'_>) -> Self {
        Self { heeded: heed != Heed::Nothing, command: "", before: IndexMap::default() }
    }

    pub(in crate::store::redis) fn is_empty(&self) -> bool {
        self.before.is_empty()
    }
}

impl Ctx<'_> {
    /// A key is about to change, or to come to be.
    pub(in crate::store::redis) fn note(&mut self, db: usize, key: &Bytes) {
        if !self.noted.heeded {
            return;
        }
        let heeded = match self.env.heeds() {
            Heed::Nothing => false,
            Heed::Places(names) => db == 0 && names.iter().any(|name| *name.as_bytes() == **key),
            Heed::Everything => true,
        };
        if heeded && let Slot::Vacant(slot) = self.noted.before.entry((db, key.clone())) {
            slot.insert(self.core.keyspace.entry(db, key).cloned());
        }
    }

    /// A whole database is about to be replaced by another one, or to be emptied.
    pub(in crate::store::redis) fn note_database(&mut self, db: usize, by: Option<&Database>) {
        let keys: Vec<Bytes> = match self.env.heeds() {
            Heed::Nothing => return,
            Heed::Places(names) => names.iter().map(|name| Bytes::from(&**name)).collect(),
            Heed::Everything => {
                let both = self.core.keyspace.database(db).into_iter().chain(by);
                both.flat_map(Database::iter).map(|(key, _)| key.clone()).collect()
            }
        };
        for key in &keys {
            self.note(db, key);
        }
    }

    /// All data is about to be replaced.
    pub(in crate::store::redis) fn note_data(&mut self, by: &Data) {
        if self.noted.heeded {
            for db in 0..self.core.keyspace.databases().max(by.0.len()) {
                self.note_database(db, by.0.get(db).map(|database| &**database));
            }
        }
    }

    /// Runs a command, or serves one that was blocked, and tells what it did.
    pub(in crate::store::redis) fn telling<T>(
        &mut self,
        command: &'static str,
        run: impl FnOnce(&mut Self) -> T,
    ) -> T {
        // The command that runs this one has told all that it did.
        self.tell(Why::Asked);
        let outer = std::mem::replace(&mut self.noted.command, command);
        let result = run(self);
        self.tell(Why::Asked);
        self.noted.command = outer;
        result
    }

    /// Tells what became of what is noted.
    pub(in crate::store::redis) fn tell(&mut self, why: Why) {
        if self.noted.is_empty() {
            return;
        }
        let cause = match why {
            Why::Asked => {
                Cause::Request { link: self.link, server: 0, command: self.noted.command.into() }
            }
            Why::Expired => Cause::Expired,
            Why::Evicted => Cause::Evicted,
            Why::Taken => Cause::Taken,
        };
        let Self { core, env, noted, .. } = self;
        for ((db, key), before) in noted.before.drain(..) {
            let now = core.keyspace.entry(db, &key);
            let until = |entry: &Entry| entry.deadline.map(|ms| core.after_ms(ms));
            let place: Rc<str> = key.to_text().into();
            compare(before.as_ref(), now, until, &mut |part, change| {
                let item = Item { place: place.clone(), part };
                env.effect(Effect { item, change, cause: cause.clone(), zxid: None });
            });
        }
    }
}
