//! BLPOP, BRPOP, BLMPOP, BLMOVE, BRPOPLPUSH.

use super::super::parse::timeout;
use super::end;
use super::moves::move_element;
use super::pop::{PopMany, take_one};
use crate::store::redis::blocking::Serve;
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::{End, List};

/// `BLPOP key [key ...] timeout`
pub(super) fn blpop(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    pop_or_block(ctx, argv, |ctx, _, key| serve_pop(ctx, key, End::Left))
}

/// `BRPOP key [key ...] timeout`
pub(super) fn brpop(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    pop_or_block(ctx, argv, |ctx, _, key| serve_pop(ctx, key, End::Right))
}

/// `BLMPOP timeout numkeys key [key ...] LEFT|RIGHT [COUNT count]`
pub(super) fn blmpop(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let request = PopMany::read(argv, 2)?;
    let until_ms = timeout(&argv[1], ctx.now_ms())?;
    serve_or_block(ctx, argv, request.keys, until_ms, |ctx, argv, key| {
        ctx.holds::<List>(key).then(|| PopMany::read(argv, 2)?.serve(ctx, key))
    })
}

/// `BLMOVE source destination LEFT|RIGHT LEFT|RIGHT timeout`
pub(super) fn blmove(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let (_from, _to) = (end(&argv[3])?, end(&argv[4])?);
    let until_ms = timeout(&argv[5], ctx.now_ms())?;
    serve_or_block(ctx, argv, &argv[1..2], until_ms, |ctx, argv, source| {
        ctx.holds::<List>(source).then(|| {
            let ends = (end(&argv[3])?, end(&argv[4])?);
            Ok(move_element(ctx, source, &argv[2], ends)?.into())
        })
    })
}

/// `BRPOPLPUSH source destination timeout`
pub(super) fn brpoplpush(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let until_ms = timeout(&argv[3], ctx.now_ms())?;
    serve_or_block(ctx, argv, &argv[1..2], until_ms, |ctx, argv, source| {
        ctx.holds::<List>(source)
            .then(|| Ok(move_element(ctx, source, &argv[2], (End::Right, End::Left))?.into()))
    })
}

fn pop_or_block(ctx: &mut Ctx<'_>, argv: &[Bytes], serve: Serve) -> Result<Reply, Error> {
    let Some((seconds, keys)) = argv[1..].split_last() else { return Err(Error::SYNTAX) };
    let until_ms = timeout(seconds, ctx.now_ms())?;
    serve_or_block(ctx, argv, keys, until_ms, serve)
}

/// Serves the client from the first of `keys` that is a list, or lets it wait for one.
///
/// `serve` is called again for each of the keys that becomes ready; it minds that the key may hold another kind.
fn serve_or_block(
    ctx: &mut Ctx<'_>,
    argv: &[Bytes],
    keys: &[Bytes],
    until_ms: Option<i64>,
    serve: Serve,
) -> Result<Reply, Error> {
    for key in keys {
        if ctx.peek_as::<List>(key)?.is_some()
            && let Some(answer) = serve(ctx, argv, key)
        {
            return answer;
        }
    }
    if !ctx.may_block() {
        return Ok(Reply::Nil);
    }
    Ok(ctx.block(argv, keys, until_ms, serve, Reply::Nil))
}

fn serve_pop(ctx: &mut Ctx<'_>, key: &Bytes, end: End) -> Option<Result<Reply, Error>> {
    ctx.holds::<List>(key).then(|| {
        let element = take_one(ctx, key, end)?;
        Ok(Reply::array([Reply::Bulk(key.clone()), element.into()]))
    })
}
