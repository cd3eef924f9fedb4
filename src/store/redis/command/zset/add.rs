//! ZADD, ZINCRBY.

use super::super::parse::double;
use crate::store::redis::config::NotifyFlags;
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::{Score, ZSet};

/// `ZADD key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]`
pub(super) fn zadd(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    add(ctx, argv, Options::default())
}

/// `ZINCRBY key increment member`
pub(super) fn zincrby(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    add(ctx, argv, Options { increment: true, ..Options::default() })
}

/// When and how ZADD touches a member.
#[derive(Clone, Copy, Default)]
struct Options {
    /// `NX`: only new members.
    only_new: bool,
    /// `XX`: only members that are there.
    only_present: bool,
    /// `GT`: a score only rises.
    only_greater: bool,
    /// `LT`: a score only falls.
    only_less: bool,
    /// `CH`: the reply counts members whose score changed, too.
    count_changed: bool,
    /// `INCR`: the score is added to the old one.
    increment: bool,
}

impl Options {
    /// Takes the options at the head of `arguments`; the pairs of scores and members are left.
    fn read(mut self, arguments: &[Bytes]) -> Result<(Self, &[Bytes]), Error> {
        let mut pairs = arguments;
        while let [option, rest @ ..] = pairs {
            let flag = match option.to_ascii_lowercase().as_slice() {
                b"nx" => &mut self.only_new,
                b"xx" => &mut self.only_present,
                b"gt" => &mut self.only_greater,
                b"lt" => &mut self.only_less,
                b"ch" => &mut self.count_changed,
                b"incr" => &mut self.increment,
                _ => break,
            };
            *flag = true;
            pairs = rest;
        }
        if pairs.is_empty() || pairs.len() % 2 == 1 {
            return Err(Error::SYNTAX);
        }
        if self.only_new && self.only_present {
            return Err(Error::fixed("ERR XX and NX options at the same time are not compatible"));
        }
        let one_way = self.only_greater || self.only_less;
        if (one_way && self.only_new) || (self.only_greater && self.only_less) {
            return Err(Error::fixed(
                "ERR GT, LT, and/or NX options at the same time are not compatible",
            ));
        }
        if self.increment && pairs.len() > 2 {
            return Err(Error::fixed("ERR INCR option supports a single increment-element pair"));
        }
        Ok((self, pairs))
    }

    /// The score that `member` gets, `None` if the options forbid it.
    fn score(self, old: Option<Score>, score: f64) -> Result<Option<Score>, Error> {
        const NOT_A_NUMBER: Error = Error::fixed("ERR resulting score is not a number (NaN)");
        let Some(old) = old else {
            return Ok(Score::new(score).filter(|_| !self.only_present));
        };
        if self.only_new {
            return Ok(None);
        }
        let score = if self.increment { old.value() + score } else { score };
        let score = Score::new(score).ok_or(NOT_A_NUMBER)?;
        let forbidden = (self.only_less && score.value() >= old.value())
            || (self.only_greater && score.value() <= old.value());
        Ok((!forbidden).then_some(score))
    }
}

fn add(ctx: &mut Ctx<'_>, argv: &[Bytes], options: Options) -> Result<Reply, Error> {
    let key = &argv[1];
    let (options, pairs) = options.read(&argv[2..])?;
    // All scores are read before anything is changed.
    let scores =
        pairs.iter().step_by(2).map(|score| double(score)).collect::<Result<Vec<_>, _>>()?;
    let members: Vec<&Bytes> = pairs.iter().skip(1).step_by(2).collect();
    if ctx.peek_as::<ZSet>(key)?.is_none() && options.only_present {
        return Ok(if options.increment { Reply::Nil } else { Reply::Int(0) });
    }
    let zset = ctx.write_or_add(key, ZSet::for_members(1, members[0].len()))?;
    let (mut added, mut updated, mut last) = (0, 0, None);
    for (member, score) in members.into_iter().zip(scores) {
        let old = zset.score(member);
        // Only an increment can fail, and it comes alone: nothing is changed yet.
        last = options.score(old, score)?;
        match (old, last) {
            (None, Some(score)) => {
                zset.insert(member, score);
                added += 1;
            }
            (Some(old), Some(score)) if old.value() != score.value() => {
                zset.insert(member, score);
                updated += 1;
            }
            _ => {}
        }
    }
    if added + updated > 0 {
        ctx.changed(key);
        ctx.notify(NotifyFlags::ZSET, if options.increment { "zincr" } else { "zadd" }, key);
    }
    if options.increment {
        return Ok(last.map_or(Reply::Nil, |score| Reply::Bulk(score.to_bytes())));
    }
    Ok(Reply::Int(if options.count_changed { added + updated } else { added }))
}
