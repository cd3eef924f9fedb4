//! Lists: <https://redis.io/docs/latest/commands/?group=list>.

mod blocking;
mod element;
mod moves;
mod pop;
mod push;

pub(super) use blocking::{blmove, blmpop, blpop, brpop, brpoplpush};
pub(super) use element::{lindex, linsert, llen, lpos, lrange, lrem, lset, ltrim};
pub(super) use moves::{lmove, rpoplpush};
pub(super) use pop::{lmpop, lpop, rpop};
pub(super) use push::{lpush, lpushx, rpush, rpushx};

use super::parse::is_option;
use crate::store::redis::error::Error;
use crate::store::redis::value::End;

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
