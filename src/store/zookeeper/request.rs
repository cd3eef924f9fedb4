//! What a client asks of a server.

use std::rc::Rc;

use super::acl::AclList;
use super::ensemble::Peer;
use super::id::{Data, Password, Path, SessionId, Zxid};

/// One packet of a client, or one message of another server of the ensemble.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// The first packet of a connection: asks for a session, or for one that the client has.
    Connect(Connect),
    /// An operation; the reply carries the same `xid`.
    Call {
        /// The client's number for the request.
        xid: i32,
        /// What is to be done.
        op: Op,
    },
    /// From another server of the ensemble.
    Peer(Peer),
}

/// The first packet of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Connect {
    /// The session timeout that the client would like, in milliseconds (ms).
    pub timeout_ms: i32,
    /// The session that the client has, with the password it was given.
    pub session: Option<(SessionId, Password)>,
    /// The last transaction of which the client has heard: a server that is behind refuses it.
    pub last_zxid_seen: Zxid,
}

/// An operation.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// `create`, `create2`, `createTTL` or `createContainer`.
    Create(Create),
    /// `delete`.
    Delete {
        /// The node.
        path: Path,
        /// The version it must have, or -1.
        version: i32,
    },
    /// `exists`.
    Exists {
        /// The node.
        path: Path,
        /// Whether to leave a watch, which also waits for a node that is not there (fact 5).
        watch: bool,
    },
    /// `getData`.
    GetData {
        /// The node.
        path: Path,
        /// Whether to leave a watch.
        watch: bool,
    },
    /// `setData`.
    SetData {
        /// The node.
        path: Path,
        /// The new data.
        data: Data,
        /// The version it must have, or -1.
        version: i32,
    },
    /// `getChildren`.
    GetChildren {
        /// The node.
        path: Path,
        /// Whether to leave a watch.
        watch: bool,
    },
    /// `getChildren2`: with the node's stat.
    GetChildren2 {
        /// The node.
        path: Path,
        /// Whether to leave a watch.
        watch: bool,
    },
    /// `getAllChildrenNumber`: how many nodes are below this one.
    GetAllChildrenNumber {
        /// The node.
        path: Path,
    },
    /// `getEphemerals`: those of this session.
    GetEphemerals {
        /// What their paths start with.
        prefix: Path,
    },
    /// `sync`: a later read sees at least what the leader had.
    Sync {
        /// Any text.
        path: Path,
    },
    /// `check`, alone or in a multi.
    Check {
        /// The node.
        path: Path,
        /// The version it must have, or -1.
        version: i32,
    },
    /// `multi`: all or nothing.
    Multi(Rc<[Op]>),
    /// `multiRead`: several `getData` and `getChildren`.
    MultiRead(Rc<[Op]>),
    /// `addWatch`.
    AddWatch {
        /// The node, which need not exist.
        path: Path,
        /// Which kind.
        mode: AddWatchMode,
    },
    /// `removeWatches`: this session's.
    RemoveWatches {
        /// The node.
        path: Path,
        /// Which kind.
        kind: WatcherType,
    },
    /// `checkWatches`: whether there is one (fact 4).
    CheckWatches {
        /// The node.
        path: Path,
        /// Which kind.
        kind: WatcherType,
    },
    /// `setWatches`: after a reconnect, the watches that the client had.
    SetWatches(SetWatches),
    /// `setWatches2`: the same with persistent ones.
    SetWatches2(SetWatches),
    /// `getACL`.
    GetAcl {
        /// The node.
        path: Path,
    },
    /// `setACL`.
    SetAcl {
        /// The node.
        path: Path,
        /// The new list.
        acl: AclList,
        /// The version that the list must have, or -1.
        version: i32,
    },
    /// `auth`: the connection gets one more identity.
    Auth {
        /// `digest` or `ip`; no other is known.
        scheme: Rc<str>,
        /// For `digest`: `user:password`.
        auth: Rc<[u8]>,
    },
    /// `ping`.
    Ping,
    /// `closeSession`.
    CloseSession,
}

/// A new node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Create {
    /// Which of the four operations.
    pub form: CreateForm,
    /// The node; with a sequential mode the beginning of its path.
    pub path: Path,
    /// What it holds.
    pub data: Data,
    /// Who may do what with it.
    pub acl: AclList,
    /// Which kind of node.
    pub mode: CreateMode,
}

impl Create {
    /// A plain `create` that everyone may use.
    pub fn new(path: &str, data: &[u8], mode: CreateMode) -> Self {
        Self {
            form: CreateForm::Create,
            path: path.into(),
            data: Some(data.into()),
            acl: super::acl::open(),
            mode,
        }
    }
}

/// The four operations that create a node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CreateForm {
    /// `create`: the reply is the path.
    Create,
    /// `create2`: the reply has the stat as well.
    Create2,
    /// `createTTL`, with the time to live in milliseconds (ms).
    Ttl(i64),
    /// `createContainer`: a container, whatever the mode says (fact 18).
    Container,
}

/// The kinds of nodes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CreateMode {
    /// Stays until it is deleted.
    Persistent,
    /// Is deleted at the end of the session.
    Ephemeral,
    /// As `Persistent`, with a number after the name.
    PersistentSequential,
    /// As `Ephemeral`, with a number after the name.
    EphemeralSequential,
    /// Is deleted some time after its last child.
    Container,
    /// Is deleted when it has no children and was not changed for a time.
    PersistentWithTtl,
    /// As `PersistentWithTtl`, with a number after the name.
    PersistentSequentialWithTtl,
    /// A flag that means nothing.
    Unknown(i32),
}

impl CreateMode {
    /// Whether a number is appended.
    pub const fn is_sequential(self) -> bool {
        matches!(
            self,
            Self::PersistentSequential
                | Self::EphemeralSequential
                | Self::PersistentSequentialWithTtl
        )
    }

    /// Whether the node belongs to the session.
    pub const fn is_ephemeral(self) -> bool {
        matches!(self, Self::Ephemeral | Self::EphemeralSequential)
    }

    /// Whether the node has a time to live.
    pub const fn has_ttl(self) -> bool {
        matches!(self, Self::PersistentWithTtl | Self::PersistentSequentialWithTtl)
    }
}

/// What `addWatch` asks for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AddWatchMode {
    /// The node and its list of children.
    Persistent,
    /// The node and everything below it.
    PersistentRecursive,
    /// A number that means nothing.
    Unknown(i32),
}

/// Which watches of a path are meant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WatcherType {
    /// Those on the list of children.
    Children,
    /// Those on the node.
    Data,
    /// Both.
    Any,
    /// A number that means nothing.
    Unknown(i32),
}

/// The watches that a client had before it connected again.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct SetWatches {
    /// The last transaction of which the client had heard.
    pub relative_zxid: Zxid,
    /// Left by `getData`, or by `exists` on a node that was there.
    pub data: Rc<[Path]>,
    /// Left by `exists` on a node that was not there.
    pub exist: Rc<[Path]>,
    /// Left by `getChildren`.
    pub child: Rc<[Path]>,
    /// Persistent ones; `setWatches` has none.
    pub persistent: Rc<[Path]>,
    /// Persistent recursive ones; `setWatches` has none.
    pub persistent_recursive: Rc<[Path]>,
}

impl Op {
    /// The names of all operations.
    pub const NAMES: [&'static str; 26] = [
        "create",
        "create2",
        "createTTL",
        "createContainer",
        "delete",
        "exists",
        "getData",
        "setData",
        "getChildren",
        "getChildren2",
        "getAllChildrenNumber",
        "getEphemerals",
        "sync",
        "check",
        "multi",
        "multiRead",
        "addWatch",
        "removeWatches",
        "checkWatches",
        "setWatches",
        "setWatches2",
        "getACL",
        "setACL",
        "auth",
        "ping",
        "closeSession",
    ];

    /// The operation's name, as recordings write it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Create(create) => match create.form {
                CreateForm::Create => "create",
                CreateForm::Create2 => "create2",
                CreateForm::Ttl(_) => "createTTL",
                CreateForm::Container => "createContainer",
            },
            Self::Delete { .. } => "delete",
            Self::Exists { .. } => "exists",
            Self::GetData { .. } => "getData",
            Self::SetData { .. } => "setData",
            Self::GetChildren { .. } => "getChildren",
            Self::GetChildren2 { .. } => "getChildren2",
            Self::GetAllChildrenNumber { .. } => "getAllChildrenNumber",
            Self::GetEphemerals { .. } => "getEphemerals",
            Self::Sync { .. } => "sync",
            Self::Check { .. } => "check",
            Self::Multi(_) => "multi",
            Self::MultiRead(_) => "multiRead",
            Self::AddWatch { .. } => "addWatch",
            Self::RemoveWatches { .. } => "removeWatches",
            Self::CheckWatches { .. } => "checkWatches",
            Self::SetWatches(_) => "setWatches",
            Self::SetWatches2(_) => "setWatches2",
            Self::GetAcl { .. } => "getACL",
            Self::SetAcl { .. } => "setACL",
            Self::Auth { .. } => "auth",
            Self::Ping => "ping",
            Self::CloseSession => "closeSession",
        }
    }
}
