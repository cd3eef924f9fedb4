//! A server that refuses every write for a while, for a reason outside of its data.

use super::RedisServer;
use super::error::Error;

/// Why a server refuses every write.
///
/// The texts are those of Redis 7.0 (`createSharedObjects` and `evalGetCommandFlags`,
/// <https://github.com/redis/redis>).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Refusal {
    /// The last snapshot failed, and `stop-writes-on-bgsave-error` is on: PING is refused as well.
    Misconf,
    /// The server takes itself for a replica: it was demoted, and its clients do not know.
    ReadOnly,
    /// Memory is used up for good, so that DEL does not help either. While it may help, only what needs memory is refused:
    /// [`RedisServer::set_full`].
    OutOfMemory,
}

impl Refusal {
    /// All, with the words that their errors begin with.
    pub const ALL: [(&'static str, Self); 3] =
        [("MISCONF", Self::Misconf), ("READONLY", Self::ReadOnly), ("OOM", Self::OutOfMemory)];

    /// What a command that writes is answered.
    pub(super) const fn error(self) -> Error {
        match self {
            Self::Misconf => Error::fixed(
                "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. \
                 Commands that may modify the data set are disabled, because this instance is configured to report \
                 errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the \
                 Redis logs for details about the RDB error.",
            ),
            Self::ReadOnly => Error::READ_ONLY,
            Self::OutOfMemory => Error::OUT_OF_MEMORY,
        }
    }

    /// What a script is answered that says by its shebang that it may write.
    pub(super) const fn script_error(self) -> Error {
        match self {
            Self::Misconf => Error::fixed(
                "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. \
                 Writable scripts are blocked. Use 'no-writes' flag for read only scripts.",
            ),
            Self::ReadOnly => Error::NO_WRITER,
            Self::OutOfMemory => Error::OUT_OF_MEMORY,
        }
    }
}

impl RedisServer {
    /// Why the server refuses every write now, if it does for a reason outside of its data.
    pub fn refusal(&self) -> Option<Refusal> {
        self.core().refusal
    }

    /// From now on the server refuses every write, or does no longer. A restart ends it.
    pub fn set_refusal(&mut self, refusal: Option<Refusal>) {
        self.core_mut().refusal = refusal;
    }
}
