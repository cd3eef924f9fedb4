//! Channels: who is subscribed to what, and delivery.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::ctx::Ctx;
use super::draw::Draw;
use super::glob::matches;
use super::reply::{Bytes, Reply};
use crate::store::{Key, Link};

/// The subscriptions of all clients. Within a channel the order is that of subscribing.
#[derive(Clone, Debug, Default)]
pub(super) struct PubSub {
    pub(super) channels: Subscriptions,
    pub(super) patterns: Subscriptions,
    pub(super) shard_channels: Subscriptions,
}

/// Who is subscribed to each name.
#[derive(Clone, Debug, Default)]
pub(super) struct Subscriptions(Rc<BTreeMap<Bytes, Vec<Link>>>);

impl Subscriptions {
    /// Adds one; a client is never subscribed twice.
    pub(super) fn add(&mut self, name: &Bytes, link: Link) {
        Rc::make_mut(&mut self.0).entry(name.clone()).or_default().push(link);
    }

    /// Removes one.
    pub(super) fn remove(&mut self, name: &Bytes, link: Link) {
        let names = Rc::make_mut(&mut self.0);
        if let Some(links) = names.get_mut(name) {
            links.retain(|other| *other != link);
            if links.is_empty() {
                names.remove(name);
            }
        }
    }

    /// Who is subscribed to `name`.
    pub(super) fn of(&self, name: &[u8]) -> &[Link] {
        self.0.get(name).map_or(&[], |links| links)
    }

    /// All names that someone is subscribed to, with the number of clients.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Bytes, usize)> {
        self.0.iter().map(|(name, links)| (name, links.len()))
    }

    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    fn key(&self, key: &mut Key) {
        key.int(self.0.len() as i64);
        for (name, links) in &*self.0 {
            key.bytes(name).int(links.len() as i64);
            for link in links {
                key.int(i64::from(link.0));
            }
        }
    }
}

impl PubSub {
    /// Whether nobody is subscribed to anything that a message could reach.
    pub(super) fn is_silent(&self) -> bool {
        self.channels.len() == 0 && self.patterns.len() == 0
    }

    /// Adds the canonical form to `key`.
    pub(super) fn key(&self, key: &mut Key) {
        let Self { channels, patterns, shard_channels } = self;
        for subscriptions in [channels, patterns, shard_channels] {
            subscriptions.key(key);
        }
    }
}

impl Ctx<'_> {
    /// Delivers a message to the subscribers of the channel and of the patterns that match it, and says to
    /// how many (Redis fact 23).
    pub(super) fn publish(&mut self, channel: &Bytes, message: &Bytes) -> usize {
        if self.core.pubsub.is_silent() {
            return 0;
        }
        let mut receivers = 0;
        for link in self.core.pubsub.channels.of(channel).to_vec() {
            let parts = [Bytes::from_static(b"message"), channel.clone(), message.clone()];
            self.push(link, Reply::bulks(parts));
            receivers += 1;
        }
        let patterns = self.core.pubsub.patterns.iter().map(|(pattern, _)| pattern);
        let matching: Vec<Bytes> =
            patterns.filter(|pattern| matches(pattern, channel)).cloned().collect();
        for pattern in self.in_some_order(matching) {
            for link in self.core.pubsub.patterns.of(&pattern).to_vec() {
                let parts = [
                    Bytes::from_static(b"pmessage"),
                    pattern.clone(),
                    channel.clone(),
                    message.clone(),
                ];
                self.push(link, Reply::bulks(parts));
                receivers += 1;
            }
        }
        receivers
    }

    /// The same for a shard channel; those have no patterns.
    pub(super) fn publish_shard(&mut self, channel: &Bytes, message: &Bytes) -> usize {
        let receivers = self.core.pubsub.shard_channels.of(channel).to_vec();
        for link in &receivers {
            let parts = [Bytes::from_static(b"smessage"), channel.clone(), message.clone()];
            self.push(*link, Reply::bulks(parts));
        }
        receivers.len()
    }

    /// Names in the order of a hash table that only the real server knows.
    pub(super) fn in_some_order(&mut self, mut names: Vec<Bytes>) -> Vec<Bytes> {
        for first in 0..names.len().saturating_sub(1) {
            let left = &names[first..];
            let next = self.draw(&Draw::Next(left.into()), left.len() as u32);
            names[first..=first + next as usize].rotate_right(1);
        }
        names
    }
}
