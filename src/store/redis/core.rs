//! Everything that a server knows.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Message;
use super::client::Client;
use super::config::Config;
use super::durable::Disk;
use super::keyspace::{Doubts, Keyspace, Place};
use super::pubsub::PubSub;
use super::refusal::Refusal;
use super::replication::Replication;
use super::scripts::Scripts;
use crate::store::{Link, Outbound};
use crate::time::Micros;

/// The state of a server, and what it is about to send.
#[derive(Clone, Debug, Default)]
pub(super) struct Core {
    pub(super) config: Rc<Config>,
    /// The wall clock at virtual instant zero, in µs since 1970. Everything below that is an instant counts
    /// on the wall clock, so that this is all that moving the origin of time changes.
    pub(super) epoch_us: i64,
    /// How far (µs) the wall clock is ahead of that of a server that nobody has set. What servers say to each other
    /// carries times of the wall clock of whoever says it.
    pub(super) ahead_us: i64,
    /// The virtual instant of what is dealt with now.
    pub(super) now: Micros,
    /// How long (µs) the running script has been at work: TIME and PTTL go on, while keys are looked up as of
    /// the beginning (Redis fact 6).
    pub(super) worked_us: i64,
    pub(super) keyspace: Keyspace,
    /// What was answered about keys in doubt during this request.
    pub(super) doubts: Doubts,
    /// The remaining times and deadlines (ms) that were read during this request.
    pub(super) times_read: Vec<i64>,
    /// Expired keys that the background cycle passed over, and when (ms) it comes again.
    pub(super) lingering: BTreeMap<Place, i64>,
    pub(super) clients: BTreeMap<Link, Rc<Client>>,
    /// The blocked clients by when (ms) the server looks at their timeout.
    pub(super) timeouts: BTreeSet<(i64, Link)>,
    pub(super) last_client_id: i64,
    /// Somebody was told the number of a connection, or named one, since the server started.
    pub(super) ids_shown: bool,
    pub(super) pubsub: PubSub,
    pub(super) scripts: Scripts,
    pub(super) disk: Disk,
    /// The other servers that hold the same data.
    pub(super) replication: Replication,
    /// Other clients have filled the memory.
    pub(super) full: bool,
    /// Why every write is refused, if it is for a reason outside of the data.
    pub(super) refusal: Option<Refusal>,
    /// The process died and has not been started again.
    pub(super) down: bool,
    /// Who watches all commands (MONITOR).
    pub(super) monitors: Vec<Link>,
    /// Clients that wait no longer, whose pending requests come next.
    pub(super) woken: Vec<Link>,
    /// To be sent when the request is done.
    pub(super) out: Vec<(Link, Outbound<Message>)>,
}

impl Core {
    /// The wall clock in µs.
    pub(super) fn wall_us(&self) -> i64 {
        self.epoch_us.saturating_add(self.now.0)
    }

    /// The virtual instant at which `ms` of the wall clock is over.
    pub(super) fn after_ms(&self, ms: i64) -> Micros {
        Micros(ms.saturating_add(1).saturating_mul(1000).saturating_sub(self.epoch_us))
    }

    /// A client to read.
    pub(super) fn client(&self, link: Link) -> Option<&Client> {
        self.clients.get(&link).map(|client| &**client)
    }

    /// A client to change.
    pub(super) fn client_mut(&mut self, link: Link) -> Option<&mut Client> {
        self.clients.get_mut(&link).map(Rc::make_mut)
    }

    /// Puts a message on its way, unless it is a reply and its client wants none (CLIENT REPLY). What is pushed on a
    /// channel, and the confirmation of SUBSCRIBE, comes all the same.
    pub(super) fn send(&mut self, link: Link, message: Outbound<Message>) {
        let muted = self.client(link).is_none_or(|client| {
            client.is_muted() && matches!(message, Outbound::Message(Message::Reply(_)))
        });
        if !muted {
            self.out.push((link, message));
        }
    }
}
