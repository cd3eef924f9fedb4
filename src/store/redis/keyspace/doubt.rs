//! Keys whose deadline is so near that "alive or gone" is a question.

use super::super::reply::Bytes;
use super::Place;

/// What was answered while one request is dealt with: a key that was found alive stays alive until the request
/// is done, as time stands still within a command, a script or an EXEC.
#[derive(Clone, Debug, Default)]
pub(in crate::store::redis) struct Doubts(Vec<Place>);

impl Doubts {
    /// The key was declared alive, though the clock may say otherwise.
    pub(in crate::store::redis) fn alive(&mut self, db: usize, key: &Bytes) {
        self.0.push((db, key.clone()));
    }

    /// Whether the key was declared alive.
    pub(in crate::store::redis) fn is_alive(&self, db: usize, key: &[u8]) -> bool {
        self.0.iter().any(|(other, name)| *other == db && **name == *key)
    }

    /// The request is done, or the key has another deadline now.
    pub(in crate::store::redis) fn forget(&mut self, db: usize, key: &[u8]) {
        self.0.retain(|(other, name)| *other != db || **name != *key);
    }

    /// The request is done.
    pub(in crate::store::redis) fn clear(&mut self) {
        self.0.clear();
    }
}
