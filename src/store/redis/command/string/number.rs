//! Numbers in strings: INCR and its relatives.

use super::super::super::config::NotifyFlags;
use super::super::super::ctx::Ctx;
use super::super::super::error::Error;
use super::super::super::number::LongDouble;
use super::super::super::reply::{Bytes, Reply};
use super::super::super::value::{Text, Value};
use super::super::parse::integer;

pub(in super::super) fn incr(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    add(ctx, &argv[1], 1)
}

pub(in super::super) fn decr(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    add(ctx, &argv[1], -1)
}

pub(in super::super) fn incrby(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    add(ctx, &argv[1], integer(&argv[2])?)
}

pub(in super::super) fn decrby(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    const OVERFLOW: Error = Error::fixed("ERR decrement would overflow");
    add(ctx, &argv[1], integer(&argv[2])?.checked_neg().ok_or(OVERFLOW)?)
}

fn add(ctx: &mut Ctx<'_>, key: &Bytes, step: i64) -> Result<Reply, Error> {
    let old = ctx.peek_string(key)?;
    let number = old.as_ref().map_or(Ok(0), |text| integer(text))?;
    let number = number.checked_add(step).ok_or(Error::OVERFLOW)?;
    put(ctx, key, old.is_some(), Text::new(number.to_string().into()));
    ctx.notify(NotifyFlags::STRING, "incrby", key);
    Ok(Reply::Int(number))
}

pub(in super::super) fn incrbyfloat(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    const NOT_FINITE: Error = Error::fixed("ERR increment would produce NaN or Infinity");
    let key = &argv[1];
    let old = ctx.peek_string(key)?;
    let read = |text: &[u8]| LongDouble::read(text).ok_or(Error::NOT_A_FLOAT);
    let number = read(old.as_deref().unwrap_or(b"0"))?;
    let sum = number.plus(read(&argv[2])?).filter(|sum| !sum.is_infinite()).ok_or(NOT_FINITE)?;
    let text = Bytes::from(sum.print());
    put(ctx, key, old.is_some(), Text::sum(text.clone()));
    ctx.notify(NotifyFlags::STRING, "incrbyfloat", key);
    Ok(Reply::Bulk(text))
}

/// Sets the number; a deadline stays.
fn put(ctx: &mut Ctx<'_>, key: &Bytes, found: bool, text: Text) {
    let value = Value::String(text);
    if found {
        ctx.overwrite(key, value);
    } else {
        ctx.add(key, value);
    }
    ctx.changed(key);
}
