//! What becomes of what stands where the lock lives, and whose doing it is.

use std::rc::Rc;

use super::Who;
use crate::choice::{FaultId, ServerId};
use crate::store::effect::{Change, Item};

/// An effect of a store, where the lock lives, in the terms of the whole world.
///
/// Instants are those of the run (µs since it began), as the clock of the server goes now.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Kept {
    /// The server that keeps it; of an ensemble its first member, whichever told of it.
    pub server: ServerId,
    /// The key, the member of what is under it, or the node.
    pub item: Item,
    /// What became of it.
    pub change: Change,
    /// Who or what did it.
    pub by: By,
    /// The command that did it, in lower case: of a script, the one that the script called; or ZooKeeper's operation.
    pub command: Option<Rc<str>>,
}

/// Who or what does something to what a store keeps.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum By {
    /// A request of this thread.
    Thread(Who),
    /// Its time to live was over, for the server's clock.
    Time,
    /// The session of whoever had placed it ended, without a request of its own.
    Session,
    /// The store's own housekeeping: an empty container, a node that outlived its time.
    Housekeeping,
    /// A fault of the model: somebody at a console, full memory, a session that is ended.
    Fault(FaultId),
    /// The server took over the data of another one, or what it had on its disk.
    Copy,
}

impl By {
    /// The thread whose request did it, if one did.
    pub fn thread(self) -> Option<Who> {
        match self {
            Self::Thread(who) => Some(who),
            _ => None,
        }
    }
}
