//! ZooKeeper 3.8.0.
//!
//! [`ZooKeeper`] is one server: alone, or the leader or a follower of an ensemble. A write is checked against the state
//! that all earlier transactions lead to, becomes a transaction, and is applied; watchers hear of it before whoever
//! asked is answered. Facts by number are those of the list of what a naive model gets wrong, measured on a real
//! server.
//!
//! # Not modelled
//!
//! | what | what the model answers |
//! |---|---|
//! | `reconfig`, `whoAmI`, SASL, and other operations that are not in [`Op`] | cannot be asked; in a recording they are a difference |
//! | quotas (`/zookeeper/quota/...`) | nodes there are ordinary nodes: they limit nothing, and `zookeeper_stats` counts nothing |
//! | the super user, authentication providers besides `digest` and `ip`, IP version 6 | unknown: `AuthFailed`, `InvalidACL` |
//! | local sessions, read-only servers, observers | every session is global, every server votes |
//! | request throttling, `maxClientCnxns`, slow disks | a server takes every request at once |
//! | parts of a `multi` that the wire cannot carry (reads among writes) | `MarshallingError` for the whole, with a number used up, as the server does |
//! | a second connect on a connection, an operation before the first | the connection is closed |
//! | election | [`ZooKeeper::logged`] says who has the longest log, [`ZooKeeper::lead`] and [`ZooKeeper::follow`] do the rest |
//! | how a follower that comes back catches up | with one snapshot, never with the missing transactions alone |
//! | the leader giving up when it loses its majority | it stops committing, and goes on reading until it is told to [`step_down`](ZooKeeper::step_down) |
//! | the order in which a hash table has children, ephemerals and watchers | an order of this crate, fixed and scrambled |
//!
//! A plain `create` with the flag of a container makes a node that nobody reaps (the server's transaction for it does not
//! say what it is); inside a `multi` the same flag makes a container.

mod acl;
mod attend;
mod audit;
mod call;
mod children;
mod commit;
mod config;
mod content;
mod effects;
mod ensemble;
mod error;
mod id;
mod key;
mod links;
mod moment;
mod named;
mod node;
mod path;
mod read;
mod reaper;
mod replica;
mod request;
mod response;
mod server;
mod size;
mod stat;
mod tracker;
mod tree;
mod txn;
mod watch;
mod write;
mod writes;
mod zxids;

pub use acl::{ADMIN, ALL, Acl, AclList, CREATE, DELETE, Identity, READ, WRITE, open};
pub use attend::Stand;
pub use children::Children;
pub use config::{Config, Moment};
pub use ensemble::Peer;
pub use error::ZkError;
pub use id::{Data, Name, Password, Path, SessionId, Zxid};
pub use request::{
    AddWatchMode, Connect, Create, CreateForm, CreateMode, Op, Request, SetWatches, WatcherType,
};
pub use response::{
    Answer, ConnectReply, EventType, KeeperState, Message, MultiResult, Reply, WatchEvent,
};
pub use server::{Draw, ZooKeeper};
pub use stat::Stat;
pub use zxids::Zxids;
