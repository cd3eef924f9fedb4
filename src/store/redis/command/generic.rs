//! Keys of any type: DEL, EXISTS, RENAME, COPY, OBJECT and their relatives.

use super::super::config::NotifyFlags;
use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::reply::{Bytes, Reply};
use super::super::value::Value;
use super::parse::is_option;
use super::{Command, Flags};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("copy", -3, copy).grows(1, 2, 1),
    Command::new("del", -2, del).writes(1, -1, 1),
    Command::new("exists", -2, exists).reads(1, -1, 1).flags(Flags::FAST),
    Command::new("move", 3, move_key).writes(1, 1, 1).flags(Flags::FAST),
    Command::container("object", OBJECT),
    Command::new("rename", 3, |ctx, argv| rename(ctx, argv, false)).writes(1, 2, 1),
    Command::new("renamenx", 3, |ctx, argv| rename(ctx, argv, true))
        .writes(1, 2, 1)
        .flags(Flags::FAST),
    Command::new("touch", -2, exists).reads(1, -1, 1).flags(Flags::FAST),
    Command::new("type", 2, kind).reads(1, 1, 1).flags(Flags::FAST),
    Command::new("unlink", -2, del).writes(1, -1, 1).flags(Flags::FAST),
];

const OBJECT: &[Command] = &[
    Command::new("object|encoding", 3, encoding).reads(2, 2, 1),
    Command::new("object|freq", 3, freq).reads(2, 2, 1),
    Command::new("object|help", 2, |_, _| Err(Error::not_modelled("HELP"))),
    Command::new("object|idletime", 3, idletime).reads(2, 2, 1),
    Command::new("object|refcount", 3, refcount).reads(2, 2, 1),
];

fn del(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let mut deleted = 0;
    for key in &argv[1..] {
        if ctx.delete(key) {
            ctx.changed(key);
            ctx.notify(NotifyFlags::GENERIC, "del", key);
            deleted += 1;
        }
    }
    Ok(Reply::Int(deleted))
}

/// A key that is named twice counts twice (Redis fact 24).
fn exists(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(argv[1..].iter().filter(|key| ctx.read(key).is_some()).count().into())
}

fn kind(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let kind = ctx.read(&argv[1]).map_or("none", Value::kind);
    Ok(Reply::Status(Bytes::from_static(kind.as_bytes())))
}

fn rename(ctx: &mut Ctx<'_>, argv: &[Bytes], only_if_missing: bool) -> Result<Reply, Error> {
    let (from, to) = (&argv[1], &argv[2]);
    let value = ctx.peek(from).cloned().ok_or(Error::NO_SUCH_KEY)?;
    let done = if only_if_missing { Reply::Int(1) } else { Reply::OK };
    if from == to {
        return Ok(if only_if_missing { Reply::Int(0) } else { Reply::OK });
    }
    let deadline = ctx.deadline_of(from);
    if ctx.exists(to) {
        if only_if_missing {
            return Ok(Reply::Int(0));
        }
        ctx.remove(to);
    }
    ctx.add(to, value);
    ctx.put_deadline(to, deadline);
    ctx.remove(from);
    ctx.changed(from);
    ctx.changed(to);
    ctx.notify(NotifyFlags::GENERIC, "rename_from", from);
    ctx.notify(NotifyFlags::GENERIC, "rename_to", to);
    Ok(done)
}

fn copy(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let (from, to) = (&argv[1], &argv[2]);
    let (mut db, mut replace) = (ctx.db, false);
    let mut options = argv[3..].iter();
    while let Some(option) = options.next() {
        if is_option(option, "replace") {
            replace = true;
        } else if let (true, Some(index)) = (is_option(option, "db"), options.next()) {
            db = ctx.database_index(index)?;
        } else {
            return Err(Error::SYNTAX);
        }
    }
    if db == ctx.db && from == to {
        return Err(Error::SAME_OBJECT);
    }
    let Some(value) = ctx.read(from).cloned() else { return Ok(Reply::Int(0)) };
    let deadline = ctx.deadline_of(from);
    let copied = ctx.in_db(db, |ctx| {
        if ctx.exists(to) {
            if !replace {
                return false;
            }
            ctx.remove(to);
        }
        ctx.add(to, value);
        ctx.put_deadline(to, deadline);
        ctx.changed(to);
        ctx.notify(NotifyFlags::GENERIC, "copy_to", to);
        true
    });
    Ok(copied.into())
}

fn move_key(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let key = &argv[1];
    let db = ctx.database_index(&argv[2])?;
    if db == ctx.db {
        return Err(Error::SAME_OBJECT);
    }
    let Some(value) = ctx.peek(key).cloned() else { return Ok(Reply::Int(0)) };
    let deadline = ctx.deadline_of(key);
    if ctx.in_db(db, |ctx| ctx.exists(key)) {
        return Ok(Reply::Int(0));
    }
    ctx.in_db(db, |ctx| {
        ctx.add(key, value);
        ctx.put_deadline(key, deadline);
    });
    ctx.remove(key);
    ctx.changed(key);
    ctx.in_db(db, |ctx| ctx.changed(key));
    ctx.notify(NotifyFlags::GENERIC, "move_from", key);
    ctx.notify_in(db, NotifyFlags::GENERIC, "move_to", key);
    Ok(Reply::Int(1))
}

fn encoding(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let encoding = ctx.peek(&argv[2]).map(Value::encoding);
    Ok(encoding.map(|text| Bytes::from_static(text.as_bytes())).into())
}

/// Small numbers are shared objects, whose count is the largest 32-bit integer.
fn refcount(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let maxmemory = ctx.core.config.maxmemory;
    Ok(match ctx.peek(&argv[2]) {
        None => Reply::Nil,
        Some(Value::String(text)) if maxmemory == 0 => {
            let shared = text.number().is_some_and(|number| (0..10_000).contains(&number));
            Reply::Int(if shared { i64::from(i32::MAX) } else { 1 })
        }
        Some(_) => Reply::Int(1),
    })
}

fn idletime(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    if ctx.peek(&argv[2]).is_none() {
        return Ok(Reply::Nil);
    }
    if ctx.core.config.eviction.name().ends_with("lfu") {
        return Err(Error::fixed(
            "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching \
             between policies at runtime LRU and LFU data will take some time to adjust.",
        ));
    }
    Err(Error::not_modelled("OBJECT IDLETIME"))
}

fn freq(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    if ctx.peek(&argv[2]).is_none() {
        return Ok(Reply::Nil);
    }
    if ctx.core.config.eviction.name().ends_with("lfu") {
        return Err(Error::not_modelled("OBJECT FREQ"));
    }
    Err(Error::fixed(
        "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when \
         switching between policies at runtime LRU and LFU data will take some time to adjust.",
    ))
}
