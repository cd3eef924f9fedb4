//! Where the number is kept that a lock guards.

/// In a resource of its own, or beside the lock.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kept {
    /// In the ledger, a resource of its own.
    InLedger,
    /// In the lock's store, under [`KEPT_AT`].
    InStore {
        /// Whether each write is one transaction with a check of the lock's node.
        checked: bool,
    },
}

impl Kept {
    /// Whether it is the ledger.
    pub(crate) fn is_in_ledger(self) -> bool {
        self == Self::InLedger
    }
}

/// The Redis key under which works keep their number; in ZooKeeper it is the node of that name below the root.
pub const KEPT_AT: &str = "number";
