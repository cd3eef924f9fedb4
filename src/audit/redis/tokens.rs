//! Lists whose elements are permits: who takes one out has the lock, and puts it back.
//!
//! A queue of work looks alike, so a list is one of permits only once somebody puts back what it took. Until then what
//! was taken is remembered. A list into which releases of other locks put something is their signal, and no lock.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{Place, name};
use crate::audit::book::{Book, By, Grant};
use crate::audit::finding::Findings;
use crate::audit::hold::{Confidence, Moment};

/// How many takings of one list are remembered.
const MOST_TAKEN: usize = 64;
/// How many lists are watched.
const MOST_LISTS: usize = 10_000;

/// All lists that somebody took from.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    lists: BTreeMap<Place, Taken>,
    /// No locks.
    signals: BTreeSet<Place>,
}

#[derive(Debug, Default)]
struct Taken {
    taken: Vec<(Rc<str>, Rc<str>, Moment)>,
    is_lock: bool,
}

impl Tokens {
    /// Whether a list is known to hold permits.
    pub(super) fn is_list(&self, place: &Place) -> bool {
        self.lists.get(place).is_some_and(|list| list.is_lock)
    }

    /// Elements were taken from a list and put into it.
    #[expect(clippy::too_many_arguments, reason = "both ends of a list, and where it is told")]
    pub(super) fn moved(
        &mut self,
        place: &Place,
        by: &By<'_>,
        popped: &[Rc<str>],
        pushed: &[Rc<str>],
        with_release: bool,
        books: &mut BTreeMap<Place, Book>,
        findings: &mut Findings,
    ) {
        if self.signals.contains(place) {
            return;
        }
        if with_release && !pushed.is_empty() && self.signals.len() < MOST_LISTS {
            self.signals.insert(place.clone());
            self.lists.remove(place);
            books.remove(place);
            return;
        }
        if !self.lists.contains_key(place) && (popped.is_empty() || self.lists.len() >= MOST_LISTS)
        {
            return;
        }
        let list = self.lists.entry(place.clone()).or_default();
        for element in pushed {
            let own =
                list.taken.iter().position(|(who, what, _)| who == by.client && what == element);
            let Some(own) = own else { continue };
            if !list.is_lock {
                list.is_lock = true;
                let book = books.entry(place.clone()).or_insert_with(|| Book::new(name(place)));
                book.limit = usize::MAX;
                for (client, token, moment) in &list.taken {
                    let by = By { client, names: &|_| false, moment: *moment };
                    book.granted(&by, grant(token), findings);
                }
            }
            list.taken.remove(own);
            if let Some(book) = books.get_mut(place) {
                book.removed(by, Some(element), false, findings);
            }
        }
        for element in popped {
            if list.taken.len() >= MOST_TAKEN {
                list.taken.remove(0);
            }
            list.taken.push((by.client.clone(), element.clone(), by.moment));
            if list.is_lock
                && let Some(book) = books.get_mut(place)
            {
                book.granted(by, grant(element), findings);
            }
        }
    }
}

fn grant(token: &Rc<str>) -> Grant {
    let confidence = Confidence::Likely;
    Grant {
        token: token.clone(),
        shared: false,
        until: None,
        session: false,
        before: false,
        confidence,
    }
}
