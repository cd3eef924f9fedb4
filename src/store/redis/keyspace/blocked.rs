//! Who blocks on which keys, and which of them became ready.

use std::collections::BTreeMap;

use super::super::reply::Bytes;
use super::Place;
use crate::store::Link;

/// The clients that block on a key, first come first, and the keys that a command made ready.
#[derive(Clone, Debug, Default)]
pub(in crate::store::redis) struct Waiters {
    by_key: BTreeMap<Place, Vec<Link>>,
    ready: Vec<Place>,
}

impl Waiters {
    /// `link` blocks on these keys.
    pub(in crate::store::redis) fn add(&mut self, db: usize, keys: &[Bytes], link: Link) {
        for key in keys {
            let links = self.by_key.entry((db, key.clone())).or_default();
            // A key may be named twice.
            if !links.contains(&link) {
                links.push(link);
            }
        }
    }

    /// `link` waits no longer.
    pub(in crate::store::redis) fn remove(&mut self, db: usize, keys: &[Bytes], link: Link) {
        for key in keys {
            let place = (db, key.clone());
            if let Some(links) = self.by_key.get_mut(&place) {
                links.retain(|other| *other != link);
                if links.is_empty() {
                    self.by_key.remove(&place);
                }
            }
        }
    }

    /// A key came to be that someone may block on.
    pub(in crate::store::redis) fn signal(&mut self, db: usize, key: &Bytes) {
        if self.by_key.is_empty() {
            return;
        }
        let place = (db, key.clone());
        if self.by_key.contains_key(&place) && !self.ready.contains(&place) {
            self.ready.push(place);
        }
    }

    /// The keys that became ready since the last time, in that order.
    pub(in crate::store::redis) fn take_ready(&mut self) -> Vec<Place> {
        std::mem::take(&mut self.ready)
    }

    /// Whether some key became ready.
    pub(in crate::store::redis) fn any_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Who blocks on a key, first come first.
    pub(in crate::store::redis) fn of(&self, place: &Place) -> Vec<Link> {
        self.by_key.get(place).cloned().unwrap_or_default()
    }

    /// The keys of one database that someone blocks on.
    pub(in crate::store::redis) fn keys_of(&self, db: usize) -> Vec<Bytes> {
        self.by_key.keys().filter(|(other, _)| *other == db).map(|(_, key)| key.clone()).collect()
    }

    /// All, for the canonical form.
    pub(in crate::store::redis) fn iter(&self) -> impl Iterator<Item = (&Place, &Vec<Link>)> {
        self.by_key.iter()
    }
}
