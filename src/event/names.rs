//! Who takes part, by number, and what they are called.

use crate::choice::{ProcessId, ServerId};
use crate::store::effect::Item;

/// One thread of one process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Who {
    /// The process, by its number in the model.
    pub process: ProcessId,
    /// The thread, by its number in the process.
    pub thread: u8,
}

/// What those who take part are called.
pub trait Names {
    /// The thread's name, as in `c1` or `s1.t2`.
    fn who(&self, who: Who) -> String;
    /// The process's name.
    fn process(&self, process: ProcessId) -> String;
    /// The server's name.
    fn server(&self, server: ServerId) -> String;
    /// What something is called that a server keeps, as in `lock`, or `lock on redis2` where there are several servers
    /// with keys of the same name.
    fn item(&self, server: ServerId, item: &Item) -> String;
}
