//! Who wants the lock and does not have it: a waiter is what makes most properties mean something.

use super::{Event, Who};

/// The threads that asked and have not entered yet, in the order of their numbers.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Asking(Vec<Who>);

impl Asking {
    /// Takes note of an event. A refusal changes nothing: the thread will ask again.
    pub(super) fn observe(&mut self, event: &Event) {
        match *event {
            Event::Asks(who) => {
                if let Err(place) = self.0.binary_search(&who) {
                    self.0.insert(place, who);
                }
            }
            Event::Enters { who, .. } | Event::Done(who) => self.0.retain(|other| *other != who),
            Event::Crashes(process) => self.0.retain(|other| other.process != process),
            _ => {}
        }
    }

    /// Whether somebody asks.
    pub(super) fn is_any(&self) -> bool {
        !self.0.is_empty()
    }

    /// Whether this thread asks.
    pub(super) fn contains(&self, who: Who) -> bool {
        self.0.binary_search(&who).is_ok()
    }
}
