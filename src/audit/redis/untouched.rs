//! What a request did nothing to, and what that tells.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::done::Done;
use super::role::{Asked, Releases};
use super::{Auditor, MOST_WORDS, Place, name};
use crate::audit::book::{Book, By, Grant};
use crate::audit::finding::Findings;
use crate::audit::hold::{Confidence, Moment};
use crate::store::redis::{Bytes, Reply};
use crate::trace::recorded::monitor::{Driver, Inferred, SOMEBODY, Step};

impl Auditor {
    /// What the request did nothing to, though it names it.
    pub(super) fn untouched(
        &mut self,
        step: &Step,
        doer: &Rc<str>,
        db: usize,
        did: &[(Rc<str>, Done)],
        moment: Moment,
        findings: &mut Findings,
    ) {
        let mut seen: BTreeSet<&Bytes> = BTreeSet::new();
        let words = step.commands.iter().flat_map(|entry| &entry.words[1..]);
        for word in words.take(MOST_WORDS) {
            if !seen.insert(word) {
                continue;
            }
            let place: Place = (db, word.to_text().into());
            if did.iter().any(|(key, _)| *key == place.1) || !self.books.contains_key(&place) {
                continue;
            }
            let asked = Asked { commands: &step.commands, key: word, db };
            let names = |token: &str| asked.names(token);
            let by = By { client: doer, names: &names, moment };
            let Some(book) = self.books.get_mut(&place) else { continue };
            let own = book.own(&by);
            let hold = own.map(|at| &book.open()[at]);
            match hold {
                Some(hold) if !hold.is_granted() => {
                    let is_part = is_part(&mut self.driver, asked, step);
                    let releases =
                        self.roles.releases(&mut self.driver, asked, &hold.token, is_part);
                    let at = own.unwrap_or_default();
                    if releases != Releases::Not {
                        book.too_late(at, &by, findings);
                        continue;
                    }
                    if hold.client == *doer && !self.roles.attempts(&mut self.driver, asked) {
                        book.looks(at, moment);
                    }
                }
                Some(hold)
                    if hold.client == *doer
                        && hold.number == 1
                        && book.stats.completed == 0
                        && step.lua.is_empty()
                        && !step.recorded
                        && asked.names(&hold.token)
                        && self.roles.attempts(&mut self.driver, asked) =>
                {
                    // It would not ask again had it got the lock: what was there is not in the log.
                    let ttl = hold.ttl;
                    book.was_refused(own.unwrap_or_default(), &by, findings);
                    if let Some(ttl) = ttl {
                        let ms = Bytes::from(ttl.as_ms().to_string());
                        self.driver.by_hand(db, vec!["PEXPIRE".into(), word.clone(), ms]);
                    }
                    continue;
                }
                _ => {}
            }
            let blocks = step.reply.is_none() && self.tokens.is_list(&place);
            if blocks || self.roles.attempts(&mut self.driver, asked) {
                book.refused(&by, findings);
            } else if own.is_none()
                && self.roles.releases(&mut self.driver, asked, SOMEBODY, false)
                    == Releases::Blindly
            {
                book.stats.idle_releases += 1;
            }
        }
    }

    /// Somebody must have had it before the log began.
    pub(super) fn inferred(
        &mut self,
        inferred: &Inferred,
        doer: &Rc<str>,
        moment: Moment,
        findings: &mut Findings,
    ) {
        let place: Place = (inferred.db, inferred.key.to_text().into());
        let client = match &inferred.own {
            Some(_) => doer.clone(),
            None => self.client(SOMEBODY),
        };
        let begins = self.span.map_or(moment, |(first, _)| first);
        if inferred.gone {
            if let Some(book) = self.books.get_mut(&place) {
                book.gone(moment);
            }
            return;
        }
        self.databases.insert(place.0);
        let book = self.books.entry(place.clone()).or_insert_with(|| Book::new(name(&place)));
        book.gone(moment);
        book.held_before(moment, client.clone(), findings);
        let token = inferred.own.as_ref().map_or(SOMEBODY.into(), |own| own.to_text().into());
        let by = By { client: &client, names: &|_| false, moment: Moment { line: 0, ..begins } };
        let confidence = Confidence::Likely;
        let (shared, session, before) = (false, false, true);
        let grant = Grant { token, shared, until: None, session, before, confidence };
        book.granted(&by, grant, findings);
    }
}

/// Whether what tells a hold from others is a part of its key.
fn is_part(driver: &mut Driver, asked: Asked<'_>, step: &Step) -> bool {
    let is = |kind: &str| {
        step.lua.iter().any(|line| {
            let name = line.words[0].to_ascii_lowercase();
            line.words.contains(asked.key) && name.starts_with(kind.as_bytes())
        })
    };
    match driver.looked(asked.db, &[b"TYPE", asked.key]) {
        Some(Reply::Status(kind)) if &*kind == b"none" => is("h") || is("z"),
        Some(Reply::Status(kind)) => &*kind != b"string",
        _ => false,
    }
}
