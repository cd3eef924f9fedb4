//! CLIENT and its subcommands.

use super::super::client::{Client, Replies};
use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::execute::{c_text, wrong_arguments};
use super::super::reply::{Bytes, Reply};
use super::parse::{integer, is_option};
use super::{Command, Flags};
use crate::store::Link;

pub(super) const COMMANDS: &[Command] =
    &[Command::container("client", CLIENT).flags(Flags::NO_SCRIPT)];

const CLIENT: &[Command] = &[
    Command::new("client|caching", 3, tracking).flags(Flags::NO_SCRIPT),
    Command::new("client|getname", 2, getname).flags(Flags::NO_SCRIPT),
    Command::new("client|getredir", 2, |_, _| Ok(Reply::Int(-1))).flags(Flags::NO_SCRIPT),
    Command::new("client|help", 2, |_, _| Err(Error::not_modelled("HELP"))).flags(Flags::NO_SCRIPT),
    Command::new("client|id", 2, id).flags(Flags::NO_SCRIPT),
    Command::new("client|info", 2, info).flags(Flags::NO_SCRIPT),
    Command::new("client|kill", -3, kill).flags(Flags::NO_SCRIPT.with(Flags::ADMIN)),
    Command::new("client|list", -2, list).flags(Flags::NO_SCRIPT.with(Flags::ADMIN)),
    Command::new("client|no-evict", 3, no_evict).flags(Flags::NO_SCRIPT.with(Flags::ADMIN)),
    Command::new("client|pause", -3, |_, _| Err(Error::not_modelled("CLIENT PAUSE")))
        .flags(Flags::NO_SCRIPT.with(Flags::ADMIN)),
    Command::new("client|reply", 3, reply).flags(Flags::NO_SCRIPT),
    Command::new("client|setname", 3, setname).flags(Flags::NO_SCRIPT),
    Command::new("client|tracking", -3, tracking).flags(Flags::NO_SCRIPT),
    Command::new("client|trackinginfo", 2, tracking).flags(Flags::NO_SCRIPT),
    Command::new("client|unblock", -3, unblock).flags(Flags::NO_SCRIPT.with(Flags::ADMIN)),
    Command::new("client|unpause", 2, |_, _| Ok(Reply::OK))
        .flags(Flags::NO_SCRIPT.with(Flags::ADMIN)),
];

fn id(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    ctx.core.ids_shown = true;
    Ok(Reply::Int(ctx.core.client(ctx.link).map_or(0, |client| client.id)))
}

fn getname(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    let name = ctx.core.client(ctx.link).map(|client| client.name.clone());
    Ok(name.filter(|name| !name.is_empty()).into())
}

/// An empty name is no name (Redis fact 24).
fn setname(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    check_name(&argv[2])?;
    if let Some(client) = ctx.core.client_mut(ctx.link) {
        client.name = argv[2].clone();
    }
    Ok(Reply::OK)
}

/// Names are printable ASCII without blanks.
pub(super) fn check_name(name: &[u8]) -> Result<(), Error> {
    if name.iter().all(|byte| (b'!'..=b'~').contains(byte)) {
        return Ok(());
    }
    Err(Error::fixed("ERR Client names cannot contain spaces, newlines or special characters."))
}

/// Nobody is evicted, so nothing depends on it.
fn no_evict(_: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let known = is_option(&argv[2], "on") || is_option(&argv[2], "off");
    if known { Ok(Reply::OK) } else { Err(Error::SYNTAX) }
}

fn reply(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let mode = &argv[2];
    let Some(client) = ctx.core.client_mut(ctx.link) else { return Ok(Reply::Nil) };
    if is_option(mode, "on") {
        client.replies = Replies::On;
        return Ok(Reply::OK);
    } else if is_option(mode, "off") {
        client.replies = Replies::Off;
    } else if is_option(mode, "skip") {
        if client.replies != Replies::Off {
            client.replies = Replies::SkipNext;
        }
    } else {
        return Err(Error::SYNTAX);
    }
    Ok(ctx.no_reply())
}

fn unblock(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let error = match &argv[3..] {
        [] => false,
        [mode] if is_option(mode, "timeout") => false,
        [mode] if is_option(mode, "error") => true,
        [_] => {
            return Err(Error::fixed("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"));
        }
        _ => return Err(wrong_arguments("client", &argv[1])),
    };
    let id = integer(&argv[2])?;
    ctx.core.ids_shown = true;
    let blocked = |client: &Client| client.id == id && client.blocked.is_some();
    let found = ctx.core.clients.iter().find(|(_, client)| blocked(client)).map(|(link, _)| *link);
    let Some(link) = found else { return Ok(Reply::Int(0)) };
    let reply = if error {
        Reply::Error(Bytes::from_static(b"UNBLOCKED client unblocked via CLIENT UNBLOCK"))
    } else {
        ctx.timeout_reply(link).unwrap_or(Reply::Nil)
    };
    ctx.unblock(link, reply);
    Ok(Reply::Int(1))
}

/// `CLIENT KILL addr`, or filters.
fn kill(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    if let [_, _, address] = argv {
        let found =
            ctx.core.clients.keys().find(|link| address_of(**link).as_bytes() == &**address);
        let link = *found.ok_or(Error::fixed("ERR No such client"))?;
        kill_link(ctx, link);
        return Ok(Reply::OK);
    }
    let (mut id, mut skip_me, mut subscribed, mut address) = (None, true, None, None);
    let mut elsewhere = false;
    for pair in argv[2..].chunks(2) {
        let [filter, value] = pair else { return Err(Error::SYNTAX) };
        if is_option(filter, "id") {
            let number = integer(value).ok().filter(|number| *number > 0);
            id = Some(number.ok_or(Error::fixed("ERR client-id should be greater than 0"))?);
        } else if is_option(filter, "skipme") && is_option(value, "yes") {
            skip_me = true;
        } else if is_option(filter, "skipme") && is_option(value, "no") {
            skip_me = false;
        } else if is_option(filter, "type") {
            subscribed = Some(kind(value)?);
        } else if is_option(filter, "addr") {
            address = Some(value);
        } else if is_option(filter, "laddr") {
            let config = &ctx.core.config;
            elsewhere |=
                [&config.host, &b":"[..], config.port.to_string().as_bytes()].concat() != **value;
        } else if is_option(filter, "user") {
            if **value != *b"default" {
                return Err(Error::text(c_text(&[b"ERR No such user '", &**value, b"'"])));
            }
        } else {
            return Err(Error::SYNTAX);
        }
    }
    ctx.core.ids_shown |= id.is_some();
    let chosen = |link: Link, client: &Client| {
        !(skip_me && link == ctx.link)
            && id.is_none_or(|id| client.id == id)
            && subscribed.is_none_or(|kind| kind == Some(client.is_subscribed()))
            && address.is_none_or(|address| address_of(link).as_bytes() == &**address)
            && !elsewhere
    };
    let clients = ctx.core.clients.iter();
    let links: Vec<Link> =
        clients.filter(|(link, client)| chosen(**link, client)).map(|(link, _)| *link).collect();
    for link in &links {
        kill_link(ctx, *link);
    }
    Ok(links.len().into())
}

/// A type of clients: whether they are subscribed, or `None` for servers, which are no clients here.
fn kind(value: &[u8]) -> Result<Option<bool>, Error> {
    match value {
        value if is_option(value, "normal") => Ok(Some(false)),
        value if is_option(value, "pubsub") => Ok(Some(true)),
        value if is_option(value, "master") || is_option(value, "replica") => Ok(None),
        value if is_option(value, "slave") => Ok(None),
        other => Err(Error::text(c_text(&[b"ERR Unknown client type '", other, b"'"]))),
    }
}

fn kill_link(ctx: &mut Ctx<'_>, link: Link) {
    if link == ctx.link {
        ctx.close_after_reply();
    } else {
        ctx.close(link);
    }
}

fn list(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let mut of_kind = None;
    let wanted: Option<Vec<i64>> = match &argv[2..] {
        [] => None,
        [filter, ids @ ..] if is_option(filter, "id") && !ids.is_empty() => Some(
            ids.iter()
                .map(|id| integer(id).map_err(|_| Error::fixed("ERR Invalid client ID")))
                .collect::<Result<_, _>>()?,
        ),
        [filter, value] if is_option(filter, "type") => {
            of_kind = Some(kind(value)?);
            None
        }
        _ => return Err(Error::SYNTAX),
    };
    ctx.core.ids_shown = true;
    let mut lines = String::new();
    for (link, client) in &ctx.core.clients {
        if wanted.as_ref().is_none_or(|wanted| wanted.contains(&client.id))
            && of_kind.is_none_or(|kind| kind == Some(client.is_subscribed()))
        {
            lines.push_str(&line(*link, client));
        }
    }
    Ok(Reply::bulk(lines))
}

fn info(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    ctx.core.ids_shown = true;
    Ok(Reply::bulk(
        ctx.core.client(ctx.link).map_or(String::new(), |client| line(ctx.link, client)),
    ))
}

fn address_of(link: Link) -> String {
    format!("127.0.0.1:{}", link.0)
}

/// What the model knows of a client, as CLIENT LIST has it.
fn line(link: Link, client: &Client) -> String {
    let flags = match client {
        client if client.monitor => "O",
        client if client.is_subscribed() => "P",
        client if client.blocked.is_some() => "b",
        client if client.multi.is_some() => "x",
        _ => "N",
    };
    format!(
        "id={} addr={} name={} db={} sub={} psub={} ssub={} multi={} flags={flags} resp=2\n",
        client.id,
        address_of(link),
        client.name.to_text(),
        client.db,
        client.channels.len(),
        client.patterns.len(),
        client.shard_channels.len(),
        client.multi.as_ref().map_or(-1, |multi| multi.queue.len() as i64),
    )
}

fn tracking(_: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    Err(Error::not_modelled("client-side caching"))
}
