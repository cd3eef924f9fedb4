//! What a key can hold. One file per collection.

mod string;

pub(crate) use string::Text;

use crate::store::Key;

/// The value of a key.
///
/// Collections stand behind an `Rc` and are changed with `Rc::make_mut`, so that a clone of a server shares
/// them until one side writes. An empty collection is never stored: whoever removes the last element deletes
/// the key.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// A string, also when it reads as a number.
    String(Text),
}

impl Value {
    /// What TYPE answers.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::String(_) => "string",
        }
    }

    /// What OBJECT ENCODING answers.
    pub(crate) fn encoding(&self) -> &'static str {
        match self {
            Self::String(text) => text.encoding(),
        }
    }

    /// Whether a client can block on a key of this kind: lists and sorted sets.
    pub(crate) fn wakes(&self) -> bool {
        match self {
            Self::String(_) => false,
        }
    }

    /// An estimate of the bytes that the value takes, without its key. It is no measurement: each element
    /// counts its length and a fixed share of bookkeeping.
    pub(crate) fn memory(&self) -> usize {
        match self {
            Self::String(text) => text.bytes().len() + 16,
        }
    }

    /// Adds the canonical form of the value to `key`.
    pub(crate) fn key(&self, key: &mut Key) {
        match self {
            Self::String(text) => key.int(0).bytes(text.bytes()).int(i64::from(text.is_raw())),
        };
    }
}
