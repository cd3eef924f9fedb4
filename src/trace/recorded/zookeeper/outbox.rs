//! What one connection brings its client: by the model, and by the recording.
//!
//! A recording writes an event down when the client's end read it, which can be before the line of the request that
//! caused it or after. So events of either side wait here for the other.

use std::collections::VecDeque;

use serde_json::Value;

use crate::store::zookeeper::ConnectReply;

use super::event::Watch;

/// One thing that the model sent.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Sent {
    Connect(ConnectReply),
    Reply(Value),
    /// A watch event, with the cause it shares with others.
    Watch {
        watch: Watch,
        cause: usize,
        unordered: bool,
    },
    Close,
}

/// A recorded watch event that the model has not sent yet.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Awaited {
    pub(super) event: usize,
    pub(super) watch: Watch,
}

#[derive(Clone, Default, Debug)]
pub(super) struct Outbox {
    pub(super) sent: VecDeque<Sent>,
    pub(super) awaited: VecDeque<Awaited>,
}

/// What a recorded watch event met.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Met {
    /// The same, the first that was sent.
    Same { unordered: bool },
    /// The same, but not the first among the ephemeral nodes removed together.
    OutOfOrder,
    /// Something else.
    Other(Sent),
    /// Nothing yet.
    Nothing,
}

impl Outbox {
    /// Takes the event from what was sent.
    pub(super) fn take(&mut self, recorded: &Watch) -> Met {
        let Some(first) = self.sent.front() else { return Met::Nothing };
        let Sent::Watch { watch, cause, unordered } = first else {
            return Met::Other(first.clone());
        };
        let (cause, unordered) = (*cause, *unordered);
        if watch == recorded {
            self.sent.pop_front();
            return Met::Same { unordered };
        }
        if unordered {
            let place = self.sent.iter().position(|sent| {
                matches!(sent, Sent::Watch { watch, cause: theirs, .. } if *theirs == cause && watch == recorded)
            });
            if let Some(place) = place {
                self.sent.remove(place);
                return Met::OutOfOrder;
            }
        }
        Met::Other(first.clone())
    }
}
