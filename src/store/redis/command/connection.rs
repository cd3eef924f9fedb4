//! PING, ECHO, SELECT, RESET, HELLO, AUTH. (QUIT is older than the table: see `../execute.rs`.)

use super::super::client::{Client, Replies};
use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::number::read_integer;
use super::super::reply::{Bytes, Reply};
use super::client::check_name;
use super::parse::is_option;
use super::{Command, Flags};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("auth", -2, auth).flags(Flags::NO_SCRIPT.with(Flags::FAST)),
    Command::new("echo", 2, echo).flags(Flags::FAST),
    Command::new("hello", -1, hello).flags(Flags::NO_SCRIPT.with(Flags::FAST)),
    Command::new("ping", -1, ping).flags(Flags::WHILE_SUBSCRIBED.with(Flags::FAST)),
    Command::new("reset", 1, reset)
        .flags(Flags::NO_SCRIPT.with(Flags::NOT_QUEUED).with(Flags::WHILE_SUBSCRIBED)),
    Command::new("select", 2, select).flags(Flags::FAST),
];

fn ping(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let text = match argv {
        [_] => None,
        [_, text] => Some(text.clone()),
        _ => return Err(Error::arity("ping")),
    };
    if ctx.core.client(ctx.link).is_some_and(Client::is_subscribed) {
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

/// Everything about the connection is as after connecting.
fn reset(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    ctx.discard();
    ctx.leave_all_channels();
    ctx.db = 0;
    ctx.core.monitors.retain(|link| *link != ctx.link);
    if let Some(client) = ctx.core.client_mut(ctx.link) {
        client.name = Bytes::default();
        client.replies = Replies::On;
        client.monitor = false;
    }
    Ok(Reply::Status(Bytes::from_static(b"RESET")))
}

/// Only the default user exists, and has no password.
fn auth(_: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    match &argv[1..] {
        [_] => Err(Error::fixed(
            "ERR AUTH <password> called without any password configured for the default user. Are you sure \
             your configuration is correct?",
        )),
        [user, _] => check_user(user).map(|()| Reply::OK),
        _ => Err(Error::SYNTAX),
    }
}

fn check_user(user: &[u8]) -> Result<(), Error> {
    if user == b"default" {
        return Ok(());
    }
    Err(Error::fixed("WRONGPASS invalid username-password pair or user is disabled."))
}

fn hello(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    if let Some(version) = argv.get(1) {
        let version = read_integer(version)
            .ok_or(Error::fixed("ERR Protocol version is not an integer or out of range"))?;
        match version {
            2 => {}
            3 => return Err(Error::fixed("NOPROTO lockstep models RESP2 only")),
            _ => return Err(Error::fixed("NOPROTO unsupported protocol version")),
        }
    }
    let mut name = None;
    let mut left = argv.get(2..).unwrap_or_default();
    while let [option, rest @ ..] = left {
        left = match rest {
            [user, _, rest @ ..] if is_option(option, "auth") => {
                check_user(user)?;
                rest
            }
            [text, rest @ ..] if is_option(option, "setname") => {
                check_name(text)?;
                name = Some(text.clone());
                rest
            }
            _ => {
                let mut text = b"ERR Syntax error in HELLO option '".to_vec();
                text.extend_from_slice(option);
                text.push(b'\'');
                return Err(Error::text(text));
            }
        };
    }
    let Some(client) = ctx.core.client_mut(ctx.link) else { return Ok(Reply::Nil) };
    if let Some(name) = name {
        client.name = name;
    }
    let id = client.id;
    ctx.core.ids_shown = true;
    Ok(Reply::array([
        Reply::bulk("server"),
        Reply::bulk("redis"),
        Reply::bulk("version"),
        Reply::bulk(super::server::VERSION),
        Reply::bulk("proto"),
        Reply::Int(2),
        Reply::bulk("id"),
        Reply::Int(id),
        Reply::bulk("mode"),
        Reply::bulk("standalone"),
        Reply::bulk("role"),
        Reply::bulk("master"),
        Reply::bulk("modules"),
        Reply::array([]),
    ]))
}

impl Ctx<'_> {
    /// Reads the number of a database.
    pub(super) fn database_index(&self, text: &[u8]) -> Result<usize, Error> {
        let index = read_integer(text).ok_or(Error::NOT_AN_INTEGER)?;
        let index = i32::try_from(index).map_err(|_| {
            let (least, most) = (i32::MIN, i32::MAX);
            Error::text(format!("ERR value is out of range, value must between {least} and {most}"))
        })?;
        let databases = self.core.config.databases;
        usize::try_from(index).ok().filter(|index| *index < databases).ok_or(Error::DB_INDEX)
    }
}
