//! What the servers of an ensemble say to each other.

/// A message between two servers of an ensemble.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Peer {
    /// A sign of life of the link.
    Hello,
}
