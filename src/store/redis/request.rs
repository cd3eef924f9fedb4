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
    /// How long it is on the wire (RESP2), in bytes; what servers say to each other is not counted.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Command(line) => {
                let words = line.iter().map(|word| bulk(word.len()));
                line_of(line.len() as i64) + words.sum::<usize>()
            }
            Self::Peer(_) => 0,
        }
    }

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

/// A sign, a number and the end of the line.
pub(super) fn line_of(number: i64) -> usize {
    let digits = number.unsigned_abs().checked_ilog10().unwrap_or(0) as usize + 1;
    1 + usize::from(number < 0) + digits + 2
}

/// A text of so many bytes, with its length before it.
pub(super) fn bulk(length: usize) -> usize {
    line_of(length as i64) + length + 2
}
