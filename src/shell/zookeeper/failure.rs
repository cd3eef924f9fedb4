//! What `zkCli` says when something does not work.

use crate::store::zookeeper::ZkError;

/// What is printed instead of a result: lines, the last without its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Failure(pub(super) String);

/// Why a session cannot answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lost {
    /// The connection broke before the answer.
    ConnectionLoss,
    /// The session has expired or was closed.
    Expired,
    /// An `addauth` was refused.
    AuthFailed,
}

impl Failure {
    /// The server's answer to a request about `path`.
    pub(super) fn of(error: ZkError, path: &str) -> Self {
        let what = match error {
            ZkError::NoNode => "Node does not exist: ",
            ZkError::NoChildrenForEphemerals => "Ephemerals cannot have children: ",
            ZkError::NodeExists => "Node already exists: ",
            ZkError::NotEmpty => "Node not empty: ",
            ZkError::InvalidACL => "Acl is not valid : ",
            ZkError::NoAuth => "Insufficient permission : ",
            ZkError::BadArguments => "Arguments are not valid : ",
            ZkError::BadVersion => "version No is not valid : ",
            _ => return Self(code(error_name(error), path)),
        };
        Self(format!("{what}{path}"))
    }

    /// No answer to a request about `path`.
    pub(super) fn lost(lost: Lost, path: &str) -> Self {
        let name = match lost {
            Lost::ConnectionLoss => "ConnectionLoss",
            Lost::Expired => "Session expired",
            Lost::AuthFailed => "AuthFailed",
        };
        Self(code(name, path))
    }

    /// A command that lacks something, or has it wrong.
    pub(super) fn usage(usage: &str) -> Self {
        Self(usage.to_owned())
    }
}

/// `KeeperErrorCode = NoNode for /a`
pub(super) fn code(name: &str, path: &str) -> String {
    if path.is_empty() {
        return format!("KeeperErrorCode = {name}");
    }
    format!("KeeperErrorCode = {name} for {path}")
}

fn error_name(error: ZkError) -> &'static str {
    match error {
        ZkError::NotEmpty => "Directory not empty",
        ZkError::SessionExpired => "Session expired",
        ZkError::SessionMoved => "Session moved",
        ZkError::NoWatcher => "No such watcher",
        other => other.name(),
    }
}
