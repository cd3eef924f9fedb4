//! SET and its relatives.

use super::super::super::config::NotifyFlags;
use super::super::super::ctx::Ctx;
use super::super::super::error::Error;
use super::super::super::reply::{Bytes, Reply};
use super::super::super::value::{Text, Value};
use super::options::{Options, Unit};

pub(in super::super) fn set(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let options = Options::read(&argv[3..], true)?;
    let outcome = store(ctx, "set", &argv[1], &argv[2], &options)?;
    Ok(match outcome {
        Outcome { old: Some(old), .. } => old,
        Outcome { set: true, .. } => Reply::OK,
        Outcome { set: false, .. } => Reply::Nil,
    })
}

pub(in super::super) fn setnx(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let options = Options { only_if_missing: true, ..Options::default() };
    Ok(store(ctx, "setnx", &argv[1], &argv[2], &options)?.set.into())
}

pub(in super::super) fn setex(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let options = Options { expiry: Some((Unit::Seconds, argv[2].clone())), ..Options::default() };
    store(ctx, "setex", &argv[1], &argv[3], &options).map(|_| Reply::OK)
}

pub(in super::super) fn psetex(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let options = Options { expiry: Some((Unit::Ms, argv[2].clone())), ..Options::default() };
    store(ctx, "psetex", &argv[1], &argv[3], &options).map(|_| Reply::OK)
}

pub(in super::super) fn getset(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let old = ctx.read_string(&argv[1])?;
    ctx.set_string(&argv[1], argv[2].clone());
    ctx.notify(NotifyFlags::STRING, "set", &argv[1]);
    Ok(old.into())
}

pub(in super::super) fn mset(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    if argv.len().is_multiple_of(2) {
        return Err(Error::arity("mset"));
    }
    set_all(ctx, &argv[1..]);
    Ok(Reply::OK)
}

pub(in super::super) fn msetnx(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    if argv.len().is_multiple_of(2) {
        return Err(Error::arity("msetnx"));
    }
    // As soon as one is there, the others are not looked at.
    let missing = argv[1..].chunks_exact(2).all(|pair| !ctx.exists(&pair[0]));
    if missing {
        set_all(ctx, &argv[1..]);
    }
    Ok(missing.into())
}

fn set_all(ctx: &mut Ctx<'_>, pairs: &[Bytes]) {
    for pair in pairs.chunks_exact(2) {
        ctx.set_string(&pair[0], pair[1].clone());
        ctx.notify(NotifyFlags::STRING, "set", &pair[0]);
    }
}

/// What SET did.
struct Outcome {
    set: bool,
    /// With `GET`: what was there before.
    old: Option<Reply>,
}

/// `setGenericCommand`. `command` is named in errors.
fn store(
    ctx: &mut Ctx<'_>,
    command: &str,
    key: &Bytes,
    value: &Bytes,
    options: &Options,
) -> Result<Outcome, Error> {
    let deadline = options.deadline(ctx, command)?;
    let old = if options.get { Some(ctx.read_string(key)?.into()) } else { None };
    let found = ctx.exists(key);
    if (options.only_if_missing && found) || (options.only_if_present && !found) {
        return Ok(Outcome { set: false, old });
    }
    let value = Value::String(Text::new(value.clone()));
    if options.keep_ttl {
        ctx.set_keeping_ttl(key, value);
    } else {
        ctx.set(key, value);
    }
    ctx.notify(NotifyFlags::STRING, "set", key);
    if deadline.is_some() {
        ctx.put_deadline(key, deadline);
        ctx.notify(NotifyFlags::GENERIC, "expire", key);
    }
    Ok(Outcome { set: true, old })
}
