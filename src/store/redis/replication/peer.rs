//! What servers say to each other.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use crate::store::Key;
use crate::store::redis::config::NotifyFlags;
use crate::store::redis::keyspace::{Data, Database, Entry, Place};
use crate::store::redis::reply::Bytes;

/// A word of one server to another.
#[derive(Clone, Debug)]
pub struct Peer(pub(super) Rc<Word>);

#[derive(Debug)]
pub(super) enum Word {
    /// A replica asks for the stream, and says what it is called.
    Sync { host: Bytes, port: u16 },
    /// The whole data, which is the stream so far.
    Data { data: Data, offset: u64 },
    /// One more piece of the stream.
    Changes { offset: u64, effects: Rc<[Effect]> },
    /// The replica is to acknowledge now (`REPLCONF GETACK *`).
    AskAck,
    /// The replica is to acknowledge every second.
    AskBeat,
    /// The replica has so much of the stream.
    Ack { offset: u64 },
}

/// What changed.
#[derive(Clone, Debug)]
pub(super) enum Effect {
    /// A whole database.
    Database(usize, Rc<Database>),
    /// A key: what it holds now, or nothing.
    Key(Place, Option<Entry>),
    /// An event.
    Event(usize, NotifyFlags, &'static str, Bytes),
    /// A message on a channel, or on a shard channel.
    Message(Bytes, Bytes, bool),
}

impl Peer {
    /// What it is, in one word.
    pub fn name(&self) -> &'static str {
        match &*self.0 {
            Word::Sync { .. } => "sync",
            Word::Data { .. } => "data",
            Word::Changes { .. } => "changes",
            Word::AskAck => "ask-ack",
            Word::AskBeat => "ask-beat",
            Word::Ack { .. } => "ack",
        }
    }

    /// The same with all times `span` (µs) later: as another server's wall clock has them.
    #[must_use]
    pub fn shifted(&self, span: i64) -> Self {
        let span_ms = span.div_euclid(1000);
        let word = match &*self.0 {
            _ if span_ms == 0 => return self.clone(),
            Word::Data { data, offset } => {
                Word::Data { data: data.shifted(span_ms), offset: *offset }
            }
            Word::Changes { offset, effects } => {
                let effects = effects.iter().map(|effect| effect.shifted(span_ms)).collect();
                Word::Changes { offset: *offset, effects }
            }
            _ => return self.clone(),
        };
        Self(Rc::new(word))
    }

    /// How much of the stream it speaks of, if it does.
    pub fn offset(&self) -> Option<u64> {
        match *self.0 {
            Word::Data { offset, .. } | Word::Changes { offset, .. } | Word::Ack { offset } => {
                Some(offset)
            }
            Word::Sync { .. } | Word::AskAck | Word::AskBeat => None,
        }
    }

    /// The same with its offset lowered: see [`RedisServer::lower_offsets`](super::super::RedisServer::lower_offsets).
    #[must_use]
    pub fn with_lower_offset(&self, floor: u64) -> Self {
        let lower = |offset: u64| offset.saturating_sub(floor);
        let word = match &*self.0 {
            Word::Data { data, offset } => {
                Word::Data { data: data.clone(), offset: lower(*offset) }
            }
            Word::Changes { offset, effects } => {
                Word::Changes { offset: lower(*offset), effects: effects.clone() }
            }
            Word::Ack { offset } => Word::Ack { offset: lower(*offset) },
            Word::Sync { .. } | Word::AskAck | Word::AskBeat => return self.clone(),
        };
        Self(Rc::new(word))
    }

    /// Adds the canonical form to `key`, with deadlines relative to `wall_us` of the wall clock.
    pub fn key(&self, wall_us: i64, key: &mut Key) {
        key.bytes(self.name());
        match &*self.0 {
            Word::Sync { host, port } => {
                key.bytes(host).int(i64::from(*port));
            }
            Word::Data { data, offset } => data.key(wall_us, key.int(*offset as i64)),
            Word::Changes { offset, effects } => {
                key.int(*offset as i64).int(effects.len() as i64);
                for effect in &**effects {
                    effect.key(wall_us, key);
                }
            }
            Word::AskAck | Word::AskBeat => {}
            Word::Ack { offset } => {
                key.int(*offset as i64);
            }
        }
    }

    fn canonical(&self) -> Key {
        let mut key = Key::default();
        self.key(0, &mut key);
        key
    }
}

impl Effect {
    fn shifted(&self, span_ms: i64) -> Self {
        match self {
            Self::Database(db, database) => Self::Database(*db, Rc::new(database.shifted(span_ms))),
            Self::Key(place, Some(entry)) => Self::Key(place.clone(), Some(entry.shifted(span_ms))),
            other => other.clone(),
        }
    }

    fn key(&self, wall_us: i64, key: &mut Key) {
        match self {
            Self::Database(db, database) => database.key(wall_us, key.int(0).int(*db as i64)),
            Self::Key((db, name), entry) => {
                key.int(1).int(*db as i64).bytes(name).int(i64::from(entry.is_some()));
                if let Some(entry) = entry {
                    entry.key(wall_us, key);
                }
            }
            Self::Event(db, class, event, name) => {
                key.int(2).int(*db as i64).int(i64::from(class.bits())).bytes(event).bytes(name);
            }
            Self::Message(channel, message, shard) => {
                key.int(3).bytes(channel).bytes(message).int(i64::from(*shard));
            }
        }
    }
}

impl PartialEq for Peer {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0) || self.canonical() == other.canonical()
    }
}

impl Eq for Peer {}

impl Hash for Peer {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.canonical().hash(state);
    }
}
