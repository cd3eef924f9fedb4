//! Words between servers: what one says to another travels in order, like any message, and faults hit it.
//!
//! A word of a Redis server carries deadlines of its sender's wall clock, so what is under way remembers where that
//! clock stands; servers of one search may keep theirs at different origins.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::agenda::{Due, ServerId};
use super::server::{AnyMessage, AnyRequest, AnyServer};
use super::setup::Timing;
use super::sides::{Node, Parted};
use super::world::{Stage, World};
use crate::choice::{About, Alternative, Question, Site};
use crate::store::{Inbound, Key, Link, Outbound, redis, zookeeper};
use crate::time::Micros;

/// The numbers of links between servers begin here: above those of clients.
const FIRST_PEER: u32 = 1 << 30;

/// The link between two servers; both ends call it so.
pub(crate) fn peer_link(one: ServerId, other: ServerId) -> Link {
    let (low, high) = (one.min(other), one.max(other));
    Link(FIRST_PEER + u32::from(low) * 256 + u32::from(high))
}

/// Which servers a link connects.
fn ends(Link(link): Link) -> Option<(ServerId, ServerId)> {
    let pair = link.checked_sub(FIRST_PEER)?;
    Some(((pair / 256) as ServerId, (pair % 256) as ServerId))
}

/// Whether the link is one between servers.
pub(super) fn is_peer(Link(link): Link) -> bool {
    link >= FIRST_PEER && link != u32::MAX
}

/// From which server to which.
pub(crate) type Way = (ServerId, ServerId);

/// What one server says to another.
#[derive(Clone, Debug)]
pub(crate) enum Word {
    ZooKeeper(zookeeper::Peer),
    /// With the reading (µs) of its sender's wall clock at virtual instant zero, if nobody had set it.
    Redis(redis::Peer, i64),
    /// The sender has closed the link.
    End,
}

impl Word {
    fn key(&self) -> Key {
        let mut key = Key::default();
        match self {
            Self::Redis(peer, clock_us) => peer.key(*clock_us, &mut key),
            Self::ZooKeeper(_) | Self::End => {}
        }
        key
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::ZooKeeper(one), Self::ZooKeeper(other)) => one == other,
            (Self::Redis(..), Self::Redis(..)) => self.key() == other.key(),
            (Self::End, Self::End) => true,
            _ => false,
        }
    }
}

impl Eq for Word {}

impl Hash for Word {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::ZooKeeper(peer) => peer.hash(state),
            Self::Redis(..) => self.key().hash(state),
            Self::End => 0.hash(state),
        }
    }
}

/// What is between the servers.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Links {
    /// What is under way, and when the last of it arrives (sampled timing only).
    pipes: BTreeMap<Way, (VecDeque<Word>, Micros)>,
    /// The ways on which nothing arrives for a time, although nobody is cut off.
    pub(super) lagging: Vec<Way>,
    /// The partitions between sides that are under way.
    pub(super) parted: Vec<Parted>,
}

impl Links {
    pub(super) fn rebase(&mut self, dt: Micros) {
        for (words, due) in self.pipes.values_mut() {
            *due = (*due - dt).max(Micros::ZERO);
            for word in words {
                if let Word::Redis(_, clock_us) = word {
                    *clock_us = clock_us.saturating_add(dt.0);
                }
            }
        }
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.pipes.is_empty()
    }

    /// Shows the canonical form of every word that is under way.
    pub(super) fn said(&self, mut show: impl FnMut(&[u8])) {
        for word in self.pipes.values().flat_map(|(words, _)| words) {
            show(word.key().as_bytes());
        }
    }

    /// What is under way between any two of these.
    pub(super) fn words<'a>(
        &'a self,
        members: &'a [ServerId],
    ) -> impl Iterator<Item = &'a Word> + 'a {
        let among = self.pipes.iter().filter(move |((from, _), _)| members.contains(from));
        among.flat_map(|(_, (words, _))| words)
    }

    pub(super) fn lower_offsets(&mut self, members: &[ServerId], floor: u64) {
        for ((from, _), (words, _)) in &mut self.pipes {
            if members.contains(from) {
                for word in words {
                    if let Word::Redis(peer, _) = word {
                        *peer = peer.with_lower_offset(floor);
                    }
                }
            }
        }
    }
}

impl World {
    /// Whether servers say anything to each other.
    pub(super) fn has_peers(&self) -> bool {
        self.is_ensemble() || !self.groups.is_empty()
    }

    /// Puts what a server says to another one on its way.
    pub(super) fn send_peer(
        &mut self,
        stage: &mut Stage<'_>,
        from: ServerId,
        link: Link,
        message: &Outbound<AnyMessage>,
    ) {
        let Some((low, high)) = ends(link) else { return };
        let to = if low == from { high } else { low };
        let word = match (message, &self.servers[usize::from(from)].state) {
            (Outbound::Message(AnyMessage::ZooKeeper(zookeeper::Message::Peer(peer))), _) => {
                Word::ZooKeeper(peer.clone())
            }
            (
                Outbound::Message(AnyMessage::Redis(redis::Message::Peer(peer))),
                AnyServer::Redis(redis),
            ) => Word::Redis(peer.clone(), redis.unset_clock_us()),
            _ => Word::End,
        };
        self.say(stage, (from, to), word);
    }

    pub(super) fn say(&mut self, stage: &mut Stage<'_>, way: Way, word: Word) {
        let (from, to) = way;
        if self.ensemble.is_down(to) || self.servers[usize::from(to)].state.is_down() {
            return;
        }
        let due = match stage.setup.timing {
            Timing::Abstract => self.now,
            Timing::Sampled { least, most } => {
                let extra = stage.choices.pick(&Question {
                    about: About::Latency,
                    n: (most - least).0.clamp(0, 1_000_000_000) as u32 + 1,
                    site: &|| Site::Peer { from, to },
                    alternative: &Alternative::Value,
                });
                let last = self.links.pipes.get(&way).map_or(self.now, |(_, due)| *due);
                last.max(self.now.max(self.leaving) + least + Micros(i64::from(extra)))
            }
        };
        let pipe = Rc::make_mut(&mut self.links).pipes.entry(way).or_default();
        pipe.0.push_back(word);
        if !stage.setup.is_abstract() {
            pipe.1 = due;
        }
        if !self.is_held(way) {
            self.agenda.put(due, Due::Peer(from, to));
        }
    }

    /// Whether what is said on this way stands still.
    pub(super) fn is_held(&self, (from, to): Way) -> bool {
        self.ensemble.cut.is_some_and(|cut| cut == from || cut == to)
            || self.links.lagging.contains(&(from, to))
            || self.is_parted(Node::Server(from), Node::Server(to))
    }

    /// Whether two servers hear of each other.
    pub(super) fn can_talk(&self, one: ServerId, other: ServerId) -> bool {
        let (one, other) = (Node::Server(one), Node::Server(other));
        !self.is_parted(one, other) && !self.is_parted(other, one)
    }

    /// Something now holds words between servers back.
    pub(super) fn hold_words(&mut self) {
        let ways: Vec<Way> = self.links.pipes.keys().copied().collect();
        for way in ways {
            if self.is_held(way) {
                self.agenda.cancel_all(|event| *event == Due::Peer(way.0, way.1));
            }
        }
    }

    /// What held words between servers back is over: those that stood still go on.
    pub(super) fn release_words(&mut self) {
        let links = self.links.clone();
        for (way @ (from, to), (words, _)) in &links.pipes {
            let event = Due::Peer(*from, *to);
            if self.is_held(*way) || self.agenda.iter().any(|(_, other)| other == event) {
                continue;
            }
            for _ in words {
                self.agenda.put(self.now, event);
            }
        }
    }

    /// What is under way between two servers, either way, is lost.
    pub(super) fn forget_words(&mut self, one: ServerId, other: ServerId) {
        for (from, to) in [(one, other), (other, one)] {
            if self.links.pipes.contains_key(&(from, to)) {
                Rc::make_mut(&mut self.links).pipes.remove(&(from, to));
                self.agenda.cancel_all(|event| *event == Due::Peer(from, to));
            }
        }
    }

    /// The same on one way.
    pub(super) fn forget_way(&mut self, (from, to): Way) {
        if self.links.pipes.contains_key(&(from, to)) {
            Rc::make_mut(&mut self.links).pipes.remove(&(from, to));
            self.agenda.cancel_all(|event| *event == Due::Peer(from, to));
        }
    }

    /// The next word of a server reaches another one.
    pub(super) fn hear_peer(&mut self, stage: &mut Stage<'_>, from: ServerId, to: ServerId) {
        let links = Rc::make_mut(&mut self.links);
        let Some((words, _)) = links.pipes.get_mut(&(from, to)) else { return };
        let word = words.pop_front();
        if words.is_empty() && stage.setup.is_abstract() {
            links.pipes.remove(&(from, to));
        }
        let link = peer_link(from, to);
        let request = match (word, &self.servers[usize::from(to)].state) {
            (Some(Word::ZooKeeper(peer)), _) => {
                Inbound::Request(AnyRequest::ZooKeeper(zookeeper::Request::Peer(peer)))
            }
            (Some(Word::Redis(peer, clock_us)), AnyServer::Redis(redis)) => {
                let peer = peer.shifted(redis.unset_clock_us().saturating_sub(clock_us));
                Inbound::Request(AnyRequest::Redis(redis::Request::Peer(peer)))
            }
            (Some(Word::End), _) => Inbound::Disconnect,
            _ => return,
        };
        self.tell_server(stage, to, link, request);
        self.regroup(stage);
    }

    /// What a server says to another one stands still for `span`.
    pub(super) fn lag(&mut self, way: Way, span: Micros) {
        Rc::make_mut(&mut self.links).lagging.push(way);
        self.agenda.put(self.now + span, Due::CatchesUp(way.0, way.1));
        self.hold_words();
    }

    /// What it has said meanwhile arrives.
    pub(super) fn catch_up(&mut self, stage: &mut Stage<'_>, way: Way) {
        Rc::make_mut(&mut self.links).lagging.retain(|other| *other != way);
        self.release_words();
        self.regroup(stage);
    }
}
