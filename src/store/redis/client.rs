//! One connection, as the server sees it.

use std::collections::VecDeque;
use std::rc::Rc;

use super::blocking::Blocked;
use super::keyspace::Place;
use super::reply::Bytes;
use crate::store::Key;

/// A command line.
pub(super) type CommandLine = Rc<[Bytes]>;

/// The state of a connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    /// CLIENT ID: connections are numbered from 1.
    pub(super) id: i64,
    /// CLIENT SETNAME, or empty.
    pub(super) name: Bytes,
    /// The selected database.
    pub(super) db: usize,
    /// The commands since MULTI.
    pub(super) multi: Option<Multi>,
    /// A watched key was changed.
    pub(super) dirty: bool,
    /// What WATCH named, in that order.
    pub(super) watched: Vec<Watched>,
    /// The channels it is subscribed to.
    pub(super) channels: Vec<Bytes>,
    /// The patterns it is subscribed to.
    pub(super) patterns: Vec<Bytes>,
    /// The shard channels it is subscribed to.
    pub(super) shard_channels: Vec<Bytes>,
    /// What it waits for.
    pub(super) blocked: Option<Rc<Blocked>>,
    /// What arrived while it waits.
    pub(super) pending: VecDeque<CommandLine>,
    /// CLIENT REPLY.
    pub(super) replies: Replies,
    /// MONITOR.
    pub(super) monitor: bool,
    /// It is closed as soon as its command is answered.
    pub(super) closing: bool,
    /// How far the replication stream was after its last command: what WAIT waits for.
    pub(super) wrote: u64,
}

/// What MULTI collected.
#[derive(Clone, Debug, Default)]
pub(super) struct Multi {
    /// In order.
    pub(super) queue: Vec<CommandLine>,
    /// A command was refused while queueing: EXEC fails.
    pub(super) refused: bool,
}

/// A watched key.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    /// Which.
    pub(super) place: Place,
    /// It was expired, though not yet removed, when WATCH came: its removal is no change.
    pub(super) expired: bool,
}

/// CLIENT REPLY.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Replies {
    #[default]
    On,
    Off,
    /// Not to the next command.
    SkipNext,
    /// Not to this one.
    Skip,
}

impl Client {
    /// Whether it wants no replies now (CLIENT REPLY).
    pub(super) fn is_muted(&self) -> bool {
        matches!(self.replies, Replies::Off | Replies::Skip)
    }

    /// Whether it may only (un)subscribe.
    pub(super) fn is_subscribed(&self) -> bool {
        self.subscriptions() + self.shard_channels.len() > 0
    }

    /// Lowers what WAIT compares with: see [`RedisServer::lower_offsets`](super::RedisServer::lower_offsets).
    pub(super) fn lower_offsets(&mut self, floor: u64) {
        self.wrote = self.wrote.saturating_sub(floor);
        if let Some(blocked) = &mut self.blocked
            && blocked.acks().is_some()
        {
            Rc::make_mut(blocked).lower_offset(floor);
        }
    }

    /// The number in a confirmation of SUBSCRIBE or PSUBSCRIBE.
    pub(super) fn subscriptions(&self) -> usize {
        self.channels.len() + self.patterns.len()
    }

    /// Adds the canonical form to `key`; with its number if `has_ids`: where nobody asks for one it shows nowhere.
    pub(super) fn key(&self, wall_us: i64, has_ids: bool, key: &mut Key) {
        let Self {
            id,
            name,
            db,
            multi,
            dirty,
            watched,
            channels,
            patterns,
            shard_channels,
            blocked,
            pending,
            replies,
            monitor,
            // Between requests nobody closes: whoever is to be closed is gone with the answer.
            closing: _,
            wrote,
        } = self;
        if has_ids {
            key.int(*id);
        }
        key.bytes(name).int(*db as i64).int(i64::from(*dirty));
        match multi {
            None => {
                key.int(-1);
            }
            Some(Multi { queue, refused }) => {
                key.int(queue.len() as i64).int(i64::from(*refused));
                for request in queue {
                    line_key(request, key);
                }
            }
        }
        key.int(watched.len() as i64);
        for Watched { place: (db, name), expired } in watched {
            key.int(*db as i64).bytes(name).int(i64::from(*expired));
        }
        for names in [channels, patterns, shard_channels] {
            let mut names: Vec<_> = names.iter().collect();
            names.sort();
            key.int(names.len() as i64);
            for name in names {
                key.bytes(name);
            }
        }
        match blocked {
            None => {
                key.int(-1);
            }
            Some(blocked) => blocked.key(wall_us, key),
        }
        key.int(pending.len() as i64);
        for request in pending {
            line_key(request, key);
        }
        key.int(*replies as i64).int(i64::from(*monitor)).int(*wrote as i64);
    }
}

/// Adds a command line to `key`.
pub(super) fn line_key(request: &CommandLine, key: &mut Key) {
    key.int(request.len() as i64);
    for argument in request.iter() {
        key.bytes(argument);
    }
}
