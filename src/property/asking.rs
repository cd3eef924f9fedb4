//! Who wants the lock and does not have it: a waiter is what makes most properties mean something.

use super::{Event, Names, Who, words};

/// The threads that asked and have not entered yet, in the order of their numbers.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Asking(Vec<Who>);

impl Asking {
    /// Takes note of an event. A refusal changes nothing: the thread will ask again.
    pub(super) fn observe(&mut self, event: &Event<'_>) {
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

    /// Whether the event, not yet taken note of, is an entry that somebody else waits for too.
    pub(super) fn is_waited_for(&self, event: &Event<'_>) -> bool {
        let Event::Enters { who, .. } = *event else { return false };
        self.contains(who) && self.is_any_but(who)
    }

    /// Whether anybody asks but this thread.
    pub(super) fn is_any_but(&self, who: Who) -> bool {
        self.0.iter().any(|other| *other != who)
    }

    /// Whether somebody asks.
    pub(super) fn is_any(&self) -> bool {
        !self.0.is_empty()
    }

    /// How many ask.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Whether this thread asks.
    pub(super) fn contains(&self, who: Who) -> bool {
        self.0.binary_search(&who).is_ok()
    }

    /// `c1 wants the lock`; nothing if it does not.
    pub(super) fn who_of(&self, who: Who, names: &dyn Names) -> Option<String> {
        self.contains(who).then(|| format!("{} wants the lock", names.who(who)))
    }

    /// `c1 wants the lock`, `c1 and c2 want the lock`; nothing if nobody does.
    pub(super) fn who_wants(&self, names: &dyn Names) -> Option<String> {
        let asking: Vec<String> = self.0.iter().map(|who| names.who(*who)).collect();
        match asking.as_slice() {
            [] => None,
            [one] => Some(format!("{one} wants the lock")),
            _ => Some(format!("{} want the lock", words::list(&asking))),
        }
    }
}
