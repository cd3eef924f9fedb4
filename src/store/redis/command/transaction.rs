//! MULTI, EXEC, DISCARD, WATCH, UNWATCH.

use super::super::client::Multi;
use super::super::ctx::{Ctx, Inside};
use super::super::error::Error;
use super::super::reply::{Bytes, Reply};
use super::{Command, Flags, Lookup, find};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("multi", 1, multi).flags(Flags::NO_SCRIPT.with(Flags::NOT_QUEUED)),
    Command::new("exec", 1, exec).flags(Flags::NO_SCRIPT.with(Flags::NOT_QUEUED)),
    Command::new("discard", 1, discard).flags(Flags::NO_SCRIPT.with(Flags::NOT_QUEUED)),
    Command::new("watch", -2, watch).flags(Flags::NO_SCRIPT.with(Flags::NOT_QUEUED)),
    Command::new("unwatch", 1, unwatch).flags(Flags::NO_SCRIPT),
];

fn multi(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    if ctx.multi().is_some() {
        return Err(Error::fixed("ERR MULTI calls can not be nested"));
    }
    if let Some(client) = ctx.core.client_mut(ctx.link) {
        client.multi = Some(Multi::default());
    }
    Ok(Reply::OK)
}

fn exec(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    let Some(multi) = ctx.multi() else { return Err(Error::fixed("ERR EXEC without MULTI")) };
    let multi = std::mem::take(multi);
    if multi.refused {
        ctx.discard();
        return Err(Error::fixed("EXECABORT Transaction discarded because of previous errors."));
    }
    if ctx.watched_changed() {
        ctx.discard();
        return Ok(Reply::Nil);
    }
    ctx.unwatch(ctx.link);
    let mut replies = Vec::with_capacity(multi.queue.len());
    let inside = std::mem::replace(&mut ctx.inside, Inside::Exec);
    for queued in &multi.queue {
        let reply = match find(queued) {
            Lookup::Found(command) => ctx.call(command, queued).unwrap_or_else(Reply::from),
            Lookup::UnknownCommand | Lookup::UnknownSubcommand(_) => Reply::Nil,
        };
        if !std::mem::take(&mut ctx.later) {
            replies.push(reply);
        }
        // On the wire, what a SUBSCRIBE sends stands where its reply would.
        replies.append(&mut ctx.own);
    }
    ctx.inside = inside;
    ctx.discard();
    // The list was announced with one element for each command: what is more comes after it.
    ctx.own = replies.split_off(multi.queue.len().min(replies.len()));
    Ok(Reply::array(replies))
}

fn discard(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    if ctx.multi().is_none() {
        return Err(Error::fixed("ERR DISCARD without MULTI"));
    }
    ctx.discard();
    Ok(Reply::OK)
}

fn watch(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    if ctx.multi().is_some() {
        return Err(Error::fixed("ERR WATCH inside MULTI is not allowed"));
    }
    // Once a watched key was changed, more makes no difference.
    if ctx.core.client(ctx.link).is_some_and(|client| !client.dirty) {
        for key in &argv[1..] {
            ctx.watch(key);
        }
    }
    Ok(Reply::OK)
}

fn unwatch(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    ctx.unwatch(ctx.link);
    if ctx.core.client(ctx.link).is_some_and(|client| client.dirty)
        && let Some(client) = ctx.core.client_mut(ctx.link)
    {
        client.dirty = false;
    }
    Ok(Reply::OK)
}
