//! Commands on the elements of a list by position or value.

use super::super::parse::{integer, is_option, positive_or};
use crate::store::redis::config::NotifyFlags;
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::{End, List, span};

/// `LLEN key`
pub(super) fn llen(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(ctx.read_as::<List>(&argv[1])?.map_or(0, |list| list.len()).into())
}

/// `LINDEX key index`
pub(super) fn lindex(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let Some(list) = ctx.read_as::<List>(&argv[1])? else { return Ok(Reply::Nil) };
    Ok(list.get(integer(&argv[2])?).cloned().into())
}

/// `LRANGE key start stop`
pub(super) fn lrange(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let (start, stop) = (integer(&argv[2])?, integer(&argv[3])?);
    let list = ctx.read_as::<List>(&argv[1])?.unwrap_or_default();
    let range = span(start, stop, list.len()).unwrap_or(0..0);
    Ok(Reply::bulks(list.iter().skip(range.start).take(range.len()).cloned()))
}

/// `LSET key index element`
pub(super) fn lset(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    if ctx.peek_as::<List>(&argv[1])?.is_none() {
        return Err(Error::NO_SUCH_KEY);
    }
    let index = integer(&argv[2])?;
    let is_set =
        ctx.write_as::<List>(&argv[1])?.is_some_and(|list| list.set(index, argv[3].clone()));
    if !is_set {
        return Err(Error::INDEX_RANGE);
    }
    ctx.changed(&argv[1]);
    ctx.notify(NotifyFlags::LIST, "lset", &argv[1]);
    Ok(Reply::OK)
}

/// `LINSERT key BEFORE|AFTER pivot element`
pub(super) fn linsert(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let behind = if is_option(&argv[2], "after") {
        1
    } else if is_option(&argv[2], "before") {
        0
    } else {
        return Err(Error::SYNTAX);
    };
    let Some(list) = ctx.peek_as::<List>(&argv[1])? else { return Ok(Reply::Int(0)) };
    let Some(pivot) = list.iter().position(|element| *element == argv[3]) else {
        return Ok(Reply::Int(-1));
    };
    let length = list.len() + 1;
    drop(list);
    if let Some(list) = ctx.write_as::<List>(&argv[1])? {
        list.insert(pivot + behind, argv[4].clone());
    }
    ctx.changed(&argv[1]);
    ctx.notify(NotifyFlags::LIST, "linsert", &argv[1]);
    Ok(length.into())
}

/// `LREM key count element`
pub(super) fn lrem(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let count = integer(&argv[2])?;
    let from = if count < 0 { End::Right } else { End::Left };
    let limit = if count == 0 { usize::MAX } else { count.unsigned_abs() as usize };
    let Some(list) = ctx.peek_as::<List>(&argv[1])? else { return Ok(Reply::Int(0)) };
    let none = list.iter().all(|element| *element != argv[3]);
    drop(list);
    if none {
        return Ok(Reply::Int(0));
    }
    let removed =
        ctx.write_as::<List>(&argv[1])?.map_or(0, |list| list.remove(&argv[3], from, limit));
    ctx.shrunk::<List>(&argv[1], "lrem");
    Ok(removed.into())
}

/// `LTRIM key start stop`
pub(super) fn ltrim(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let (start, stop) = (integer(&argv[2])?, integer(&argv[3])?);
    let Some(list) = ctx.write_as::<List>(&argv[1])? else { return Ok(Reply::OK) };
    list.trim(span(start, stop, list.len()).unwrap_or(0..0));
    ctx.shrunk::<List>(&argv[1], "ltrim");
    Ok(Reply::OK)
}

/// `LPOS key element [RANK rank] [COUNT num-matches] [MAXLEN len]`
pub(super) fn lpos(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let options = Positions::read(&argv[3..])?;
    let list = ctx.read_as::<List>(&argv[1])?.unwrap_or_default();
    let length = list.len();
    let looked_at = if options.max_length == 0 { length } else { options.max_length };
    let from_front = |at| if options.from == End::Left { at } else { length - 1 - at };
    let mut found = list
        .iter()
        .enumerate()
        .map(|(at, _)| from_front(at))
        .take(looked_at)
        .filter(|at| list.get(*at as i64) == Some(&argv[2]))
        .skip(options.skip);
    let Some(count) = options.count else {
        return Ok(found.next().map_or(Reply::Nil, Reply::from));
    };
    let wanted = if count == 0 { usize::MAX } else { count };
    let positions: Vec<Reply> = found.take(wanted).map(Reply::from).collect();
    Ok(Reply::array(positions))
}

/// The options of LPOS.
struct Positions {
    from: End,
    /// So many matches are passed over.
    skip: usize,
    count: Option<usize>,
    max_length: usize,
}

impl Positions {
    fn read(arguments: &[Bytes]) -> Result<Self, Error> {
        const RANK: Error = Error::fixed(
            "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use \
             negative to start from the end of the list",
        );
        const COUNT: Error = Error::fixed("ERR COUNT can't be negative");
        const MAXLEN: Error = Error::fixed("ERR MAXLEN can't be negative");
        let mut options = Self { from: End::Left, skip: 0, count: None, max_length: 0 };
        for pair in arguments.chunks(2) {
            let [name, value] = pair else { return Err(Error::SYNTAX) };
            if is_option(name, "rank") {
                let rank = integer(value)?;
                if rank == 0 {
                    return Err(RANK);
                }
                options.from = if rank < 0 { End::Right } else { End::Left };
                // The smallest integer overflows to itself: every match has a higher rank.
                options.skip = if rank == i64::MIN { 0 } else { rank.unsigned_abs() as usize - 1 };
            } else if is_option(name, "count") {
                options.count = Some(positive_or(value, COUNT)?);
            } else if is_option(name, "maxlen") {
                options.max_length = positive_or(value, MAXLEN)?;
            } else {
                return Err(Error::SYNTAX);
            }
        }
        Ok(options)
    }
}
