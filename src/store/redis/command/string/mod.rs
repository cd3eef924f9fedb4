//! Strings and numbers in strings.

mod append;
mod get;
mod lcs;
mod number;
mod options;
mod set;

use super::super::error::Error;
use super::{Command, Flags};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("append", 3, append::append).grows(1, 1, 1).flags(Flags::FAST),
    Command::new("decr", 2, number::decr).grows(1, 1, 1).flags(Flags::FAST),
    Command::new("decrby", 3, number::decrby).grows(1, 1, 1).flags(Flags::FAST),
    Command::new("get", 2, get::get).reads(1, 1, 1).flags(Flags::FAST),
    Command::new("getdel", 2, get::getdel).writes(1, 1, 1).flags(Flags::FAST),
    Command::new("getex", -2, get::getex).writes(1, 1, 1).flags(Flags::FAST),
    Command::new("getrange", 4, get::getrange).reads(1, 1, 1),
    Command::new("getset", 3, set::getset).grows(1, 1, 1).flags(Flags::FAST),
    Command::new("incr", 2, number::incr).grows(1, 1, 1).flags(Flags::FAST),
    Command::new("incrby", 3, number::incrby).grows(1, 1, 1).flags(Flags::FAST),
    Command::new("incrbyfloat", 3, number::incrbyfloat).grows(1, 1, 1).flags(Flags::FAST),
    Command::new("lcs", -3, lcs::lcs).reads(1, 2, 1),
    Command::new("mget", -2, get::mget).reads(1, -1, 1).flags(Flags::FAST),
    Command::new("mset", -3, set::mset).grows(1, -1, 2),
    Command::new("msetnx", -3, set::msetnx).grows(1, -1, 2),
    Command::new("psetex", 4, set::psetex).grows(1, 1, 1),
    Command::new("set", -3, set::set).grows(1, 1, 1),
    Command::new("setex", 4, set::setex).grows(1, 1, 1),
    Command::new("setnx", 3, set::setnx).grows(1, 1, 1).flags(Flags::FAST),
    Command::new("setrange", 4, append::setrange).grows(1, 1, 1),
    Command::new("strlen", 2, get::strlen).reads(1, 1, 1).flags(Flags::FAST),
    Command::new("substr", 4, get::getrange).reads(1, 1, 1),
];

/// The longest string (bytes) that a real server makes (`proto-max-bulk-len`).
const MAX_BYTES: u64 = 512 << 20;
/// The longest string (bytes) that the model makes.
const MAX_MODELLED_BYTES: u64 = 1 << 20;

/// Checks the length of a string before it is made.
fn check_length(length: u64) -> Result<usize, Error> {
    if length > MAX_BYTES {
        return Err(Error::fixed("ERR string exceeds maximum allowed size (proto-max-bulk-len)"));
    }
    if length > MAX_MODELLED_BYTES {
        return Err(Error::not_modelled("strings of more than 1 MiB that grew in place"));
    }
    Ok(length as usize)
}
