//! ZPOPMIN, ZPOPMAX, ZMPOP and their blocking forms.

use super::super::parse::{at_least_one, is_option, numbered_keys, positive, timeout};
use crate::store::redis::blocking::Serve;
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::{Entry, ZSet};

/// `ZPOPMIN key [count]`
pub(super) fn zpopmin(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    pop(ctx, argv, Side::Min)
}

/// `ZPOPMAX key [count]`
pub(super) fn zpopmax(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    pop(ctx, argv, Side::Max)
}

fn pop(ctx: &mut Ctx<'_>, argv: &[Bytes], side: Side) -> Result<Reply, Error> {
    let count = match &argv[2..] {
        [] => 1,
        [count] => positive(count)?,
        _ => return Err(Error::SYNTAX),
    };
    ctx.peek_as::<ZSet>(&argv[1])?;
    let entries = take(ctx, &argv[1], side, count)?;
    Ok(Reply::bulks(entries.into_iter().flat_map(|entry| [entry.member, entry.score.to_bytes()])))
}

/// `BZPOPMIN key [key ...] timeout`
pub(super) fn bzpopmin(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    pop_or_block(ctx, argv, |ctx, _, key| serve_one(ctx, key, Side::Min))
}

/// `BZPOPMAX key [key ...] timeout`
pub(super) fn bzpopmax(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    pop_or_block(ctx, argv, |ctx, _, key| serve_one(ctx, key, Side::Max))
}

fn pop_or_block(ctx: &mut Ctx<'_>, argv: &[Bytes], serve: Serve) -> Result<Reply, Error> {
    let Some((seconds, keys)) = argv[1..].split_last() else { return Err(Error::SYNTAX) };
    let until_ms = timeout(seconds, ctx.now_ms())?;
    serve_or_block(ctx, argv, keys, until_ms, serve)
}

/// `ZMPOP numkeys key [key ...] MIN|MAX [COUNT count]`
pub(super) fn zmpop(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let request = PopMany::read(argv, 1)?;
    for key in request.keys {
        if ctx.peek_as::<ZSet>(key)?.is_some() {
            return request.serve(ctx, key);
        }
    }
    Ok(Reply::Nil)
}

/// `BZMPOP timeout numkeys key [key ...] MIN|MAX [COUNT count]`
pub(super) fn bzmpop(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let request = PopMany::read(argv, 2)?;
    let until_ms = timeout(&argv[1], ctx.now_ms())?;
    serve_or_block(ctx, argv, request.keys, until_ms, |ctx, argv, key| {
        ctx.holds::<ZSet>(key).then(|| PopMany::read(argv, 2)?.serve(ctx, key))
    })
}

/// Serves the client from the first of `keys` that is a sorted set, or lets it wait for one.
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
        if ctx.peek_as::<ZSet>(key)?.is_some()
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

fn serve_one(ctx: &mut Ctx<'_>, key: &Bytes, side: Side) -> Option<Result<Reply, Error>> {
    ctx.holds::<ZSet>(key).then(|| {
        let entries = take(ctx, key, side, 1)?;
        let popped = entries.into_iter().flat_map(|entry| [entry.member, entry.score.to_bytes()]);
        Ok(Reply::bulks(std::iter::once(key.clone()).chain(popped)))
    })
}

/// Which members are popped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    /// Those with the lowest scores.
    Min,
    /// Those with the highest scores.
    Max,
}

/// What ZMPOP and BZMPOP ask for.
struct PopMany<'a> {
    keys: &'a [Bytes],
    side: Side,
    count: usize,
}

impl<'a> PopMany<'a> {
    /// Reads it; `numkeys` stands at `at`.
    fn read(argv: &'a [Bytes], at: usize) -> Result<Self, Error> {
        const NUMKEYS: Error = Error::fixed("ERR numkeys should be greater than 0");
        const COUNT: Error = Error::fixed("ERR count should be greater than 0");
        let numkeys = at_least_one(&argv[at], NUMKEYS)?;
        let (keys, next) = numbered_keys(argv, at, numkeys).ok_or(Error::SYNTAX)?;
        let side = match argv.get(next) {
            Some(word) if is_option(word, "min") => Side::Min,
            Some(word) if is_option(word, "max") => Side::Max,
            _ => return Err(Error::SYNTAX),
        };
        let count = match &argv[next + 1..] {
            [] => 1,
            [option, count, rest @ ..] if is_option(option, "count") => {
                let count = at_least_one(count, COUNT)?;
                if !rest.is_empty() {
                    return Err(Error::SYNTAX);
                }
                count
            }
            _ => return Err(Error::SYNTAX),
        };
        Ok(Self { keys, side, count })
    }

    /// Pops from the sorted set under `key`.
    fn serve(&self, ctx: &mut Ctx<'_>, key: &Bytes) -> Result<Reply, Error> {
        let entries = take(ctx, key, self.side, self.count)?;
        let pairs =
            entries.into_iter().map(|entry| Reply::bulks([entry.member, entry.score.to_bytes()]));
        Ok(Reply::array([Reply::Bulk(key.clone()), Reply::array(pairs.collect::<Vec<_>>())]))
    }
}

/// Pops up to `count` members, the outermost first.
fn take(ctx: &mut Ctx<'_>, key: &Bytes, side: Side, count: usize) -> Result<Vec<Entry>, Error> {
    let length = ctx.peek_as::<ZSet>(key)?.map_or(0, |zset| zset.len());
    let count = count.min(length);
    if count == 0 {
        return Ok(Vec::new());
    }
    let ranks = match side {
        Side::Min => 0..count,
        Side::Max => length - count..length,
    };
    let mut popped =
        ctx.write_as::<ZSet>(key)?.map_or_else(Vec::new, |zset| zset.remove_ranks(ranks));
    if side == Side::Max {
        popped.reverse();
    }
    let event = if side == Side::Min { "zpopmin" } else { "zpopmax" };
    ctx.shrunk::<ZSet>(key, event);
    Ok(popped)
}
