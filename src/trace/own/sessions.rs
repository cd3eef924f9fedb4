//! The names of ZooKeeper sessions in a trace.

use std::cell::RefCell;
use std::rc::Rc;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use super::message;
use crate::event::{Event, Record};
use crate::store::Outbound;
use crate::store::zookeeper::SessionId;

/// The names of sessions: `s1`, `s2`, ... in the order in which they were granted.
///
/// A clone knows those that had been granted when it was made, and shares the list with all others.
#[derive(Clone, Default)]
pub struct Sessions {
    granted: Rc<RefCell<IndexSet<SessionId, FxBuildHasher>>>,
    known: usize,
}

impl Sessions {
    /// The sessions that these events grant.
    pub fn of(events: &[Record]) -> Self {
        let mut sessions = Self::default();
        for record in events {
            match &record.event {
                Event::Executed { sent, .. } | Event::Woke { sent, .. } => {
                    for (_, message) in sent.iter() {
                        if let Outbound::Message(message) = message
                            && let Some(session) = message::grants(message)
                        {
                            sessions.grant(session);
                        }
                    }
                }
                _ => {}
            }
        }
        sessions
    }

    /// The session has a name from here on.
    pub(crate) fn grant(&mut self, session: SessionId) {
        let mut granted = self.granted.borrow_mut();
        granted.insert(session);
        self.known = granted.len();
    }

    /// Its name; its number if it had none when this was made.
    pub(crate) fn name(&self, session: SessionId) -> String {
        match self.granted.borrow().get_index_of(&session) {
            Some(place) if place < self.known => format!("s{}", place + 1),
            _ => session.to_string(),
        }
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} sessions", self.known)
    }
}
