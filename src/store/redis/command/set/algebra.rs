//! Intersections, unions and differences.

use super::super::parse::{at_least_one, is_option, numbered_keys, positive_or};
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::Set;

/// `SINTER key [key ...]`
pub(super) fn sinter(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let sets = sets(ctx, &argv[1..])?;
    Ok(Reply::bulks(intersection(&sets).collect::<Vec<_>>()))
}

/// `SINTERSTORE destination key [key ...]`
pub(super) fn sinterstore(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let result = intersection(&sets(ctx, &argv[2..])?).collect();
    Ok(store(ctx, &argv[1], result, "sinterstore"))
}

/// `SINTERCARD numkeys key [key ...] [LIMIT limit]`
pub(super) fn sintercard(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    const NUMKEYS: Error = Error::fixed("ERR numkeys should be greater than 0");
    const TOO_MANY: Error = Error::fixed("ERR Number of keys can't be greater than number of args");
    const LIMIT: Error = Error::fixed("ERR LIMIT can't be negative");
    let numkeys = at_least_one(&argv[1], NUMKEYS)?;
    let (keys, next) = numbered_keys(argv, 1, numkeys).ok_or(TOO_MANY)?;
    let mut limit = 0;
    for pair in argv[next..].chunks(2) {
        match pair {
            [name, value] if is_option(name, "limit") => limit = positive_or(value, LIMIT)?,
            _ => return Err(Error::SYNTAX),
        }
    }
    let limit = if limit == 0 { usize::MAX } else { limit };
    Ok(intersection(&sets(ctx, keys)?).take(limit).count().into())
}

/// `SUNION key [key ...]`
pub(super) fn sunion(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(Reply::bulks(union(&sets(ctx, &argv[1..])?).iter()))
}

/// `SUNIONSTORE destination key [key ...]`
pub(super) fn sunionstore(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let result = union(&sets(ctx, &argv[2..])?);
    Ok(store(ctx, &argv[1], result, "sunionstore"))
}

/// `SDIFF key [key ...]`
pub(super) fn sdiff(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(Reply::bulks(difference(&sets(ctx, &argv[1..])?).iter()))
}

/// `SDIFFSTORE destination key [key ...]`
pub(super) fn sdiffstore(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let result = difference(&sets(ctx, &argv[2..])?);
    Ok(store(ctx, &argv[1], result, "sdiffstore"))
}

/// The sets under `keys`; a missing key is an empty set.
fn sets(ctx: &mut Ctx<'_>, keys: &[Bytes]) -> Result<Vec<Set>, Error> {
    keys.iter().map(|key| Ok(ctx.read_as::<Set>(key)?.unwrap_or_default())).collect()
}

/// In the order of the smallest set.
fn intersection(sets: &[Set]) -> impl Iterator<Item = Bytes> {
    let smallest = sets.iter().min_by_key(|set| set.len());
    let members = smallest.into_iter().flat_map(Set::iter);
    members.filter(move |member| sets.iter().all(|set| set.contains(member)))
}

fn union(sets: &[Set]) -> Set {
    sets.iter().flat_map(Set::iter).collect()
}

fn difference(sets: &[Set]) -> Set {
    let Some((first, others)) = sets.split_first() else { return Set::default() };
    first.iter().filter(|member| !others.iter().any(|set| set.contains(member))).collect()
}

fn store(ctx: &mut Ctx<'_>, key: &Bytes, result: Set, event: &'static str) -> Reply {
    let size = result.len();
    ctx.store(key, result, event);
    size.into()
}
