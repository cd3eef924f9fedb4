//! SPOP, SRANDMEMBER.

use super::super::parse::{draw_count, positive};
use super::super::random::{pick, sample};
use crate::store::redis::config::NotifyFlags;
use crate::store::redis::ctx::Ctx;
use crate::store::redis::error::Error;
use crate::store::redis::reply::{Bytes, Reply};
use crate::store::redis::value::{Collection, Set};

/// `SPOP key [count]`
pub(super) fn spop(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let key = &argv[1];
    match &argv[2..] {
        [] => {
            let Some(set) = ctx.peek_as::<Set>(key)? else { return Ok(Reply::Nil) };
            let members: Vec<Bytes> = set.iter().collect();
            drop(set);
            let member = members[pick(ctx, &members)].clone();
            if let Some(set) = ctx.write_as::<Set>(key)? {
                set.remove(&member);
            }
            ctx.shrunk::<Set>(key, "spop");
            Ok(Reply::Bulk(member))
        }
        [count] => Ok(Reply::bulks(pop_many(ctx, key, positive(count)?)?)),
        _ => Err(Error::SYNTAX),
    }
}

fn pop_many(ctx: &mut Ctx<'_>, key: &Bytes, count: usize) -> Result<Vec<Bytes>, Error> {
    /// With fewer than a fifth left, a server draws the members that stay.
    const FEW_LEFT: usize = 5;
    let Some(set) = ctx.peek_as::<Set>(key)? else { return Ok(Vec::new()) };
    if count == 0 {
        return Ok(Vec::new());
    }
    let members: Vec<Bytes> = set.iter().collect();
    drop(set);
    ctx.notify(NotifyFlags::SET, "spop", key);
    let left = members.len().saturating_sub(count);
    let popped = if left == 0 {
        ctx.remove(key);
        ctx.notify(NotifyFlags::GENERIC, "del", key);
        members
    } else if left * FEW_LEFT > count {
        let drawn = sample(ctx, &members, count as i64)?;
        let popped: Vec<Bytes> = drawn.into_iter().map(|at| members[at].clone()).collect();
        if let Some(set) = ctx.write_as::<Set>(key)? {
            for member in &popped {
                set.remove(member);
            }
        }
        popped
    } else {
        // What stays is a new set, which may be an intset again.
        let staying: Set =
            sample(ctx, &members, left as i64)?.into_iter().map(|at| members[at].clone()).collect();
        let popped = members.into_iter().filter(|member| !staying.contains(member)).collect();
        ctx.overwrite(key, staying.into_value());
        popped
    };
    ctx.changed(key);
    Ok(popped)
}

/// `SRANDMEMBER key [count]`
pub(super) fn srandmember(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let count = match &argv[2..] {
        [] => None,
        [count] => Some(draw_count(count)?),
        _ => return Err(Error::SYNTAX),
    };
    let Some(set) = ctx.read_as::<Set>(&argv[1])? else {
        return Ok(count.map_or(Reply::Nil, |_| Reply::bulks([])));
    };
    let members: Vec<Bytes> = set.iter().collect();
    match count {
        None => Ok(Reply::Bulk(members[pick(ctx, &members)].clone())),
        Some(count) => {
            let drawn = sample(ctx, &members, count)?;
            Ok(Reply::bulks(drawn.into_iter().map(|at| members[at].clone())))
        }
    }
}
