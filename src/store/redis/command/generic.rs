//! DEL, EXISTS, TYPE and others for keys of any type.

use super::super::config::NotifyFlags;
use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::reply::{Bytes, Reply};
use super::{Command, Flags};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("del", -2, del).writes(1, -1, 1),
    Command::new("unlink", -2, del).writes(1, -1, 1).flags(Flags::FAST),
    Command::new("exists", -2, exists).reads(1, -1, 1).flags(Flags::FAST),
    Command::new("type", 2, kind).reads(1, 1, 1).flags(Flags::FAST),
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

fn exists(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(argv[1..].iter().filter(|key| ctx.read(key).is_some()).count().into())
}

fn kind(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let kind = ctx.read(&argv[1]).map_or("none", |value| value.kind());
    Ok(Reply::Status(Bytes::from_static(kind.as_bytes())))
}
