//! What a server says.

use std::fmt;
use std::rc::Rc;

use super::acl::AclList;
use super::children::Children;
use super::ensemble::Peer;
use super::error::ZkError;
use super::id::{Data, Password, Path, SessionId, Zxid};
use super::stat::Stat;

/// One packet to a client, or one message to another server of the ensemble.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Message {
    /// The answer to [`Connect`](super::Connect).
    Connect(ConnectReply),
    /// The answer to a call.
    Reply(Reply),
    /// A watch has fired.
    Watch(WatchEvent),
    /// For another server of the ensemble.
    Peer(Peer),
}

/// The answer to [`Connect`](super::Connect).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ConnectReply {
    /// The session, with its password; none if the one asked for has ended.
    pub session: Option<(SessionId, Password)>,
    /// The session timeout that holds from now on, in milliseconds (ms); 0 without a session.
    pub timeout_ms: i32,
}

/// The answer to a call.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Reply {
    /// The client's number for the request.
    pub xid: i32,
    /// The last transaction that the server had applied; 0 in answers to `auth`.
    pub zxid: Zxid,
    /// What came of it.
    pub result: Result<Answer, ZkError>,
}

/// What a call answers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// Nothing but that it is done.
    Done,
    /// The path of the new node, or the text of a `sync`.
    Path(Path),
    /// The path and the stat of the new node.
    Created(Path, Stat),
    /// The stat of the node.
    Stat(Stat),
    /// The data and the stat of the node.
    Data(Data, Stat),
    /// The children of the node.
    Children(Children),
    /// The children and the stat of the node.
    ChildrenAndStat(Children, Stat),
    /// How many nodes there are.
    Number(i32),
    /// The paths of the session's ephemeral nodes.
    Ephemerals(Rc<[Path]>),
    /// The ACL and the stat of the node.
    Acl(AclList, Stat),
    /// The results of a multi or multiRead.
    Multi(Rc<[MultiResult]>),
}

impl Answer {
    /// Why a multi did nothing, if this is the answer to one that failed: the error of its part that failed (fact 20).
    pub fn why_nothing_was_done(&self) -> Option<ZkError> {
        let Self::Multi(results) = self else { return None };
        results.iter().find_map(|result| match result {
            MultiResult::Error(error) if *error != ZkError::RuntimeInconsistency => Some(*error),
            _ => None,
        })
    }
}

/// The result of one part of a multi or multiRead.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MultiResult {
    /// Created.
    Create(Path),
    /// Created, with the stat.
    Create2(Path, Stat),
    /// Deleted.
    Delete,
    /// Set.
    SetData(Stat),
    /// The version is right.
    Check,
    /// Read.
    Data(Data, Stat),
    /// Listed.
    Children(Children),
    /// The part that failed, or one after it, which has `RuntimeInconsistency`.
    Error(ZkError),
    /// An error result with the code `Ok`: it came before the part that failed, and was not done (fact 20).
    NotDone,
}

/// A watch has fired.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct WatchEvent {
    /// What happened.
    pub kind: EventType,
    /// The node.
    pub path: Path,
    /// What a server says about the connection, always the same.
    pub state: KeeperState,
}

/// What a watch event tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum EventType {
    /// The node was created.
    NodeCreated,
    /// The node was deleted.
    NodeDeleted,
    /// The data of the node was set.
    NodeDataChanged,
    /// A child of the node was created or deleted.
    NodeChildrenChanged,
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NodeCreated => "NodeCreated",
            Self::NodeDeleted => "NodeDeleted",
            Self::NodeDataChanged => "NodeDataChanged",
            Self::NodeChildrenChanged => "NodeChildrenChanged",
        })
    }
}

/// The state in a watch event. The others are made up by client libraries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum KeeperState {
    /// The client is connected.
    #[default]
    SyncConnected,
}

impl fmt::Display for KeeperState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("SyncConnected")
    }
}
