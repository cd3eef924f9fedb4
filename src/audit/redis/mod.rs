//! Locks in Redis: a log goes through the model, and what each command did to which key goes to the book of that key.

mod deadline;
mod done;
mod keeping;
mod role;
mod tokens;
mod untouched;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use deadline::{deadline, deadlines};
use done::{Done, Placed};
use keeping::MOST_BOOKS;
use role::{Asked, Grants, Roles, owners};
use tokens::Tokens;

use super::book::{Book, By, Grant};
use super::finding::Findings;
use super::hold::{Confidence, Hold, Moment};
use super::stats::Stats;
use crate::store::Link;
use crate::store::effect::{Cause, Change, Effect, Part};
use crate::store::redis::{Bytes, Reply};
use crate::time::Micros;
use crate::trace::recorded::monitor::{Counts, Driver, From, Group, How, SOMEBODY, Step};

/// How many words of a request are looked at.
const MOST_WORDS: usize = 256;

/// A lock: the number of its database, and its key.
pub type Place = (usize, Rc<str>);

/// One server's log, read as what its clients held.
#[derive(Debug)]
pub struct Auditor {
    driver: Driver,
    roles: Roles,
    /// The locks.
    pub books: BTreeMap<Place, Book>,
    /// The locks that are not kept one by one: how many, and what they came to.
    pub others: (u64, Stats),
    tokens: Tokens,
    /// Keys that have more parts than any lock.
    large: BTreeSet<Place>,
    clients: BTreeSet<Rc<str>>,
    /// Keys that looked like locks, and are data.
    pub(super) data: BTreeSet<Place>,
    /// Databases in which there are locks.
    databases: BTreeSet<usize>,
    /// With how many locks there is room to be made.
    full: usize,
    /// The first and the latest moment.
    pub span: Option<(Moment, Moment)>,
}

impl Auditor {
    /// A log begins then (µs since 1970).
    pub fn new(begins: Micros) -> Self {
        Self {
            driver: Driver::new(begins),
            roles: Roles::default(),
            books: BTreeMap::new(),
            others: (0, Stats::default()),
            tokens: Tokens::default(),
            large: BTreeSet::new(),
            clients: BTreeSet::new(),
            data: BTreeSet::new(),
            databases: BTreeSet::new(),
            full: MOST_BOOKS,
            span: None,
        }
    }

    /// The connection of a client ended.
    pub fn disconnect(&mut self, client: &str) {
        self.driver.disconnect(client);
    }

    /// The server died and came back with nothing.
    pub fn restart(&mut self, moment: Moment) {
        self.driver.restart();
        for book in self.books.values_mut() {
            book.gone(moment);
        }
    }

    /// What the model made of the commands.
    pub fn counts(&self) -> &Counts {
        &self.driver.counts
    }

    /// One command, with what its script ran. Holds that are over are handed to `over`.
    pub fn step(
        &mut self,
        group: &Group,
        findings: &mut Findings,
        over: &mut dyn FnMut(&Place, Hold),
    ) {
        let Some(first) = group.first() else { return };
        self.driver.listen(!self.is_large(group));
        let step = self.driver.step(group);
        let line = first.line;
        let moment = Moment { at: step.now, clock: first.at, line };
        let begins = self.span.map_or(moment, |(first, _)| first);
        self.span = Some((begins, moment));
        for (at, effect) in &step.before {
            self.by_time(*at, effect);
        }
        if step.how != How::Queued && !step.commands.is_empty() {
            self.deed(&step, moment, findings);
        }
        self.hand_over(&step, over);
    }

    /// Whether the command is about a key with too many parts to be a lock: nothing is told of it.
    fn is_large(&self, group: &Group) -> bool {
        let Some(entry) = &group.entry else { return false };
        !self.large.is_empty()
            && entry
                .words
                .get(1)
                .is_some_and(|key| self.large.contains(&(entry.db, Rc::from(&*key.to_text()))))
    }

    /// Time removed it.
    fn by_time(&mut self, at: Micros, effect: &Effect) {
        let Change::Removed { until } = effect.change else { return };
        let place = &effect.item.place;
        if effect.item.part.is_some() {
            return;
        }
        let clock = self.driver.log_time(until.unwrap_or(at));
        let moment = Moment { at: until.unwrap_or(at), clock, line: 0 };
        // An effect does not say of which database it is: the one whose time is over.
        for db in &self.databases {
            let key: Place = (*db, place.clone());
            let Some(book) = self.books.get_mut(&key) else { continue };
            let is_over =
                |hold: &Hold| hold.is_granted() && hold.until.is_some_and(|it| it <= moment.at);
            if book.open().iter().any(is_over) {
                book.expired(None, moment);
            }
        }
    }

    fn client(&mut self, name: &str) -> Rc<str> {
        if let Some(known) = self.clients.get(name) {
            return known.clone();
        }
        if self.clients.len() > 1 << 16 {
            self.clients.clear();
        }
        let name: Rc<str> = name.into();
        self.clients.insert(name.clone());
        name
    }

    fn whose(&mut self, link: Link) -> Option<Rc<str>> {
        match self.driver.whose(link)? {
            From::Client(name) => {
                let name = name.clone();
                Some(self.client(&name))
            }
            From::Script => Some(self.client(SOMEBODY)),
        }
    }

    fn deed(&mut self, step: &Step, moment: Moment, findings: &mut Findings) {
        let doer = match &step.commands[0].from {
            From::Client(name) => name.clone(),
            From::Script => SOMEBODY.to_owned(),
        };
        let doer = self.client(&doer);
        let db = step.commands[0].db;
        if let Some(inferred) = &step.inferred {
            self.inferred(inferred, &doer, moment, findings);
        }
        // By key and by whoever did it, in order: one push may serve somebody who waits.
        let mut did: Vec<(Rc<str>, Done)> = Vec::new();
        for effect in &step.effects {
            let Cause::Request { link, .. } = effect.cause else {
                self.by_time(step.now, effect);
                continue;
            };
            let client = self.whose(link).unwrap_or_else(|| doer.clone());
            let place = &effect.item.place;
            let same = |(key, done): &&mut (Rc<str>, Done)| key == place && done.client == client;
            let at = match did.iter_mut().rev().find(same) {
                Some((_, done)) => done,
                None => {
                    did.push((place.clone(), Done { client, ..Done::default() }));
                    let Some((_, done)) = did.last_mut() else { continue };
                    done
                }
            };
            at.note(effect);
        }
        let mut released = false;
        for (key, done) in &did {
            released |= self.key(step, db, key, done, moment, findings);
        }
        for (key, done) in &did {
            self.list(step, &(db, key.clone()), done, moment, released, findings);
        }
        self.untouched(step, &doer, db, &did, moment, findings);
    }

    /// What was done to a key; whether a hold was released.
    fn key(
        &mut self,
        step: &Step,
        db: usize,
        key: &Rc<str>,
        done: &Done,
        moment: Moment,
        findings: &mut Findings,
    ) -> bool {
        let place = (db, key.clone());
        if done.is_large() {
            if self.large.len() < MOST_BOOKS {
                self.large.insert(place.clone());
            }
            self.books.remove(&place);
            return false;
        }
        let bytes = Bytes::from(&**key);
        let asked = Asked { commands: &step.commands, key: &bytes, db };
        let names = |token: &str| asked.names(token);
        let by = By { client: &done.client, names: &names, moment };
        let mut released = false;
        let gets = done.placed.is_some() || !done.parts_placed.is_empty();
        let is_list = done.parts().any(|part| matches!(part, Part::Element(_)));
        if is_list {
            return false;
        }
        // A collection that lost its last part and got another one is the same.
        let in_parts = !done.parts_removed.is_empty() && gets;
        let removed = done.removed && !in_parts;
        let replaced = removed && done.placed.is_some();
        if let Some(book) = self.books.get_mut(&place) {
            let open = book.open().len();
            if let (true, Some((value, old))) = (replaced, deadlines(&mut self.driver, asked, step))
            {
                let at = moment.at;
                if self.driver.log_time(at) < old {
                    // Too late: somebody else was faster, and has another deadline now.
                    let until = Some(at + (value - self.driver.log_time(at)));
                    book.renewed(&by, until, until, findings);
                    return false;
                }
                book.expired(None, Moment { line: 0, ..moment });
            } else if replaced && self.is_data(step, asked) {
                self.forget(&place, findings);
                return false;
            } else if let (true, Some(book)) = (removed, self.books.get_mut(&place)) {
                book.removed(&by, None, replaced, findings);
            } else if let Some(book) = self.books.get_mut(&place) {
                for part in &done.parts_removed {
                    // Who wants a permit removes those that are over.
                    let is_over = gets && matches!(part, Part::Member(_)) && !names(part.text());
                    if is_over {
                        book.expired(Some(part.text()), moment);
                    } else {
                        book.removed(&by, Some(part.text()), false, findings);
                    }
                }
            }
            let Some(book) = self.books.get_mut(&place) else { return false };
            released = book.open().len() < open;
            if let Some((until, before)) = done.renewed
                && !gets
            {
                book.renewed(&by, until, before, findings);
            }
        }
        if gets {
            self.gets(step, &place, done, &by, asked, findings);
        }
        released
    }

    /// Somebody has got a key, or parts of it.
    fn gets(
        &mut self,
        step: &Step,
        place: &Place,
        done: &Done,
        by: &By<'_>,
        asked: Asked<'_>,
        findings: &mut Findings,
    ) {
        let grants = match step.how {
            How::Applied => self.by_lines(step, asked, &done.parts_placed),
            _ => self.roles.grants(&mut self.driver, asked, &done.parts_placed),
        };
        if self.data.contains(place) || grants == Grants::Anyway && !self.books.contains_key(place)
        {
            return;
        }
        if !self.books.contains_key(place) {
            self.databases.insert(place.0);
            self.make_room();
        }
        let until = match (done.placed, done.renewed) {
            (_, Some((until, _))) | (Some(Placed { until }), _) => until,
            // A part lives as long as its key.
            _ => self.until(asked, by.moment.at),
        };
        let mut tokens = owners(asked, &done.parts_placed);
        let is_part = !tokens.is_empty();
        let mut until = until;
        if !is_part {
            let value = self.driver.looked(place.0, &[b"GET", asked.key]);
            let Some(Reply::Bulk(value)) = value else { return };
            let now = self.driver.log_time(by.moment.at);
            if until.is_none()
                && let Some(end) = deadline(&value, now)
            {
                if end <= now && grants == Grants::Anyway {
                    // What is over as it is written is nobody's.
                    return;
                }
                until = Some(by.moment.at + (end - now));
            }
            tokens.push(value.to_text().into());
        }
        let book = self.books.entry(place.clone()).or_insert_with(|| Book::new(name(place)));
        if let Grants::UpTo(limit) = grants {
            book.limit = book.limit.max(limit);
        }
        let confidence = match (grants, step.how) {
            (Grants::Anyway, _) | (_, How::Applied) => Confidence::Likely,
            _ => Confidence::Certain,
        };
        for token in tokens {
            let (shared, before) = (grants == Grants::Shared, false);
            // The scores of a sorted set say when its members are over.
            let session = done.parts().any(|part| matches!(part, Part::Member(_)));
            let grant = Grant { token, shared, until, session, before, confidence };
            book.granted(by, grant, findings);
        }
    }

    /// The same, where only the lines of a script are known: one of them gets the key only if nobody has it, or one
    /// before looked.
    fn by_lines(&mut self, step: &Step, asked: Asked<'_>, parts: &[Part]) -> Grants {
        let about: Vec<_> =
            step.lua.iter().filter(|line| line.words.contains(asked.key)).cloned().collect();
        if about.len() > 1 {
            return Grants::Exclusive;
        }
        self.roles.grants(&mut self.driver, Asked { commands: &about, ..asked }, parts)
    }

    fn until(&mut self, asked: Asked<'_>, now: Micros) -> Option<Micros> {
        match self.driver.looked(asked.db, &[b"PTTL", asked.key]) {
            Some(Reply::Int(ms)) if ms >= 0 => Some(now + Micros::from_ms(ms)),
            _ => None,
        }
    }

    /// Lists whose elements are permits.
    fn list(
        &mut self,
        step: &Step,
        place: &Place,
        done: &Done,
        moment: Moment,
        released: bool,
        findings: &mut Findings,
    ) {
        let bytes = Bytes::from(&*place.1);
        let asked = Asked { commands: &step.commands, key: &bytes, db: place.0 };
        let names = |token: &str| asked.names(token);
        let by = By { client: &done.client, names: &names, moment };
        let elements = |parts: &[Part]| -> Vec<Rc<str>> {
            let texts = parts.iter().filter_map(|part| match part {
                Part::Element(text) => Some(text.clone()),
                _ => None,
            });
            texts.collect()
        };
        let (popped, pushed) = (elements(&done.parts_removed), elements(&done.parts_placed));
        if !popped.is_empty() || !pushed.is_empty() {
            let books = &mut self.books;
            self.tokens.moved(place, &by, &popped, &pushed, released, books, findings);
        }
    }
}

/// The name of a lock: the number of the database stands before the key where it is not 0.
pub(super) fn name(place: &Place) -> Rc<str> {
    match place {
        (0, key) => key.clone(),
        (db, key) => format!("{db}:{key}").into(),
    }
}
