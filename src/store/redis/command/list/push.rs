//! LPUSH, RPUSH, LPUSHX, RPUSHX.

use super::push_event;
use crate::store::redis::config::NotifyFlags;
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::{End, List};

/// `LPUSH key element [element ...]`
pub(super) fn lpush(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    push(ctx, argv, End::Left)
}

/// `RPUSH key element [element ...]`
pub(super) fn rpush(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    push(ctx, argv, End::Right)
}

/// `LPUSHX key element [element ...]`
pub(super) fn lpushx(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    push_to_existing(ctx, argv, End::Left)
}

/// `RPUSHX key element [element ...]`
pub(super) fn rpushx(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    push_to_existing(ctx, argv, End::Right)
}

fn push_to_existing(ctx: &mut Ctx<'_>, argv: &[Bytes], end: End) -> Result<Reply, Error> {
    if ctx.peek_as::<List>(&argv[1])?.is_none() {
        return Ok(Reply::Int(0));
    }
    push(ctx, argv, end)
}

fn push(ctx: &mut Ctx<'_>, argv: &[Bytes], end: End) -> Result<Reply, Error> {
    let list = ctx.write_or_add(&argv[1], List::default())?;
    for element in &argv[2..] {
        list.push(end, element.clone());
    }
    let length = list.len();
    ctx.changed(&argv[1]);
    ctx.notify(NotifyFlags::LIST, push_event(end), &argv[1]);
    Ok(length.into())
}
