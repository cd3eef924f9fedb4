//! Lists: <https://redis.io/docs/latest/commands/?group=list>.

mod blocking;
mod element;
mod moves;
mod pop;
mod push;

use super::parse::is_option;
use super::{Command, Flags};
use crate::store::redis::error::Error;
use crate::store::redis::value::End;

const FAST: Flags = Flags::FAST;
const BLOCKING: Flags = Flags::BLOCKING.with(Flags::NO_SCRIPT);

pub(super) const COMMANDS: &[Command] = &[
    Command::new("lpush", -3, push::lpush).grows(1, 1, 1).flags(FAST),
    Command::new("rpush", -3, push::rpush).grows(1, 1, 1).flags(FAST),
    Command::new("lpushx", -3, push::lpushx).grows(1, 1, 1).flags(FAST),
    Command::new("rpushx", -3, push::rpushx).grows(1, 1, 1).flags(FAST),
    Command::new("lpop", -2, pop::lpop).writes(1, 1, 1).flags(FAST),
    Command::new("rpop", -2, pop::rpop).writes(1, 1, 1).flags(FAST),
    Command::new("lmpop", -4, pop::lmpop).writes(0, 0, 0),
    Command::new("llen", 2, element::llen).reads(1, 1, 1).flags(FAST),
    Command::new("lindex", 3, element::lindex).reads(1, 1, 1),
    Command::new("lrange", 4, element::lrange).reads(1, 1, 1),
    Command::new("lset", 4, element::lset).grows(1, 1, 1),
    Command::new("linsert", 5, element::linsert).grows(1, 1, 1),
    Command::new("lrem", 4, element::lrem).writes(1, 1, 1),
    Command::new("ltrim", 4, element::ltrim).writes(1, 1, 1),
    Command::new("lpos", -3, element::lpos).reads(1, 1, 1),
    Command::new("lmove", 5, moves::lmove).grows(1, 2, 1),
    Command::new("rpoplpush", 3, moves::rpoplpush).grows(1, 2, 1),
    Command::new("blpop", -3, blocking::blpop).writes(1, -2, 1).flags(BLOCKING),
    Command::new("brpop", -3, blocking::brpop).writes(1, -2, 1).flags(BLOCKING),
    Command::new("blmpop", -5, blocking::blmpop).writes(0, 0, 0).flags(Flags::BLOCKING),
    Command::new("blmove", 6, blocking::blmove).grows(1, 2, 1).flags(BLOCKING),
    Command::new("brpoplpush", 4, blocking::brpoplpush).grows(1, 2, 1).flags(BLOCKING),
];

/// `LEFT` or `RIGHT`.
fn end(argument: &[u8]) -> Result<End, Error> {
    if is_option(argument, "left") {
        Ok(End::Left)
    } else if is_option(argument, "right") {
        Ok(End::Right)
    } else {
        Err(Error::SYNTAX)
    }
}

/// The event of a push to `end`.
fn push_event(end: End) -> &'static str {
    match end {
        End::Left => "lpush",
        End::Right => "rpush",
    }
}

/// The event of a pop from `end`.
fn pop_event(end: End) -> &'static str {
    match end {
        End::Left => "lpop",
        End::Right => "rpop",
    }
}
