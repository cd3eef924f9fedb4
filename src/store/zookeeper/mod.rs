//! ZooKeeper 3.8.0.

mod acl;
mod attend;
mod call;
mod children;
mod commit;
mod config;
mod ensemble;
mod error;
mod id;
mod key;
mod links;
mod moment;
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

pub use acl::{ADMIN, ALL, Acl, AclList, CREATE, DELETE, Identity, READ, WRITE, open};
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
