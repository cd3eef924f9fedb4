//! What reaches a server: a command of a client, or what another server says.

use std::rc::Rc;

use super::replication::Peer;
use super::reply::Bytes;

/// What a link carries to a server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    /// A command line of a client.
    Command(Rc<[Bytes]>),
    /// A word of another server: of the master to its replica, or of a replica to its master.
    Peer(Peer),
}

impl Request {
    /// The command line, if it is one.
    pub fn command(&self) -> Option<&Rc<[Bytes]>> {
        match self {
            Self::Command(line) => Some(line),
            Self::Peer(_) => None,
        }
    }
}

impl From<Rc<[Bytes]>> for Request {
    fn from(line: Rc<[Bytes]>) -> Self {
        Self::Command(line)
    }
}

impl From<&[Bytes]> for Request {
    fn from(line: &[Bytes]) -> Self {
        Self::Command(line.into())
    }
}

impl From<Vec<Bytes>> for Request {
    fn from(line: Vec<Bytes>) -> Self {
        Self::Command(line.into())
    }
}

impl<const N: usize> From<[Bytes; N]> for Request {
    fn from(line: [Bytes; N]) -> Self {
        Self::Command(line.into())
    }
}

impl FromIterator<Bytes> for Request {
    fn from_iter<I: IntoIterator<Item = Bytes>>(words: I) -> Self {
        Self::Command(words.into_iter().collect())
    }
}
