//! LMOVE, RPOPLPUSH.

use super::{end, pop_event, push_event};
use crate::store::redis::config::NotifyFlags;
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::{End, List};

/// `LMOVE source destination LEFT|RIGHT LEFT|RIGHT`
pub(super) fn lmove(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let ends = (end(&argv[3])?, end(&argv[4])?);
    Ok(move_element(ctx, &argv[1], &argv[2], ends)?.into())
}

/// `RPOPLPUSH source destination`
pub(super) fn rpoplpush(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(move_element(ctx, &argv[1], &argv[2], (End::Right, End::Left))?.into())
}

/// Moves an element from one end of `source` to the other end of `destination`, which may be the same list.
/// The push is reported before the pop.
pub(super) fn move_element(
    ctx: &mut Ctx<'_>,
    source: &Bytes,
    destination: &Bytes,
    (from, to): (End, End),
) -> Result<Option<Bytes>, Error> {
    if ctx.peek_as::<List>(source)?.is_none() {
        return Ok(None);
    }
    ctx.peek_as::<List>(destination)?;
    let element = ctx.write_as::<List>(source)?.and_then(|list| list.pop(from));
    let Some(element) = element else { return Ok(None) };
    // Until the push is done an emptied source stays: it may be the destination.
    ctx.write_or_add(destination, List::default())?.push(to, element.clone());
    ctx.changed(destination);
    ctx.notify(NotifyFlags::LIST, push_event(to), destination);
    ctx.shrunk::<List>(source, pop_event(from));
    Ok(Some(element))
}
