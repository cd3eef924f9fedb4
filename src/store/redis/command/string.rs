//! Strings.

use super::super::config::NotifyFlags;
use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::reply::{Bytes, Reply};
use super::{Command, Flags};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("get", 2, get).reads(1, 1, 1).flags(Flags::FAST),
    Command::new("set", -3, set).grows(1, 1, 1),
];

fn get(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(ctx.read_string(&argv[1])?.into())
}

fn set(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    ctx.set_string(&argv[1], argv[2].clone());
    ctx.notify(NotifyFlags::STRING, "set", &argv[1]);
    Ok(Reply::OK)
}
