//! Hashes: <https://redis.io/docs/latest/commands/?group=hash>.

use super::parse::{draw_count, integer, is_option};
use super::random::{pick, sample};
use super::scan::{self, ScanOptions};
use super::{Command, Flags};
use crate::store::redis::config::NotifyFlags;
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::number::{LongDouble, read_integer};
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::Hash;

const FAST: Flags = Flags::FAST;

pub(super) const COMMANDS: &[Command] = &[
    Command::new("hset", -4, hset).grows(1, 1, 1).flags(FAST),
    Command::new("hmset", -4, hmset).grows(1, 1, 1).flags(FAST),
    Command::new("hsetnx", 4, hsetnx).grows(1, 1, 1).flags(FAST),
    Command::new("hincrby", 4, hincrby).grows(1, 1, 1).flags(FAST),
    Command::new("hincrbyfloat", 4, hincrbyfloat).grows(1, 1, 1).flags(FAST),
    Command::new("hget", 3, hget).reads(1, 1, 1).flags(FAST),
    Command::new("hmget", -3, hmget).reads(1, 1, 1).flags(FAST),
    Command::new("hdel", -3, hdel).writes(1, 1, 1).flags(FAST),
    Command::new("hexists", 3, hexists).reads(1, 1, 1).flags(FAST),
    Command::new("hlen", 2, hlen).reads(1, 1, 1).flags(FAST),
    Command::new("hstrlen", 3, hstrlen).reads(1, 1, 1).flags(FAST),
    Command::new("hgetall", 2, hgetall).reads(1, 1, 1),
    Command::new("hkeys", 2, hkeys).reads(1, 1, 1),
    Command::new("hvals", 2, hvals).reads(1, 1, 1),
    Command::new("hrandfield", -2, hrandfield).reads(1, 1, 1),
    Command::new("hscan", -3, hscan).reads(1, 1, 1),
];

/// `HSET key field value [field value ...]`
fn hset(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    set_fields(ctx, argv, "hset").map(Reply::from)
}

/// `HMSET key field value [field value ...]`
fn hmset(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    set_fields(ctx, argv, "hmset").map(|_| Reply::OK)
}

fn set_fields(ctx: &mut Ctx<'_>, argv: &[Bytes], name: &str) -> Result<usize, Error> {
    if argv.len() % 2 == 1 {
        return Err(Error::arity(name));
    }
    let hash = ctx.write_or_add(&argv[1], Hash::default())?;
    let mut created = 0;
    for pair in argv[2..].chunks_exact(2) {
        created += usize::from(hash.insert(&pair[0], pair[1].clone()));
    }
    written(ctx, &argv[1], "hset");
    Ok(created)
}

/// `HSETNX key field value`
fn hsetnx(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    if ctx.peek_as::<Hash>(&argv[1])?.is_some_and(|hash| hash.get(&argv[2]).is_some()) {
        return Ok(Reply::Int(0));
    }
    let hash = ctx.write_or_add(&argv[1], Hash::default())?;
    hash.insert(&argv[2], argv[3].clone());
    written(ctx, &argv[1], "hset");
    Ok(Reply::Int(1))
}

/// `HINCRBY key field increment`
fn hincrby(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    const NOT_AN_INTEGER: Error = Error::fixed("ERR hash value is not an integer");
    let increment = integer(&argv[3])?;
    let value = match field(ctx, &argv[1], &argv[2])? {
        Some(value) => read_integer(&value).ok_or(NOT_AN_INTEGER)?,
        None => 0,
    };
    let value = value.checked_add(increment).ok_or(Error::OVERFLOW)?;
    ctx.write_or_add(&argv[1], Hash::default())?.insert(&argv[2], value.to_string().into());
    written(ctx, &argv[1], "hincrby");
    Ok(Reply::Int(value))
}

/// `HINCRBYFLOAT key field increment`
fn hincrbyfloat(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    const NOT_A_FLOAT: Error = Error::fixed("ERR hash value is not a float");
    let increment = LongDouble::read(&argv[3]).ok_or(Error::NOT_A_FLOAT)?;
    if increment.is_infinite() {
        return Err(Error::fixed("ERR value is NaN or Infinity"));
    }
    let value = match field(ctx, &argv[1], &argv[2])? {
        Some(value) => LongDouble::read(&value).ok_or(NOT_A_FLOAT)?,
        None => LongDouble::from(0),
    };
    let Some(value) = value.plus(increment).filter(|value| !value.is_infinite()) else {
        return Err(Error::fixed("ERR increment would produce NaN or Infinity"));
    };
    let text = Bytes::from(value.print());
    ctx.write_or_add(&argv[1], Hash::default())?.insert(&argv[2], text.clone());
    written(ctx, &argv[1], "hincrbyfloat");
    Ok(Reply::Bulk(text))
}

/// `HGET key field`
fn hget(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let hash = ctx.read_as::<Hash>(&argv[1])?;
    Ok(hash.and_then(|hash| hash.get(&argv[2]).cloned()).into())
}

/// `HMGET key field [field ...]`
fn hmget(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let hash = ctx.read_as::<Hash>(&argv[1])?.unwrap_or_default();
    let values: Vec<Reply> =
        argv[2..].iter().map(|field| hash.get(field).cloned().into()).collect();
    Ok(Reply::array(values))
}

/// `HDEL key field [field ...]`
fn hdel(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let Some(hash) = ctx.peek_as::<Hash>(&argv[1])? else { return Ok(Reply::Int(0)) };
    let none = argv[2..].iter().all(|field| hash.get(field).is_none());
    drop(hash);
    if none {
        return Ok(Reply::Int(0));
    }
    let mut deleted = 0_usize;
    if let Some(hash) = ctx.write_as::<Hash>(&argv[1])? {
        deleted = argv[2..].iter().filter(|field| hash.remove(field)).count();
    }
    ctx.shrunk::<Hash>(&argv[1], "hdel");
    Ok(deleted.into())
}

/// `HEXISTS key field`
fn hexists(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let hash = ctx.read_as::<Hash>(&argv[1])?;
    Ok(hash.is_some_and(|hash| hash.get(&argv[2]).is_some()).into())
}

/// `HLEN key`
fn hlen(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(ctx.read_as::<Hash>(&argv[1])?.map_or(0, |hash| hash.len()).into())
}

/// `HSTRLEN key field`
fn hstrlen(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let hash = ctx.read_as::<Hash>(&argv[1])?.unwrap_or_default();
    Ok(hash.get(&argv[2]).map_or(0, |value| value.len()).into())
}

/// `HGETALL key`
fn hgetall(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let hash = ctx.read_as::<Hash>(&argv[1])?.unwrap_or_default();
    Ok(Reply::bulks(hash.iter().flat_map(|(field, value)| [field.clone(), value.clone()])))
}

/// `HKEYS key`
fn hkeys(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let hash = ctx.read_as::<Hash>(&argv[1])?.unwrap_or_default();
    Ok(Reply::bulks(hash.iter().map(|(field, _)| field.clone())))
}

/// `HVALS key`
fn hvals(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let hash = ctx.read_as::<Hash>(&argv[1])?.unwrap_or_default();
    Ok(Reply::bulks(hash.iter().map(|(_, value)| value.clone())))
}

/// `HRANDFIELD key [count [WITHVALUES]]`
fn hrandfield(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let Some(count) = argv.get(2) else {
        let Some(hash) = ctx.read_as::<Hash>(&argv[1])? else { return Ok(Reply::Nil) };
        let fields: Vec<Bytes> = hash.iter().map(|(field, _)| field.clone()).collect();
        return Ok(Reply::Bulk(fields[pick(ctx, &fields)].clone()));
    };
    let count = draw_count(count)?;
    let with_values = match &argv[3..] {
        [] => false,
        [option] if is_option(option, "withvalues") => true,
        _ => return Err(Error::SYNTAX),
    };
    if with_values && count.unsigned_abs() > i64::MAX as u64 / 2 {
        return Err(Error::fixed("ERR value is out of range"));
    }
    let hash = ctx.read_as::<Hash>(&argv[1])?.unwrap_or_default();
    let (fields, values): (Vec<Bytes>, Vec<Bytes>) =
        hash.iter().map(|(field, value)| (field.clone(), value.clone())).unzip();
    let mut reply = Vec::new();
    for at in sample(ctx, &fields, count)? {
        reply.push(fields[at].clone());
        if with_values {
            reply.push(values[at].clone());
        }
    }
    Ok(Reply::bulks(reply))
}

/// `HSCAN key cursor [MATCH pattern] [COUNT count]`
fn hscan(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let cursor = scan::cursor(&argv[2])?;
    let Some(hash) = ctx.read_as::<Hash>(&argv[1])? else { return Ok(scan::reply(0, Vec::new())) };
    let options = ScanOptions::read(&argv[3..], false)?;
    let (next, found) = hash.scan(cursor, options.count);
    let matching = found.into_iter().filter(|(field, _)| options.matches(field));
    Ok(scan::reply(
        next,
        matching.flat_map(|(field, value)| [field.clone(), value.clone()]).collect(),
    ))
}

/// The value of one field, for a command that will write.
fn field(ctx: &mut Ctx<'_>, key: &Bytes, field: &Bytes) -> Result<Option<Bytes>, Error> {
    Ok(ctx.peek_as::<Hash>(key)?.and_then(|hash| hash.get(field).cloned()))
}

fn written(ctx: &mut Ctx<'_>, key: &Bytes, event: &'static str) {
    ctx.changed(key);
    ctx.notify(NotifyFlags::HASH, event, key);
}
