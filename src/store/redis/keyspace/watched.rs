//! Who watches which keys (WATCH).

use std::collections::BTreeMap;

use super::super::reply::Bytes;
use super::Place;
use crate::store::Link;

/// The clients that watch a key, by key.
#[derive(Clone, Debug, Default)]
pub(in crate::store::redis) struct Watchers(BTreeMap<Place, Vec<Link>>);

impl Watchers {
    /// `link` watches a key.
    pub(in crate::store::redis) fn add(&mut self, db: usize, key: &Bytes, link: Link) {
        self.0.entry((db, key.clone())).or_default().push(link);
    }

    /// `link` does not watch it any more.
    pub(in crate::store::redis) fn remove(&mut self, place: &Place, link: Link) {
        if let Some(links) = self.0.get_mut(place) {
            links.retain(|other| *other != link);
            if links.is_empty() {
                self.0.remove(place);
            }
        }
    }

    /// Who watches a key.
    pub(in crate::store::redis) fn of(&self, db: usize, key: &Bytes) -> Vec<Link> {
        if self.0.is_empty() {
            return Vec::new();
        }
        self.0.get(&(db, key.clone())).cloned().unwrap_or_default()
    }

    /// All watched keys of a database.
    pub(in crate::store::redis) fn places(&self, db: usize) -> Vec<Bytes> {
        let places = self.0.keys().filter(|(other, _)| *other == db);
        places.map(|(_, key)| key.clone()).collect()
    }
}
