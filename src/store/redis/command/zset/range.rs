//! ZRANGE and its kin: members by rank, by score or by name, replied, stored or removed.

use std::ops::Range;

use super::super::parse::integer;
use super::bound::{LexRange, ScoreRange};
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::{Entry, ZSet, span};

/// `ZRANGE key start stop [BYSCORE|BYLEX] [REV] [LIMIT offset count] [WITHSCORES]`
pub(super) fn zrange(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    reply(ctx, argv, None, None)
}

/// `ZREVRANGE key start stop [WITHSCORES]`
pub(super) fn zrevrange(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    reply(ctx, argv, Some(By::Rank), Some(true))
}

/// `ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]`
pub(super) fn zrangebyscore(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    reply(ctx, argv, Some(By::Score), Some(false))
}

/// `ZREVRANGEBYSCORE key max min [WITHSCORES] [LIMIT offset count]`
pub(super) fn zrevrangebyscore(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    reply(ctx, argv, Some(By::Score), Some(true))
}

/// `ZRANGEBYLEX key min max [LIMIT offset count]`
pub(super) fn zrangebylex(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    reply(ctx, argv, Some(By::Lex), Some(false))
}

/// `ZREVRANGEBYLEX key max min [LIMIT offset count]`
pub(super) fn zrevrangebylex(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    reply(ctx, argv, Some(By::Lex), Some(true))
}

/// `ZRANGESTORE dst src min max [BYSCORE|BYLEX] [REV] [LIMIT offset count]`
pub(super) fn zrangestore(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let query = Query::read(&argv[3..], None, None, true)?;
    let source = ctx.read_as::<ZSet>(&argv[2])?.unwrap_or_default();
    let found = query.select(&source);
    // The size is known beforehand of ranks only; the others grow out of a listpack as they fill.
    let expected = if matches!(query.bounds, Bounds::Rank(..)) { found.len() } else { 0 };
    let mut result = ZSet::for_members(expected, 0);
    for entry in &found {
        result.insert(&entry.member, entry.score);
    }
    ctx.store(&argv[1], result, "zrangestore");
    Ok(found.len().into())
}

/// `ZREMRANGEBYRANK key start stop`
pub(super) fn zremrangebyrank(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let (start, stop) = (integer(&argv[2])?, integer(&argv[3])?);
    remove(ctx, &argv[1], "zremrangebyrank", |zset| span(start, stop, zset.len()).unwrap_or(0..0))
}

/// `ZREMRANGEBYSCORE key min max`
pub(super) fn zremrangebyscore(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let range = ScoreRange::read(&argv[2], &argv[3])?;
    remove(ctx, &argv[1], "zremrangebyscore", |zset| range.ranks(zset.entries()))
}

/// `ZREMRANGEBYLEX key min max`
pub(super) fn zremrangebylex(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let range = LexRange::read(&argv[2], &argv[3])?;
    remove(ctx, &argv[1], "zremrangebylex", |zset| range.ranks(zset.entries(), false))
}

fn remove(
    ctx: &mut Ctx<'_>,
    key: &Bytes,
    event: &'static str,
    select: impl Fn(&ZSet) -> Range<usize>,
) -> Result<Reply, Error> {
    let Some(zset) = ctx.peek_as::<ZSet>(key)? else { return Ok(Reply::Int(0)) };
    let ranks = select(&zset);
    drop(zset);
    if ranks.is_empty() {
        return Ok(Reply::Int(0));
    }
    let removed = ctx.write_as::<ZSet>(key)?.map_or(0, |zset| zset.remove_ranks(ranks).len());
    ctx.shrunk::<ZSet>(key, event);
    Ok(removed.into())
}

fn reply(
    ctx: &mut Ctx<'_>,
    argv: &[Bytes],
    by: Option<By>,
    reverse: Option<bool>,
) -> Result<Reply, Error> {
    let query = Query::read(&argv[2..], by, reverse, false)?;
    let zset = ctx.read_as::<ZSet>(&argv[1])?.unwrap_or_default();
    let found = query.select(&zset);
    let reply = found.into_iter().flat_map(|entry| {
        let score = query.with_scores.then(|| entry.score.to_bytes());
        std::iter::once(entry.member.clone()).chain(score)
    });
    Ok(Reply::bulks(reply))
}

/// What a range is measured in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Rank,
    Score,
    Lex,
}

/// Which members are asked for, in which order.
struct Query {
    bounds: Bounds,
    reverse: bool,
    /// `LIMIT`: so many are passed over; all, if it is negative.
    offset: i64,
    /// `LIMIT`: so many are taken; all, if it is negative.
    count: i64,
    with_scores: bool,
}

enum Bounds {
    Rank(i64, i64),
    Score(ScoreRange),
    Lex(LexRange),
}

impl Query {
    /// Reads the bounds and what follows. `by` and `reverse` are given by a command that means nothing else;
    /// ZRANGE and ZRANGESTORE have options for them.
    fn read(
        arguments: &[Bytes],
        mut by: Option<By>,
        mut reverse: Option<bool>,
        stores: bool,
    ) -> Result<Self, Error> {
        const LIMIT: Error = Error::fixed(
            "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
        );
        const WITHSCORES: Error =
            Error::fixed("ERR syntax error, WITHSCORES not supported in combination with BYLEX");
        let (mut offset, mut count, mut with_scores) = (0, -1, false);
        let mut options = &arguments[2..];
        while let [option, rest @ ..] = options {
            options = rest;
            match option.to_ascii_lowercase().as_slice() {
                b"withscores" if !stores => with_scores = true,
                b"limit" if rest.len() >= 2 => {
                    (offset, count) = (integer(&rest[0])?, integer(&rest[1])?);
                    options = &rest[2..];
                }
                b"rev" if reverse.is_none() => reverse = Some(true),
                b"bylex" if by.is_none() => by = Some(By::Lex),
                b"byscore" if by.is_none() => by = Some(By::Score),
                _ => return Err(Error::SYNTAX),
            }
        }
        let (by, reverse) = (by.unwrap_or(By::Rank), reverse.unwrap_or(false));
        if count != -1 && by == By::Rank {
            return Err(LIMIT);
        }
        if with_scores && by == By::Lex {
            return Err(WITHSCORES);
        }
        // Seen from the back, the larger bound comes first.
        let (min, max) = if reverse && by != By::Rank {
            (&arguments[1], &arguments[0])
        } else {
            (&arguments[0], &arguments[1])
        };
        let bounds = match by {
            By::Rank => Bounds::Rank(integer(min)?, integer(max)?),
            By::Score => Bounds::Score(ScoreRange::read(min, max)?),
            By::Lex => Bounds::Lex(LexRange::read(min, max)?),
        };
        Ok(Self { bounds, reverse, offset, count, with_scores })
    }

    /// The members of `zset` that are asked for.
    fn select<'a>(&self, zset: &'a ZSet) -> Vec<&'a Entry> {
        let entries = zset.entries();
        let (ranks, limited) = match &self.bounds {
            Bounds::Rank(start, stop) => {
                let ranks = span(*start, *stop, entries.len()).unwrap_or(0..0);
                let from_back = entries.len() - ranks.end..entries.len() - ranks.start;
                (if self.reverse { from_back } else { ranks }, false)
            }
            Bounds::Score(range) => (range.ranks(entries), true),
            Bounds::Lex(range) => (range.ranks(entries, self.reverse), true),
        };
        let found = entries[ranks].iter();
        let found: Vec<&Entry> = if self.reverse { found.rev().collect() } else { found.collect() };
        if !limited {
            return found;
        }
        let skip = usize::try_from(self.offset).unwrap_or(usize::MAX);
        let take = usize::try_from(self.count).unwrap_or(usize::MAX);
        found.into_iter().skip(skip).take(take).collect()
    }
}
