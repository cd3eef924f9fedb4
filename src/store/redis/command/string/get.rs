//! GET and its relatives.

use super::super::super::config::NotifyFlags;
use super::super::super::ctx::Ctx;
use super::super::super::error::Error;
use super::super::super::reply::{Bytes, Reply};
use super::super::super::value::Value;
use super::super::parse::integer;
use super::options::Options;

pub(in super::super) fn get(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(ctx.read_string(&argv[1])?.into())
}

pub(in super::super) fn strlen(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(ctx.read_string(&argv[1])?.map_or(0, |text| text.len()).into())
}

pub(in super::super) fn mget(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let values = argv[1..].iter().map(|key| match ctx.read(key) {
        Some(Value::String(text)) => Reply::Bulk(text.bytes().clone()),
        _ => Reply::Nil,
    });
    Ok(Reply::Array(values.collect()))
}

pub(in super::super) fn getdel(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let key = &argv[1];
    let value = ctx.read_string(key)?;
    if ctx.remove(key) {
        ctx.changed(key);
        ctx.notify(NotifyFlags::GENERIC, "del", key);
    }
    Ok(value.into())
}

pub(in super::super) fn getex(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let key = &argv[1];
    let options = Options::read(&argv[2..], false)?;
    let Some(value) = ctx.read_string(key)? else { return Ok(Reply::Nil) };
    let deadline = options.deadline(ctx, "getex")?;
    let relative = options.expiry.as_ref().is_some_and(|(unit, _)| unit.is_relative());
    if let Some(deadline) = deadline {
        if !relative && deadline <= ctx.now_ms() {
            ctx.remove(key);
            ctx.changed(key);
            ctx.notify(NotifyFlags::GENERIC, "del", key);
        } else {
            ctx.put_deadline(key, Some(deadline));
            ctx.changed(key);
            ctx.notify(NotifyFlags::GENERIC, "expire", key);
        }
    } else if options.persist && ctx.deadline_of(key).is_some() {
        ctx.put_deadline(key, None);
        ctx.changed(key);
        ctx.notify(NotifyFlags::GENERIC, "persist", key);
    }
    Ok(Reply::Bulk(value))
}

pub(in super::super) fn getrange(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let (start, end) = (integer(&argv[2])?, integer(&argv[3])?);
    let text = ctx.read_string(&argv[1])?.unwrap_or_default();
    let length = text.len() as i64;
    if (start < 0 && end < 0 && start > end) || length == 0 {
        return Ok(Reply::bulk(""));
    }
    let from_end = |index: i64| if index < 0 { (length + index).max(0) } else { index };
    let (start, end) = (from_end(start), from_end(end).min(length - 1));
    let part = if start > end { &[] } else { &text[start as usize..=end as usize] };
    Ok(Reply::bulk(part))
}
