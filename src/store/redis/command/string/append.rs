//! Strings that grow in place: APPEND and SETRANGE.

use super::super::super::config::NotifyFlags;
use super::super::super::ctx::Ctx;
use super::super::super::error::Error;
use super::super::super::reply::{Bytes, Reply};
use super::super::super::value::{Text, Value};
use super::super::parse::integer;
use super::check_length;

pub(in super::super) fn append(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let key = &argv[1];
    let length = if let Some(old) = ctx.peek_string(key)? {
        let length = check_length(old.len() as u64 + argv[2].len() as u64)?;
        ctx.overwrite(key, Value::String(Text::changed([&old[..], &argv[2]].concat().into())));
        length
    } else {
        ctx.add(key, Value::String(Text::new(argv[2].clone())));
        argv[2].len()
    };
    ctx.changed(key);
    ctx.notify(NotifyFlags::STRING, "append", key);
    Ok(length.into())
}

pub(in super::super) fn setrange(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let (key, part) = (&argv[1], &argv[3]);
    let offset = u64::try_from(integer(&argv[2])?)
        .map_err(|_| Error::fixed("ERR offset is out of range"))?;
    let old = ctx.peek_string(key)?;
    let found = old.is_some();
    let old = old.unwrap_or_default();
    if part.is_empty() {
        return Ok(old.len().into());
    }
    let end = check_length(offset.saturating_add(part.len() as u64))?;
    let mut bytes = old.to_vec();
    bytes.resize(bytes.len().max(end), 0);
    bytes[offset as usize..end].copy_from_slice(part);
    let length = bytes.len();
    let value = Value::String(Text::changed(bytes.into()));
    if found {
        ctx.overwrite(key, value);
    } else {
        ctx.add(key, value);
    }
    ctx.changed(key);
    ctx.notify(NotifyFlags::STRING, "setrange", key);
    Ok(length.into())
}
