//! Requests and messages of any store.

use super::Server;
use super::ledger;
use super::redis::{self, RedisServer};
use super::zookeeper::{self, ZooKeeper};

/// A request to a server of any kind.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum AnyRequest {
    /// A Redis command.
    Redis(<RedisServer as Server>::Request),
    /// A ZooKeeper packet.
    ZooKeeper(<ZooKeeper as Server>::Request),
    /// A request to the ledger.
    Ledger(ledger::Request),
}

/// A message from a server of any kind.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum AnyMessage {
    /// A Redis reply or push.
    Redis(redis::Message),
    /// A ZooKeeper packet.
    ZooKeeper(zookeeper::Message),
    /// A reply of the ledger.
    Ledger(ledger::Reply),
}

impl AnyRequest {
    /// How long it is on the wire, in bytes; the ledger has no protocol, and is not counted.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Redis(request) => request.bytes(),
            Self::ZooKeeper(request) => request.bytes(),
            Self::Ledger(_) => 0,
        }
    }

    /// The command or operation, as people call it.
    pub fn name(&self) -> String {
        match self {
            Self::Redis(redis::Request::Command(line)) => {
                line.first().map(redis::Bytes::to_text).unwrap_or_default()
            }
            Self::Redis(redis::Request::Peer(peer)) => peer.name().to_owned(),
            Self::ZooKeeper(zookeeper::Request::Connect(_)) => "connect".to_owned(),
            Self::ZooKeeper(zookeeper::Request::Call { op, .. }) => op.name().to_owned(),
            Self::ZooKeeper(zookeeper::Request::Peer(_)) => "peer".to_owned(),
            Self::Ledger(ledger::Request::Read { .. }) => "READ".to_owned(),
            Self::Ledger(ledger::Request::Write { .. }) => "WRITE".to_owned(),
        }
    }
}

impl AnyMessage {
    /// How long it is on the wire, in bytes; the ledger has no protocol, and is not counted.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Redis(message) => message.bytes(),
            Self::ZooKeeper(message) => message.bytes(),
            Self::Ledger(_) => 0,
        }
    }
}
