//! Unions, intersections and differences of sorted sets and sets.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::super::parse::{integer, is_option, positive_or};
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::number::read_double;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::{Entry, Score, Set, Value, ZSet};

/// `ZUNION numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM|MIN|MAX] [WITHSCORES]`
pub(super) fn zunion(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let request = Request::read(ctx, argv, 1, Takes::WEIGHTS.and_scores(), "zunion")?;
    Ok(request.reply(request.union()))
}

/// `ZINTER numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM|MIN|MAX] [WITHSCORES]`
pub(super) fn zinter(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let request = Request::read(ctx, argv, 1, Takes::WEIGHTS.and_scores(), "zinter")?;
    Ok(request.reply(request.intersection()))
}

/// `ZDIFF numkeys key [key ...] [WITHSCORES]`
pub(super) fn zdiff(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let request = Request::read(ctx, argv, 1, Takes::NOTHING.and_scores(), "zdiff")?;
    Ok(request.reply(request.difference()))
}

/// `ZINTERCARD numkeys key [key ...] [LIMIT limit]`
pub(super) fn zintercard(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let request = Request::read(ctx, argv, 1, Takes::LIMIT, "zintercard")?;
    let limit = if request.limit == 0 { usize::MAX } else { request.limit };
    Ok(request.intersection().len().min(limit).into())
}

/// `ZUNIONSTORE destination numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM|MIN|MAX]`
pub(super) fn zunionstore(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let result = Request::read(ctx, argv, 2, Takes::WEIGHTS, "zunionstore")?.union();
    Ok(store(ctx, &argv[1], result, "zunionstore"))
}

/// `ZINTERSTORE destination numkeys key [key ...] [WEIGHTS weight ...] [AGGREGATE SUM|MIN|MAX]`
pub(super) fn zinterstore(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let result = Request::read(ctx, argv, 2, Takes::WEIGHTS, "zinterstore")?.intersection();
    Ok(store(ctx, &argv[1], result, "zinterstore"))
}

/// `ZDIFFSTORE destination numkeys key [key ...]`
pub(super) fn zdiffstore(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let result = Request::read(ctx, argv, 2, Takes::NOTHING, "zdiffstore")?.difference();
    Ok(store(ctx, &argv[1], result, "zdiffstore"))
}

fn store(ctx: &mut Ctx<'_>, key: &Bytes, result: Vec<Entry>, event: &'static str) -> Reply {
    let size = result.len();
    ctx.store(key, ZSet::from_iter(result), event);
    size.into()
}

/// The options that a command takes.
#[derive(Clone, Copy)]
struct Takes {
    weights: bool,
    scores: bool,
    limit: bool,
}

impl Takes {
    const NOTHING: Self = Self { weights: false, scores: false, limit: false };
    /// `WEIGHTS` and `AGGREGATE`.
    const WEIGHTS: Self = Self { weights: true, ..Self::NOTHING };
    /// `LIMIT`.
    const LIMIT: Self = Self { limit: true, ..Self::NOTHING };

    /// `WITHSCORES`, too.
    const fn and_scores(self) -> Self {
        Self { scores: true, ..self }
    }
}

/// How the scores of one member become one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Aggregate {
    Sum,
    Min,
    Max,
}

impl Aggregate {
    fn of(self, one: f64, other: f64) -> f64 {
        match self {
            // Opposite infinities come to 0.
            Self::Sum => number(one + other),
            Self::Min => {
                if other < one {
                    other
                } else {
                    one
                }
            }
            Self::Max => {
                if other > one {
                    other
                } else {
                    one
                }
            }
        }
    }
}

/// What is no number counts as 0.
fn number(score: f64) -> f64 {
    if score.is_nan() { 0.0 } else { score }
}

/// A command as read: its inputs with their weights, and its options.
struct Request {
    inputs: Vec<(ZSet, f64)>,
    aggregate: Aggregate,
    with_scores: bool,
    limit: usize,
}

impl Request {
    /// Reads the keys that `numkeys` at `at` announces, then the options.
    fn read(
        ctx: &mut Ctx<'_>,
        argv: &[Bytes],
        at: usize,
        takes: Takes,
        name: &str,
    ) -> Result<Self, Error> {
        let numkeys = integer(&argv[at])?;
        if numkeys < 1 {
            return Err(Error::text(format!(
                "ERR at least 1 input key is needed for '{name}' command"
            )));
        }
        let keys = argv
            .get(at + 1..)
            .and_then(|rest| rest.get(..numkeys as usize))
            .ok_or(Error::SYNTAX)?;
        let mut inputs = Vec::with_capacity(keys.len());
        for key in keys {
            inputs.push((input(ctx, key)?, 1.0));
        }
        let mut request = Self { inputs, aggregate: Aggregate::Sum, with_scores: false, limit: 0 };
        request.read_options(&argv[at + 1 + keys.len()..], takes)?;
        Ok(request)
    }

    fn read_options(&mut self, mut options: &[Bytes], takes: Takes) -> Result<(), Error> {
        const WEIGHT: Error = Error::fixed("ERR weight value is not a float");
        const LIMIT: Error = Error::fixed("ERR LIMIT can't be negative");
        while let [option, rest @ ..] = options {
            options = rest;
            if takes.weights && is_option(option, "weights") && rest.len() >= self.inputs.len() {
                let (weights, more) = rest.split_at(self.inputs.len());
                for (input, weight) in self.inputs.iter_mut().zip(weights) {
                    input.1 = read_double(weight).ok_or(WEIGHT)?;
                }
                options = more;
            } else if let (true, [name, more @ ..]) =
                (takes.weights && is_option(option, "aggregate"), rest)
            {
                self.aggregate = match name.to_ascii_lowercase().as_slice() {
                    b"sum" => Aggregate::Sum,
                    b"min" => Aggregate::Min,
                    b"max" => Aggregate::Max,
                    _ => return Err(Error::SYNTAX),
                };
                options = more;
            } else if takes.scores && is_option(option, "withscores") {
                self.with_scores = true;
            } else if let (true, [limit, more @ ..]) =
                (takes.limit && is_option(option, "limit"), rest)
            {
                self.limit = positive_or(limit, LIMIT)?;
                options = more;
            } else {
                return Err(Error::SYNTAX);
            }
        }
        Ok(())
    }

    /// The inputs from the smallest to the largest: the order in which their scores are added up.
    fn by_size(&self) -> Vec<&(ZSet, f64)> {
        let mut inputs: Vec<_> = self.inputs.iter().collect();
        inputs.sort_by_key(|(zset, _)| zset.len());
        inputs
    }

    fn union(&self) -> Vec<Entry> {
        let mut scores: IndexMap<&Bytes, f64, FxBuildHasher> = IndexMap::default();
        for (zset, weight) in self.by_size() {
            for entry in zset.entries() {
                let score = number(weight * entry.score.value());
                let aggregate = self.aggregate;
                scores
                    .entry(&entry.member)
                    .and_modify(|sum| *sum = aggregate.of(*sum, score))
                    .or_insert(score);
            }
        }
        scores.into_iter().filter_map(|(member, score)| entry(member, score)).collect()
    }

    fn intersection(&self) -> Vec<Entry> {
        let inputs = self.by_size();
        let Some(((smallest, weight), others)) =
            inputs.split_first().map(|(first, others)| (*first, others))
        else {
            return Vec::new();
        };
        let common = smallest.entries().iter().filter_map(|candidate| {
            let mut score = number(weight * candidate.score.value());
            for (zset, weight) in others {
                let other = zset.score(&candidate.member)?;
                score = self.aggregate.of(score, other.value() * weight);
            }
            entry(&candidate.member, score)
        });
        common.collect()
    }

    fn difference(&self) -> Vec<Entry> {
        let Some(((first, _), others)) = self.inputs.split_first() else { return Vec::new() };
        let is_elsewhere =
            |entry: &&Entry| others.iter().any(|(zset, _)| zset.score(&entry.member).is_some());
        first.entries().iter().filter(|entry| !is_elsewhere(entry)).cloned().collect()
    }

    fn reply(&self, mut result: Vec<Entry>) -> Reply {
        result.sort_by(Entry::order);
        let reply = result.iter().flat_map(|entry| {
            let score = self.with_scores.then(|| entry.score.to_bytes());
            std::iter::once(entry.member.clone()).chain(score)
        });
        Reply::bulks(reply)
    }
}

/// The sorted set under `key`. A set counts as one whose scores are all 1.
fn input(ctx: &mut Ctx<'_>, key: &Bytes) -> Result<ZSet, Error> {
    match ctx.read(key) {
        None => Ok(ZSet::default()),
        Some(Value::ZSet(zset)) => Ok(zset.clone()),
        Some(Value::Set(set)) => Ok(with_scores(set)),
        Some(_) => Err(Error::WRONG_TYPE),
    }
}

fn with_scores(set: &Set) -> ZSet {
    set.iter().filter_map(|member| entry(&member, 1.0)).collect()
}

fn entry(member: &Bytes, score: f64) -> Option<Entry> {
    Some(Entry { member: member.clone(), score: Score::new(score)? })
}
