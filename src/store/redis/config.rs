//! The settings of a server that change what it answers.

use super::error::Error;
use super::reply::Bytes;
use crate::store::Key;

/// The settings of one server. [`Config::default`] is a plain `redis-server` without a configuration file
/// and without snapshots.
#[derive(Clone, PartialEq, Eq, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "settings that a server has, each by its own name"
)]
pub struct Config {
    /// The server's wall clock at virtual instant zero, in µs since 1970.
    pub epoch_us: i64,
    /// `databases`: how many numbered databases there are.
    pub databases: usize,
    /// `notify-keyspace-events`.
    pub notify: NotifyFlags,
    /// What survives a crash.
    pub persistence: Persistence,
    /// `maxmemory` in bytes of the estimate that the module's documentation states; 0 is no limit.
    pub maxmemory: u64,
    /// `maxmemory-policy`.
    pub eviction: Eviction,
    /// How near (ms) a deadline may lie to now for "alive or gone" to be a question
    /// ([`Draw::Doubt`](super::Draw::Doubt)) instead of a matter of the clock. Below zero, which is the
    /// default, it never is.
    pub doubt_ms: i64,
    /// Whether the background cycle removes each key as soon as its time is up, instead of drawing whether it does
    /// where somebody could hear of it.
    pub punctual_expiry: bool,
    /// Whether keys expire by a clock that nobody sets. No real server has this; it shows what clock jumps do.
    pub monotonic_expiry: bool,
    /// Whether the reading of the wall clock is part of the canonical state. A world whose recipes or scripts
    /// use absolute times (TIME, EXPIREAT, PXAT) needs it; others merge more without it.
    pub absolute_time: bool,
    /// Whether the numbers of connections (CLIENT ID) are part of the canonical state. A world in which somebody asks for
    /// one needs it ([`shows_client_ids`](super::RedisServer::shows_client_ids)); others merge more without it.
    pub client_ids: bool,
    /// `min-replicas-to-write`: a master with fewer good replicas refuses writes; 0 is no limit.
    pub min_replicas_to_write: u32,
    /// `min-replicas-max-lag` (s): a replica is good if it was heard of since so long; 0 is no limit.
    pub min_replicas_max_lag: u32,
    /// Whether a replica of a master with `min-replicas-to-write` acknowledges every second. A search that takes
    /// heartbeats for granted says instead when they end
    /// ([`attend_replica`](super::RedisServer::attend_replica)), and takes WAIT to end on time.
    pub heartbeats: bool,
    /// What a replica says it is called, and what REPLICAOF at another server names.
    pub host: Bytes,
    /// The port that goes with [`host`](Self::host).
    pub port: u16,
}

/// The wall clock (µs since 1970) of a server that nobody has set, at virtual instant zero.
pub(super) const EPOCH_US: i64 = 1_700_000_000_000_000;

impl Default for Config {
    fn default() -> Self {
        Self {
            epoch_us: EPOCH_US,
            databases: 16,
            notify: NotifyFlags::NONE,
            persistence: Persistence::None,
            maxmemory: 0,
            eviction: Eviction::NoEviction,
            doubt_ms: -1,
            punctual_expiry: false,
            monotonic_expiry: false,
            absolute_time: false,
            client_ids: false,
            min_replicas_to_write: 0,
            min_replicas_max_lag: 10,
            heartbeats: true,
            host: Bytes::from_static(b"127.0.0.1"),
            port: 6379,
        }
    }
}

impl Config {
    /// Adds what may change while the server runs (CONFIG SET) to `key`.
    pub(super) fn key(&self, key: &mut Key) {
        let Self {
            notify,
            maxmemory,
            eviction,
            min_replicas_to_write,
            min_replicas_max_lag,
            // The model lets nobody change these after the start: all worlds of a search have the same.
            epoch_us: _,
            databases: _,
            persistence: _,
            doubt_ms: _,
            punctual_expiry: _,
            monotonic_expiry: _,
            absolute_time: _,
            client_ids: _,
            heartbeats: _,
            host: _,
            port: _,
        } = self;
        key.int(i64::from(notify.bits())).int(*maxmemory as i64).bytes(eviction.name());
        key.int(i64::from(*min_replicas_to_write)).int(i64::from(*min_replicas_max_lag));
    }
}

/// What of the data survives a crash (<https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/>).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Persistence {
    /// Nothing: the server starts empty.
    #[default]
    None,
    /// `appendfsync everysec`: a process that dies loses nothing, a machine that dies loses up to a second
    /// of writes.
    EverySecond,
    /// `appendfsync always`: every write is on disk before its reply.
    Always,
}

/// `maxmemory-policy`: which keys may be removed to make room.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Eviction {
    /// None: writes that need memory fail.
    #[default]
    NoEviction,
    /// Any key.
    AllKeys(Preference),
    /// A key with an expiry.
    Volatile(Preference),
    /// The key that expires soonest.
    VolatileTtl,
}

/// How a policy prefers one key to another. The model keeps no access times: which candidate goes is a
/// question ([`Draw::Evict`](super::Draw::Evict)) for all three.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Preference {
    /// Least recently used, by samples.
    Lru,
    /// Least frequently used, by samples.
    Lfu,
    /// At random.
    Random,
}

impl Eviction {
    const NAMES: [(&'static str, Self); 8] = [
        ("volatile-lru", Self::Volatile(Preference::Lru)),
        ("volatile-lfu", Self::Volatile(Preference::Lfu)),
        ("volatile-random", Self::Volatile(Preference::Random)),
        ("volatile-ttl", Self::VolatileTtl),
        ("allkeys-lru", Self::AllKeys(Preference::Lru)),
        ("allkeys-lfu", Self::AllKeys(Preference::Lfu)),
        ("allkeys-random", Self::AllKeys(Preference::Random)),
        ("noeviction", Self::NoEviction),
    ];

    /// The names of all policies.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::NAMES.iter().map(|(name, _)| *name)
    }

    /// The name in the configuration file.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, policy)| *policy == self)
            .map_or("noeviction", |(name, _)| name)
    }

    /// The policy of that name.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        let found = Self::NAMES.iter().find(|(text, _)| text.as_bytes().eq_ignore_ascii_case(name));
        found.map(|(_, policy)| *policy)
    }
}

/// A set of classes of keyspace notifications
/// (<https://redis.io/docs/latest/develop/use/keyspace-notifications/>).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct NotifyFlags(u16);

impl NotifyFlags {
    /// No notifications.
    pub const NONE: Self = Self(0);
    /// `K`: on `__keyspace@<db>__:<key>`.
    pub const KEYSPACE: Self = Self(1);
    /// `E`: on `__keyevent@<db>__:<event>`.
    pub const KEYEVENT: Self = Self(1 << 1);
    /// `g`: DEL, EXPIRE, RENAME and others of any type.
    pub const GENERIC: Self = Self(1 << 2);
    /// `$`: strings.
    pub const STRING: Self = Self(1 << 3);
    /// `l`: lists.
    pub const LIST: Self = Self(1 << 4);
    /// `s`: sets.
    pub const SET: Self = Self(1 << 5);
    /// `h`: hashes.
    pub const HASH: Self = Self(1 << 6);
    /// `z`: sorted sets.
    pub const ZSET: Self = Self(1 << 7);
    /// `x`: keys that expired.
    pub const EXPIRED: Self = Self(1 << 8);
    /// `e`: keys that were evicted.
    pub const EVICTED: Self = Self(1 << 9);
    /// `t`: streams.
    pub const STREAM: Self = Self(1 << 10);
    /// `d`: modules.
    pub const MODULE: Self = Self(1 << 11);
    /// `m`: reads of keys that do not exist. Not part of `A`.
    pub const KEY_MISS: Self = Self(1 << 12);
    /// `n`: new keys. Not part of `A`.
    pub const NEW: Self = Self(1 << 13);
    /// `A`: `g$lshztxed`.
    pub const ALL: Self = Self(0b1111_1111_1100);

    /// In the order in which CONFIG GET prints them.
    const CHARACTERS: [(u8, Self); 14] = [
        (b'g', Self::GENERIC),
        (b'$', Self::STRING),
        (b'l', Self::LIST),
        (b's', Self::SET),
        (b'h', Self::HASH),
        (b'z', Self::ZSET),
        (b'x', Self::EXPIRED),
        (b'e', Self::EVICTED),
        (b't', Self::STREAM),
        (b'd', Self::MODULE),
        (b'n', Self::NEW),
        (b'K', Self::KEYSPACE),
        (b'E', Self::KEYEVENT),
        (b'm', Self::KEY_MISS),
    ];

    /// Reads `KEA` and the like.
    pub fn parse(text: &[u8]) -> Option<Self> {
        text.iter().try_fold(Self::NONE, |flags, byte| {
            let flag = if *byte == b'A' {
                Self::ALL
            } else {
                Self::CHARACTERS.iter().find(|(character, _)| character == byte)?.1
            };
            Some(Self(flags.0 | flag.0))
        })
    }

    /// Prints the classes as CONFIG GET does, which leaves `n` out beside `A`.
    pub fn print(self) -> Bytes {
        let mut text = Vec::new();
        let all = self.contains(Self::ALL);
        if all {
            text.push(b'A');
        }
        for (character, flag) in Self::CHARACTERS {
            let covered = Self::ALL.contains(flag) || flag == Self::NEW;
            if self.contains(flag) && !(all && covered) {
                text.push(character);
            }
        }
        text.into()
    }

    /// The set as a number.
    pub(super) const fn bits(self) -> u16 {
        self.0
    }

    /// Whether every class of `other` is in this set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// The error of CONFIG SET for a bad class.
pub(super) const BAD_EVENT_CLASS: Error =
    Error::fixed("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
