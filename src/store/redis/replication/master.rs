//! The side of the master.

use std::rc::Rc;

use super::peer::Word;
use super::{Peer, Replica};
use crate::store::redis::blocking::Acks;
use crate::store::redis::core::Core;
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::server::Message;
use crate::store::{Link, Outbound};

impl Core {
    /// Says something to another server.
    pub(super) fn tell(&mut self, link: Link, word: Word) {
        self.tell_shared(link, Peer(Rc::new(word)));
    }

    fn tell_shared(&mut self, link: Link, peer: Peer) {
        self.out.push((link, Outbound::Message(Message::Peer(peer))));
    }

    fn tell_replicas(&mut self, word: Word) {
        let peer = Peer(Rc::new(word));
        for place in 0..self.replication.replicas.len() {
            self.tell_shared(self.replication.replicas[place].link, peer.clone());
        }
    }

    /// Why a write is refused, if it is: a replica takes none, and neither does a master with too few good
    /// replicas, or one that something outside of its data keeps from it.
    pub(in crate::store::redis) fn refuses_writes(&self) -> Option<Error> {
        if self.replication.is_replica() {
            return Some(Error::READ_ONLY);
        }
        if let Some(refusal) = self.refusal {
            return Some(refusal.error());
        }
        let wanted = self.config.min_replicas_to_write;
        let few = self.limits_lag() && self.good_replicas() < wanted as usize;
        few.then_some(Error::NO_REPLICAS)
    }

    /// How many replicas were heard of lately, in whole seconds. (A real server counts once a second.)
    pub(in crate::store::redis) fn good_replicas(&self) -> usize {
        let now_ms = self.wall_us().div_euclid(1000);
        let online = self.replication.replicas.iter().filter(|replica| replica.ack.is_some());
        let attended = online.filter(|replica| replica.attended).count();
        attended + self.last_good_ms().filter(|last_ms| now_ms <= *last_ms).count()
    }

    /// Whether it matters when a replica was heard of last.
    pub(in crate::store::redis) fn limits_lag(&self) -> bool {
        self.config.min_replicas_to_write > 0 && self.config.min_replicas_max_lag > 0
    }

    /// The ms after which each replica is no longer good, unless it is heard of again. Those that are heard of all the
    /// time are left out.
    fn last_good_ms(&self) -> impl Iterator<Item = i64> {
        let span_ms = (i64::from(self.config.min_replicas_max_lag) + 1) * 1000;
        let unattended = self.replication.replicas.iter().filter(|replica| !replica.attended);
        let acks = unattended.filter_map(|replica| replica.ack);
        acks.map(move |(_, ms)| ms.saturating_add(span_ms - 1))
    }

    /// The last ms at which a replica that is good now is, if that matters.
    pub(in crate::store::redis) fn good_until_ms(&self) -> Option<i64> {
        if self.config.min_replicas_to_write == 0 {
            return None;
        }
        let now_ms = self.wall_us().div_euclid(1000);
        self.last_good_ms().filter(|last_ms| now_ms <= *last_ms).min()
    }

    /// The replicas that are online: name, port, what they acknowledged and how long (s) ago.
    pub(in crate::store::redis) fn online(&self) -> impl Iterator<Item = (&Bytes, u16, u64, i64)> {
        let now_ms = self.wall_us().div_euclid(1000);
        self.replication.replicas.iter().filter_map(move |replica| {
            let (acked, ms) = replica.ack?;
            Some((&replica.host, replica.port, acked, (now_ms - ms).div_euclid(1000)))
        })
    }
}

impl Ctx<'_> {
    /// Sends the replicas what the last request changed.
    pub(in crate::store::redis) fn feed(&mut self) {
        let replication = &mut self.core.replication;
        if replication.journal.is_empty() {
            return;
        }
        replication.offset += 1;
        let offset = replication.offset;
        if replication.replicas.is_empty() {
            replication.forget_changes();
            return;
        }
        let effects = replication.journal.effects(&self.core.keyspace);
        self.core.tell_replicas(Word::Changes { offset, effects });
    }

    /// The client ran a command: WAIT waits for the stream as it is now.
    pub(in crate::store::redis) fn note_offset(&mut self) {
        let offset = self.core.replication.offset;
        if self.core.client(self.link).is_some_and(|client| client.wrote != offset)
            && let Some(client) = self.core.client_mut(self.link)
        {
            client.wrote = offset;
        }
    }

    /// WAIT: blocks until so many replicas have what the client wrote.
    pub(in crate::store::redis) fn wait_for_replicas(
        &mut self,
        argv: &[Bytes],
        replicas: i64,
        timeout_ms: i64,
    ) -> Reply {
        let offset = self.core.client(self.link).map_or(0, |client| client.wrote);
        let acked = self.core.replication.acked(offset);
        if acked >= replicas || !self.may_block() {
            return Reply::Int(acked);
        }
        let until = (timeout_ms > 0).then(|| self.now_ms().saturating_add(timeout_ms));
        self.core.tell_replicas(Word::AskAck);
        self.block_for_acks(argv, Acks { offset, replicas }, until)
    }

    /// Asks the replicas to acknowledge every second, if that matters.
    pub(in crate::store::redis) fn ask_for_heartbeats(&mut self) {
        if self.core.config.min_replicas_to_write > 0 && self.core.config.heartbeats {
            self.core.tell_replicas(Word::AskBeat);
        }
    }

    /// Another server asks for the stream.
    pub(super) fn take_replica(&mut self, link: Link, host: Bytes, port: u16) {
        self.forget(link);
        if self.core.replication.is_replica() {
            self.core.out.push((link, Outbound::Close));
            return;
        }
        let replication = &mut self.core.replication;
        replication.kept = true;
        replication.replicas.push(Replica { link, host, port, ack: None, attended: false });
        let offset = replication.offset;
        self.core.tell(link, Word::Data { data: self.core.keyspace.data(), offset });
        if self.core.config.min_replicas_to_write > 0 && self.core.config.heartbeats {
            self.core.tell(link, Word::AskBeat);
        }
    }

    /// A replica says how much it has.
    pub(super) fn take_ack(&mut self, link: Link, offset: u64) {
        let now = self.now_ms();
        let replicas = &mut self.core.replication.replicas;
        let Some(replica) = replicas.iter_mut().find(|replica| replica.link == link) else {
            return;
        };
        replica.ack = Some((offset, now));
        let waiting: Vec<(Link, Acks)> = self
            .core
            .clients
            .iter()
            .filter_map(|(link, client)| Some((*link, client.blocked.as_ref()?.acks()?)))
            .collect();
        for (link, acks) in waiting {
            let acked = self.core.replication.acked(acks.offset);
            if acked >= acks.replicas {
                self.unblock(link, Reply::Int(acked));
            }
        }
    }

    /// Closes the links of all replicas: they must ask again.
    pub(super) fn drop_replicas(&mut self) {
        for replica in std::mem::take(&mut self.core.replication.replicas) {
            self.core.out.push((replica.link, Outbound::Close));
        }
    }
}
