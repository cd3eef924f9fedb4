//! Commands on the members of one set.

use super::super::scan::{self, ScanOptions};
use crate::store::redis::config::NotifyFlags;
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::Set;

/// `SADD key member [member ...]`
pub(super) fn sadd(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    if let Some(set) = ctx.peek_as::<Set>(&argv[1])?
        && argv[2..].iter().all(|member| set.contains(member))
    {
        return Ok(Reply::Int(0));
    }
    let set = ctx.write_or_add(&argv[1], Set::default())?;
    let added = argv[2..].iter().filter(|member| set.insert(member)).count();
    ctx.changed(&argv[1]);
    ctx.notify(NotifyFlags::SET, "sadd", &argv[1]);
    Ok(added.into())
}

/// `SREM key member [member ...]`
pub(super) fn srem(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let Some(set) = ctx.peek_as::<Set>(&argv[1])? else { return Ok(Reply::Int(0)) };
    let none = argv[2..].iter().all(|member| !set.contains(member));
    drop(set);
    if none {
        return Ok(Reply::Int(0));
    }
    let mut removed = 0_usize;
    if let Some(set) = ctx.write_as::<Set>(&argv[1])? {
        removed = argv[2..].iter().filter(|member| set.remove(member)).count();
    }
    ctx.shrunk::<Set>(&argv[1], "srem");
    Ok(removed.into())
}

/// `SMOVE source destination member`
pub(super) fn smove(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let (source, destination, member) = (&argv[1], &argv[2], &argv[3]);
    let is_source_there = ctx.exists(source);
    // A destination past its deadline goes even if there is nothing to move.
    ctx.exists(destination);
    if !is_source_there {
        return Ok(Reply::Int(0));
    }
    let is_member = ctx.peek_as::<Set>(source)?.is_some_and(|set| set.contains(member));
    let is_there = ctx.peek_as::<Set>(destination)?.is_some_and(|set| set.contains(member));
    if source == destination || !is_member {
        return Ok(is_member.into());
    }
    if let Some(set) = ctx.write_as::<Set>(source)? {
        set.remove(member);
    }
    ctx.shrunk::<Set>(source, "srem");
    if !is_there {
        ctx.write_or_add(destination, Set::default())?.insert(member);
        ctx.changed(destination);
        ctx.notify(NotifyFlags::SET, "sadd", destination);
    }
    Ok(Reply::Int(1))
}

/// `SISMEMBER key member`
pub(super) fn sismember(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(ctx.read_as::<Set>(&argv[1])?.is_some_and(|set| set.contains(&argv[2])).into())
}

/// `SMISMEMBER key member [member ...]`
pub(super) fn smismember(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let set = ctx.read_as::<Set>(&argv[1])?.unwrap_or_default();
    let answers: Vec<Reply> = argv[2..].iter().map(|member| set.contains(member).into()).collect();
    Ok(Reply::array(answers))
}

/// `SCARD key`
pub(super) fn scard(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(ctx.read_as::<Set>(&argv[1])?.map_or(0, |set| set.len()).into())
}

/// `SMEMBERS key`
pub(super) fn smembers(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(Reply::bulks(ctx.read_as::<Set>(&argv[1])?.unwrap_or_default().iter()))
}

/// `SSCAN key cursor [MATCH pattern] [COUNT count]`
pub(super) fn sscan(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let cursor = scan::cursor(&argv[2])?;
    let Some(set) = ctx.read_as::<Set>(&argv[1])? else { return Ok(scan::reply(0, Vec::new())) };
    let options = ScanOptions::read(&argv[3..], false)?;
    let (next, mut found) = set.scan(cursor, options.count);
    found.retain(|member| options.matches(member));
    Ok(scan::reply(next, found))
}
