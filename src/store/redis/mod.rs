//! Redis 7.0.15, as one server answers.
//!
//! A command reaches `execute.rs`, which checks, queues or refuses it and runs it from the table in `command/`.
//! All keys are reached through `keyspace/`. What a real server leaves open is a [`Draw`]. The server's own
//! time is its wall clock: [`Config::epoch_us`] plus the time of the world.
//!
//! # What the clock decides, and what does not
//!
//! A key is alive as long as now, in ms, is not later than its deadline. An access finds the key gone after
//! that; the background cycle removes it at once, unless a [`Draw::ActiveExpiry`] says later, which is
//! asked only if somebody could hear of it. A block ends when its time is over, unless a
//! [`Draw::BlockTimeout`] says later.
//!
//! # Memory
//!
//! `maxmemory` is compared with an estimate, not with what an allocator says: for each key its name, its
//! value (16 bytes and its length for a string or an element, twice 16 for a field with its value and for a
//! member with its score), 56 bytes of bookkeeping, and 32 more if it has a deadline.
//!
//! # Not modelled
//!
//! Each of these is answered with an error that says so.
//!
//! | what | answer |
//! |---|---|
//! | streams, geo indexes, PFADD and its kin, functions, modules, ACL, LATENCY, MEMORY, SLOWLOG, LOLWUT | `ERR lockstep does not model the 'xadd' command` |
//! | DUMP, RESTORE, MIGRATE, SAVE, BGSAVE, BGREWRITEAOF, SHUTDOWN, FAILOVER, PSYNC | the same |
//! | RESP3 | `NOPROTO lockstep models RESP2 only`, as to an unknown version |
//! | CLIENT PAUSE, CLIENT TRACKING | `ERR lockstep does not model ..` |
//! | OBJECT IDLETIME, OBJECT FREQ under an LFU policy, HELP of any command | the same |
//! | COMMAND INFO, DOCS and LIST FILTERBY; COMMAND GETKEYS of commands that count their keys | the same |
//! | CONFIG SET of what changes no answer of the model, unless the value stays | the same |
//! | strings that grow in place beyond 1 MiB (a real server: 512 MB), LCS of more than 4 million cells | the same |
//! | DEBUG | refused, as a real server does unless `enable-debug-command` is set |
//! | replicas of replicas | the link to a server that is a replica itself is closed |
//!
//! The texts of INFO, CLIENT LIST and CLIENT INFO have the fields that clients look at and no others. SCAN's
//! cursors, and the orders of KEYS, of large hashes and of sets, are fixed ones of the model's own: a real
//! server's differ from start to start.

mod blocking;
mod client;
#[expect(clippy::unnecessary_wraps, reason = "all commands have one type of function")]
mod command;
mod config;
mod content;
mod core;
mod ctx;
mod draw;
mod durable;
mod error;
mod execute;
mod glob;
mod key;
mod keyspace;
mod mark;
mod memory;
mod monitor;
mod notify;
pub(crate) mod number;
mod pubsub;
mod refusal;
mod replication;
mod reply;
mod request;
pub mod script;
mod scripts;
mod server;
mod value;
mod watching;

pub(crate) use command::{Command, Flags, all as commands};
pub use config::{Config, Eviction, NotifyFlags, Persistence, Preference};
pub use draw::Draw;
pub use refusal::Refusal;
pub use replication::Peer;
pub use reply::{Bytes, Reply};
pub use request::Request;
pub use server::{Message, RedisServer};

/// The names of all commands that are modelled, in small letters.
pub fn command_names() -> impl Iterator<Item = &'static str> {
    command::all().filter(|it| !it.has(Flags::LEFT_OUT)).map(|it| it.name)
}
