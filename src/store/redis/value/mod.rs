//! What a key can hold: strings, lists, hashes, sets, sorted sets. One file each.
//!
//! A value is cheap to clone: its elements are shared until one of the clones changes. What a command
//! answers is a function of the value alone, and of nothing else that happened before, so that equal values
//! have equal futures: where a real server's order is arbitrary (its hash tables are seeded anew at each
//! start), [`Table`](table::Table) has a fixed, scrambled one.
//!
//! An empty collection is never stored: whoever removes the last element deletes the key.

mod collection;
mod hash;
mod list;
mod score;
mod set;
mod span;
mod string;
mod table;
mod zset;

pub(crate) use collection::Collection;
pub(crate) use hash::Hash;
pub(crate) use list::{End, List};
pub(crate) use score::Score;
pub(crate) use set::Set;
pub(crate) use span::span;
pub(crate) use string::Text;
pub(crate) use zset::{Entry, ZSet};

use crate::store::Key;

/// The value of a key.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// A string, also when it reads as a number.
    String(Text),
    /// A list.
    List(List),
    /// A hash.
    Hash(Hash),
    /// A set.
    Set(Set),
    /// A sorted set.
    ZSet(ZSet),
}

impl Value {
    /// What TYPE answers.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::String(_) => "string",
            Self::List(_) => "list",
            Self::Hash(_) => "hash",
            Self::Set(_) => "set",
            Self::ZSet(_) => "zset",
        }
    }

    /// What OBJECT ENCODING answers.
    pub(crate) fn encoding(&self) -> &'static str {
        match self {
            Self::String(text) => text.encoding(),
            Self::List(_) => "quicklist",
            Self::Hash(hash) => hash.encoding(),
            Self::Set(set) => set.encoding(),
            Self::ZSet(zset) => zset.encoding(),
        }
    }

    /// Whether a client can block on a key of this kind.
    pub(crate) fn wakes(&self) -> bool {
        matches!(self, Self::List(_) | Self::ZSet(_))
    }

    /// An estimate of the bytes that the value takes, without its key. It is no measurement: each element
    /// counts its length and a fixed share of bookkeeping.
    pub(crate) fn memory(&self) -> usize {
        const PER_ELEMENT: usize = 16;
        match self {
            Self::String(text) => text.bytes().len() + PER_ELEMENT,
            Self::List(list) => list.iter().map(|element| element.len() + PER_ELEMENT).sum(),
            Self::Hash(hash) => {
                hash.iter().map(|(field, value)| field.len() + value.len() + 2 * PER_ELEMENT).sum()
            }
            Self::Set(set) => set.iter().map(|member| member.len() + PER_ELEMENT).sum(),
            Self::ZSet(zset) => {
                zset.entries().iter().map(|entry| entry.member.len() + 2 * PER_ELEMENT).sum()
            }
        }
    }

    /// Adds the canonical form of the value to `key`.
    pub(crate) fn key(&self, key: &mut Key) {
        match self {
            Self::String(text) => {
                key.int(0).bytes(text.bytes()).int(text.form());
            }
            Self::List(list) => list.key(key.int(1)),
            Self::Hash(hash) => hash.key(key.int(2)),
            Self::Set(set) => set.key(key.int(3)),
            Self::ZSet(zset) => zset.key(key.int(4)),
        }
    }
}
