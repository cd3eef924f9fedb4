//! LPOP, RPOP, LMPOP.

use super::super::parse::{at_least_one, is_option, numbered_keys, positive};
use super::{end, pop_event};
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::{End, List};

/// `LPOP key [count]`
pub(super) fn lpop(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    pop(ctx, argv, End::Left, "lpop")
}

/// `RPOP key [count]`
pub(super) fn rpop(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    pop(ctx, argv, End::Right, "rpop")
}

fn pop(ctx: &mut Ctx<'_>, argv: &[Bytes], end: End, name: &str) -> Result<Reply, Error> {
    let count = match &argv[2..] {
        [] => None,
        [count] => Some(positive(count)?),
        _ => return Err(Error::arity(name)),
    };
    if ctx.peek_as::<List>(&argv[1])?.is_none() {
        return Ok(Reply::Nil);
    }
    let Some(count) = count else {
        return Ok(take_one(ctx, &argv[1], end)?.into());
    };
    take(ctx, &argv[1], end, count).map(Reply::bulks)
}

/// `LMPOP numkeys key [key ...] LEFT|RIGHT [COUNT count]`
pub(super) fn lmpop(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let request = PopMany::read(argv, 1)?;
    for key in request.keys {
        if ctx.peek_as::<List>(key)?.is_some() {
            return request.serve(ctx, key);
        }
    }
    Ok(Reply::Nil)
}

/// What LMPOP and BLMPOP ask for.
pub(super) struct PopMany<'a> {
    pub(super) keys: &'a [Bytes],
    end: End,
    count: usize,
}

impl<'a> PopMany<'a> {
    /// Reads it; `numkeys` stands at `at`.
    pub(super) fn read(argv: &'a [Bytes], at: usize) -> Result<Self, Error> {
        const NUMKEYS: Error = Error::fixed("ERR numkeys should be greater than 0");
        const COUNT: Error = Error::fixed("ERR count should be greater than 0");
        let numkeys = at_least_one(&argv[at], NUMKEYS)?;
        let (keys, next) = numbered_keys(argv, at, numkeys).ok_or(Error::SYNTAX)?;
        let end = end(argv.get(next).ok_or(Error::SYNTAX)?)?;
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
        Ok(Self { keys, end, count })
    }

    /// Pops from the list under `key`.
    pub(super) fn serve(&self, ctx: &mut Ctx<'_>, key: &Bytes) -> Result<Reply, Error> {
        let elements = take(ctx, key, self.end, self.count)?;
        Ok(Reply::array([Reply::Bulk(key.clone()), Reply::bulks(elements)]))
    }
}

/// Pops up to `count` elements.
fn take(ctx: &mut Ctx<'_>, key: &Bytes, end: End, count: usize) -> Result<Vec<Bytes>, Error> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let elements =
        ctx.write_as::<List>(key)?.map_or_else(Vec::new, |list| list.pop_many(end, count));
    ctx.shrunk::<List>(key, pop_event(end));
    Ok(elements)
}

/// Pops one element of a list that is there.
pub(super) fn take_one(ctx: &mut Ctx<'_>, key: &Bytes, end: End) -> Result<Option<Bytes>, Error> {
    let element = ctx.write_as::<List>(key)?.and_then(|list| list.pop(end));
    ctx.shrunk::<List>(key, pop_event(end));
    Ok(element)
}
