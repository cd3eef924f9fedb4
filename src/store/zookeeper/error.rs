//! ZooKeeper's error codes.

use std::fmt;

macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// What a server answers when it does not do what was asked, by the names of `KeeperException.Code`.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum ZkError {
            $($(#[$doc])* $name,)*
        }

        impl ZkError {
            /// The code on the wire.
            pub const fn code(self) -> i32 {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// The name, as recordings write it: `NodeExists`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The error of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

errors! {
    /// A part of a multi that was not tried because an earlier one failed (fact 20).
    RuntimeInconsistency = -2,
    /// The server could not read the request.
    MarshallingError = -5,
    /// The server does not do this.
    Unimplemented = -6,
    /// An argument is not acceptable: a bad path, an unknown mode, a time to live out of range.
    BadArguments = -8,
    /// The session is not known to this server.
    UnknownSession = -12,
    /// The node does not exist (for `create`: its parent).
    NoNode = -101,
    /// The ACL does not allow it.
    NoAuth = -102,
    /// The version differs from the one asked for.
    BadVersion = -103,
    /// An ephemeral node has no children.
    NoChildrenForEphemerals = -108,
    /// The node exists already.
    NodeExists = -110,
    /// The node has children.
    NotEmpty = -111,
    /// The session has expired.
    SessionExpired = -112,
    /// The ACL is empty, of an unknown scheme or malformed.
    InvalidACL = -114,
    /// The authentication was refused.
    AuthFailed = -115,
    /// The session has moved to another server.
    SessionMoved = -118,
    /// There is no such watch.
    NoWatcher = -121,
}

impl fmt::Display for ZkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl std::error::Error for ZkError {}
