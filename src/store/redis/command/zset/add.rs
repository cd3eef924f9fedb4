//! ZADD, ZINCRBY.

use std::cmp::Ordering;

use super::super::parse::{double, is_option};
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
    members: Members,
    scores: Scores,
    /// `CH`: the reply counts members whose score changed, too.
    count_changed: bool,
    /// `INCR`: the score is added to the old one.
    increment: bool,
}

/// Which members are touched.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Members {
    #[default]
    All,
    /// `NX`.
    New,
    /// `XX`.
    Present,
}

/// Which new scores a member takes.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Scores {
    #[default]
    All,
    /// `GT`.
    Greater,
    /// `LT`.
    Less,
}

impl Options {
    /// Takes the options at the head of `arguments`; the pairs of scores and members are left.
    fn read(self, arguments: &[Bytes]) -> Result<(Self, &[Bytes]), Error> {
        const NAMES: [&str; 6] = ["nx", "xx", "gt", "lt", "ch", "incr"];
        let is_name = |argument: &&Bytes| NAMES.iter().any(|name| is_option(argument, name));
        let (options, pairs) = arguments.split_at(arguments.iter().take_while(is_name).count());
        let has = |name| options.iter().any(|option| is_option(option, name));
        let increment = self.increment || has("incr");
        if pairs.is_empty() || pairs.len() % 2 == 1 {
            return Err(Error::SYNTAX);
        }
        let members = match (has("nx"), has("xx")) {
            (false, false) => Members::All,
            (true, false) => Members::New,
            (false, true) => Members::Present,
            (true, true) => {
                return Err(Error::fixed(
                    "ERR XX and NX options at the same time are not compatible",
                ));
            }
        };
        let scores = match (has("gt"), has("lt")) {
            (false, false) => Scores::All,
            (true, false) if members != Members::New => Scores::Greater,
            (false, true) if members != Members::New => Scores::Less,
            _ => {
                return Err(Error::fixed(
                    "ERR GT, LT, and/or NX options at the same time are not compatible",
                ));
            }
        };
        if increment && pairs.len() > 2 {
            return Err(Error::fixed("ERR INCR option supports a single increment-element pair"));
        }
        Ok((Self { members, scores, count_changed: has("ch"), increment }, pairs))
    }

    /// The score that a member gets; `None`, if the options forbid it.
    fn score(self, old: Option<Score>, score: f64) -> Result<Option<Score>, Error> {
        const NOT_A_NUMBER: Error = Error::fixed("ERR resulting score is not a number (NaN)");
        let Some(old) = old else {
            return Ok(Score::new(score).filter(|_| self.members != Members::Present));
        };
        if self.members == Members::New {
            return Ok(None);
        }
        let score = if self.increment { old.value() + score } else { score };
        let score = Score::new(score).ok_or(NOT_A_NUMBER)?;
        let allowed = match self.scores {
            Scores::All => true,
            Scores::Greater => score.order(old) == Ordering::Greater,
            Scores::Less => score.order(old) == Ordering::Less,
        };
        Ok(allowed.then_some(score))
    }
}

fn add(ctx: &mut Ctx<'_>, argv: &[Bytes], options: Options) -> Result<Reply, Error> {
    let key = &argv[1];
    let (options, pairs) = options.read(&argv[2..])?;
    // All scores are read before anything is changed.
    let scores =
        pairs.iter().step_by(2).map(|score| double(score)).collect::<Result<Vec<_>, _>>()?;
    let members: Vec<&Bytes> = pairs.iter().skip(1).step_by(2).collect();
    if ctx.peek_as::<ZSet>(key)?.is_none() && options.members == Members::Present {
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
            (Some(old), Some(score)) if score.order(old) != Ordering::Equal => {
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
