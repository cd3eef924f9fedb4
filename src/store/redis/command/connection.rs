//! PING, ECHO, SELECT, QUIT, RESET, CLIENT, HELLO, AUTH.

use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::number::read_integer;
use super::super::reply::{Bytes, Reply};
use super::{Command, Flags};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("ping", -1, ping).flags(Flags::WHILE_SUBSCRIBED.with(Flags::FAST)),
    Command::new("echo", 2, echo).flags(Flags::FAST),
    Command::new("select", 2, select).flags(Flags::FAST),
];

fn ping(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let text = match argv {
        [_] => None,
        [_, text] => Some(text.clone()),
        _ => return Err(Error::arity("ping")),
    };
    if ctx.core.client(ctx.link).is_some_and(super::super::client::Client::is_subscribed) {
        return Ok(Reply::bulks([Bytes::from_static(b"pong"), text.unwrap_or_default()]));
    }
    Ok(text.map_or(Reply::Status(Bytes::from_static(b"PONG")), Reply::Bulk))
}

fn echo(_: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(Reply::Bulk(argv[1].clone()))
}

fn select(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    ctx.db = ctx.database_index(&argv[1])?;
    Ok(Reply::OK)
}

impl Ctx<'_> {
    /// Reads the number of a database.
    pub(super) fn database_index(&self, text: &[u8]) -> Result<usize, Error> {
        let index = read_integer(text).ok_or(Error::NOT_AN_INTEGER)?;
        let index = i32::try_from(index).map_err(|_| Error::NOT_AN_INTEGER)?;
        let databases = self.core.config.databases;
        usize::try_from(index).ok().filter(|index| *index < databases).ok_or(Error::DB_INDEX)
    }
}
