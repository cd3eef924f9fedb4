//! Names and numbers that everything else is about.

use std::fmt;
use std::rc::Rc;

/// The path of a node, or what a client sent as one.
pub type Path = Rc<str>;

/// The last part of a path, as `getChildren` answers it.
pub type Name = Rc<str>;

/// What a node holds; a client may also send no data at all, which is not the same as an empty text.
pub type Data = Option<Rc<[u8]>>;

/// The number of a transaction. Every write that reaches the leader takes the next one, also one that fails (fact 19).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Zxid(pub i64);

impl Zxid {
    /// Before the first transaction.
    pub const ZERO: Self = Self(0);

    /// The next transaction.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }

    /// Before the first transaction of the next leader: the epoch is in the upper half.
    #[must_use]
    pub(super) const fn next_epoch(self) -> Self {
        Self((self.0 >> 32).wrapping_add(1) << 32)
    }
}

impl fmt::Display for Zxid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The name of a session: the server that granted it in the highest byte, a counter in the others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct SessionId(pub i64);

impl SessionId {
    /// The first session that server number `server` (1, 2, ...) grants.
    pub const fn first_of(server: u8) -> Self {
        Self((server as i64) << 56)
    }
}

/// As Java prints it: `0x100000000000000`.
impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// What proves that a client owns a session. The real one has 16 bytes; they follow from the session as here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Password(pub u64);

impl Password {
    /// The password of a session.
    pub const fn of(session: SessionId) -> Self {
        // Any fixed mixing will do: nobody guesses passwords here, but a wrong one has to be wrong.
        Self((session.0 as u64 ^ 0xB3A5_5A3B).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}
