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
    /// What waits on a connection.
    pub(super) fn of(&mut self, link: Link) -> &mut VecDeque<T> {
        self.0.entry(link).or_default()
    }

    /// What the other side has to say next, if anything waits.
    pub(super) fn first(&self, link: Link) -> Option<&T> {
        self.0.get(&link)?.front()
    }

    /// The other side says the next, if it is so.
    pub(super) fn next_if(&mut self, link: Link, is: impl Fn(&T) -> bool) -> Option<T> {
        let queue = self.0.get_mut(&link)?;
        if is(queue.front()?) { queue.pop_front() } else { None }
    }

    /// Nothing is waited for on a connection any more; what was.
    pub(super) fn give_up(&mut self, link: Link) -> VecDeque<T> {
        self.0.remove(&link).unwrap_or_default()
    }

    /// The connections on which something waits, and what.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Link, &VecDeque<T>)> {
        self.0.iter().filter(|(_, queue)| !queue.is_empty()).map(|(link, queue)| (*link, queue))
    }

    /// The connections on which something waits.
    pub(super) fn links(&self) -> Vec<Link> {
        self.iter().map(|(link, _)| link).collect()
    }
}
