//! What is kept of the locks, within bounds.

use std::rc::Rc;

use super::role::{Asked, Grants};
use super::{Auditor, MOST_WORDS, Place};
use crate::audit::finding::Findings;
use crate::audit::hold::Hold;
use crate::store::redis::Reply;
use crate::trace::recorded::monitor::Step;

/// How many locks are kept: those that are at rest go into one sum when there are more.
pub(super) const MOST_BOOKS: usize = 50_000;

impl Auditor {
    /// Hands the holds over that ended.
    pub(super) fn hand_over(&mut self, step: &Step, over: &mut dyn FnMut(&Place, Hold)) {
        let named = step.commands.iter().flat_map(|entry| {
            entry.words.iter().take(MOST_WORDS).map(|word| (entry.db, Rc::from(&*word.to_text())))
        });
        for place in named {
            if let Some(book) = self.books.get_mut(&place) {
                for hold in book.over.drain(..) {
                    over(&place, hold);
                }
            }
        }
    }

    /// Whether a request that put something else in the place of what was there shows that the key is data: it would be
    /// refused if it were a lock, or what it wrote is made of what was there.
    pub(super) fn is_data(&mut self, step: &Step, asked: Asked<'_>) -> bool {
        let value = self.driver.looked(asked.db, &[b"GET", asked.key]);
        let Some(Reply::Bulk(value)) = value else { return false };
        let named = step.commands.iter().any(|entry| entry.words.contains(&value));
        !named || self.roles.grants(&mut self.driver, asked, &[]) == Grants::Exclusive
    }

    /// A key is no lock after all.
    pub(super) fn forget(&mut self, place: &Place, findings: &mut Findings) {
        if let Some(book) = self.books.remove(place) {
            findings.forget(&book.key);
        }
        if self.data.len() < MOST_BOOKS {
            self.data.insert(place.clone());
        }
    }

    /// Locks at rest go into one sum, if there are too many.
    pub(super) fn make_room(&mut self) {
        if self.books.len() < self.full {
            return;
        }
        let (count, sum) = &mut self.others;
        self.books.retain(|_, book| {
            let rests = book.open().is_empty() && book.over.is_empty() && book.stats.overlaps == 0;
            if rests {
                *count += 1;
                sum.add(&book.stats);
            }
            !rests
        });
        // Not at every new one, where most are in use.
        self.full = MOST_BOOKS.max(self.books.len() * 2);
    }

    /// The log is over.
    pub fn finish(&mut self, findings: &mut Findings, over: &mut dyn FnMut(&Place, Hold)) {
        let Some((_, last)) = self.span else { return };
        for (place, book) in &mut self.books {
            book.finish(last, findings);
            for hold in book.over.drain(..) {
                over(place, hold);
            }
        }
    }
}
