//! What waits on each connection for its counterpart.

use std::collections::{BTreeMap, VecDeque};

use crate::store::Link;

/// What one side, the model or the recording, has said on each connection and the other has not said yet, oldest first.
#[derive(Clone)]
pub(super) struct Queues<T>(BTreeMap<Link, VecDeque<T>>);

impl<T> Default for Queues<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Queues<T> {
    /// Something was said.
    pub(super) fn push(&mut self, link: Link, said: T) {
        self.0.entry(link).or_default().push_back(said);
    }

    /// What the other side has to say next, if anything waits.
    pub(super) fn first(&self, link: Link) -> Option<&T> {
        self.0.get(&link)?.front()
    }

    /// What was taken waits all the same, before all others.
    pub(super) fn push_front(&mut self, link: Link, said: T) {
        self.0.entry(link).or_default().push_front(said);
    }

    /// The other side has said the oldest.
    pub(super) fn pop(&mut self, link: Link) -> Option<T> {
        self.take(link, 0)
    }

    /// The other side has said the oldest, if that is so.
    pub(super) fn pop_if(&mut self, link: Link, is: impl Fn(&T) -> bool) -> Option<T> {
        self.first(link).is_some_and(is).then(|| self.pop(link)).flatten()
    }

    /// The other side has said another one than the oldest.
    pub(super) fn take(&mut self, link: Link, place: usize) -> Option<T> {
        let queue = self.0.get_mut(&link)?;
        let said = queue.remove(place);
        if queue.is_empty() {
            self.0.remove(&link);
        }
        said
    }

    /// Nothing is waited for any more on this connection; what was.
    pub(super) fn give_up(&mut self, link: Link) -> VecDeque<T> {
        self.0.remove(&link).unwrap_or_default()
    }

    /// What waits on a connection.
    pub(super) fn of(&self, link: Link) -> impl Iterator<Item = &T> {
        self.0.get(&link).into_iter().flatten()
    }

    /// The connections on which something waits, and what.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Link, &VecDeque<T>)> {
        self.0.iter().map(|(link, queue)| (*link, queue))
    }

    /// Nothing is waited for any more; what was.
    pub(super) fn give_up_all(&mut self) -> impl Iterator<Item = T> + use<T> {
        std::mem::take(&mut self.0).into_values().flatten()
    }
}
