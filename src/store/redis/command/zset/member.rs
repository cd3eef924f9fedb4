//! Commands on the members of one sorted set.

use super::super::parse::{draw_count, is_option};
use super::super::random::{pick, sample};
use super::super::scan::{self, ScanOptions};
use super::bound::{LexRange, ScoreRange};
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::{Score, ZSet};

/// `ZREM key member [member ...]`
pub(super) fn zrem(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let Some(zset) = ctx.peek_as::<ZSet>(&argv[1])? else { return Ok(Reply::Int(0)) };
    let none = argv[2..].iter().all(|member| zset.score(member).is_none());
    drop(zset);
    if none {
        return Ok(Reply::Int(0));
    }
    let mut removed = 0_usize;
    if let Some(zset) = ctx.write_as::<ZSet>(&argv[1])? {
        removed = argv[2..].iter().filter(|member| zset.remove(member).is_some()).count();
    }
    ctx.shrunk::<ZSet>(&argv[1], "zrem");
    Ok(removed.into())
}

/// `ZCARD key`
pub(super) fn zcard(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(ctx.read_as::<ZSet>(&argv[1])?.map_or(0, |zset| zset.len()).into())
}

/// `ZSCORE key member`
pub(super) fn zscore(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let zset = ctx.read_as::<ZSet>(&argv[1])?.unwrap_or_default();
    Ok(zset.score(&argv[2]).map(Score::to_bytes).into())
}

/// `ZMSCORE key member [member ...]`
pub(super) fn zmscore(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let zset = ctx.read_as::<ZSet>(&argv[1])?.unwrap_or_default();
    let scores = argv[2..].iter().map(|member| zset.score(member).map(Score::to_bytes).into());
    Ok(Reply::array(scores.collect::<Vec<Reply>>()))
}

/// `ZRANK key member`
pub(super) fn zrank(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let zset = ctx.read_as::<ZSet>(&argv[1])?.unwrap_or_default();
    Ok(zset.rank(&argv[2]).map_or(Reply::Nil, Reply::from))
}

/// `ZREVRANK key member`
pub(super) fn zrevrank(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let zset = ctx.read_as::<ZSet>(&argv[1])?.unwrap_or_default();
    Ok(zset.rank(&argv[2]).map_or(Reply::Nil, |rank| Reply::from(zset.len() - 1 - rank)))
}

/// `ZCOUNT key min max`
pub(super) fn zcount(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let range = ScoreRange::read(&argv[2], &argv[3])?;
    let zset = ctx.read_as::<ZSet>(&argv[1])?.unwrap_or_default();
    Ok(range.ranks(zset.entries()).len().into())
}

/// `ZLEXCOUNT key min max`
pub(super) fn zlexcount(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let range = LexRange::read(&argv[2], &argv[3])?;
    let zset = ctx.read_as::<ZSet>(&argv[1])?.unwrap_or_default();
    Ok(range.ranks(zset.entries(), false).len().into())
}

/// `ZRANDMEMBER key [count [WITHSCORES]]`
pub(super) fn zrandmember(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let Some(count) = argv.get(2) else {
        let Some(zset) = ctx.read_as::<ZSet>(&argv[1])? else { return Ok(Reply::Nil) };
        let members: Vec<Bytes> = zset.entries().iter().map(|entry| entry.member.clone()).collect();
        return Ok(Reply::Bulk(members[pick(ctx, &members)].clone()));
    };
    let count = draw_count(count)?;
    let with_scores = match &argv[3..] {
        [] => false,
        [option] if is_option(option, "withscores") => true,
        _ => return Err(Error::SYNTAX),
    };
    if with_scores && count.unsigned_abs() > i64::MAX as u64 / 2 {
        return Err(Error::fixed("ERR value is out of range"));
    }
    let zset = ctx.read_as::<ZSet>(&argv[1])?.unwrap_or_default();
    let entries = zset.entries();
    let members: Vec<Bytes> = entries.iter().map(|entry| entry.member.clone()).collect();
    let mut positions = sample(ctx, &members, count)?;
    // Asked for all, a server walks from the highest score down.
    if usize::try_from(count).is_ok_and(|count| count >= entries.len() && count > 1) {
        positions.reverse();
    }
    let mut reply = Vec::new();
    for at in positions {
        reply.push(members[at].clone());
        if with_scores {
            reply.push(entries[at].score.to_bytes());
        }
    }
    Ok(Reply::bulks(reply))
}

/// `ZSCAN key cursor [MATCH pattern] [COUNT count]`
pub(super) fn zscan(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let cursor = scan::cursor(&argv[2])?;
    let Some(zset) = ctx.read_as::<ZSet>(&argv[1])? else { return Ok(scan::reply(0, Vec::new())) };
    let options = ScanOptions::read(&argv[3..], false)?;
    let (next, found) = zset.scan(cursor, options.count);
    let matching = found.into_iter().filter(|(member, _)| options.matches(member));
    let elements = matching.flat_map(|(member, score)| [member.clone(), score]);
    Ok(scan::reply(next, elements.collect()))
}
