//! The values of keys: lists, hashes, sets, sorted sets.
//!
//! A value is cheap to clone: its elements are shared until one of the clones changes. What a command
//! answers is a function of the value alone, and of nothing else that happened before, so that equal values
//! have equal futures: where a real server's order is arbitrary (its hash tables are seeded anew at each
//! start), [`Table`] has a fixed, scrambled one.

mod hash;
mod list;
mod score;
mod set;
mod span;
mod table;
mod zset;

pub(crate) use hash::Hash;
pub(crate) use list::{End, List};
pub(crate) use score::Score;
pub(crate) use set::Set;
pub(crate) use span::span;
pub(crate) use table::Table;
pub(crate) use zset::{Entry, ZSet};
