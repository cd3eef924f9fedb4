//! The server as a whole: TIME, INFO, DEBUG, COMMAND, MONITOR and others.

use std::fmt::Write;

use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::memory::used_memory;
use super::super::reply::{Bytes, Reply};
use super::parse::is_option;
use super::replication;
use super::{Command, Flags, Lookup, find};

/// The version that the model is a model of.
pub(super) const VERSION: &str = "7.0.15";

pub(super) const COMMANDS: &[Command] = &[
    Command { arity: -1, ..Command::container("command", COMMAND) },
    Command::new("debug", -2, debug)
        .flags(Flags::NO_SCRIPT.with(Flags::ADMIN).with(Flags::PROTECTED)),
    Command::new("info", -1, info),
    // Outside of scripts it never gets here: see `../execute.rs`.
    Command::new("quit", -1, |_, _| Ok(Reply::OK))
        .flags(Flags::NO_SCRIPT.with(Flags::NOT_QUEUED).with(Flags::WHILE_SUBSCRIBED)),
    Command::new("lastsave", 1, lastsave).flags(Flags::FAST),
    Command::new("monitor", 1, monitor).flags(Flags::NO_SCRIPT.with(Flags::ADMIN)),
    Command::new("time", 1, time).flags(Flags::FAST),
];

const COMMAND: &[Command] = &[
    Command::new("command|count", 2, |_, _| Ok(super::all().count().into())),
    Command::new("command|docs", -2, |_, _| Err(Error::not_modelled("COMMAND DOCS"))),
    Command::new("command|getkeys", -4, getkeys),
    Command::new("command|getkeysandflags", -4, |_, _| {
        Err(Error::not_modelled("COMMAND GETKEYSANDFLAGS"))
    }),
    Command::new("command|help", 2, |_, _| Err(Error::not_modelled("HELP"))),
    Command::new("command|info", -2, |_, _| Err(Error::not_modelled("COMMAND INFO"))),
    Command::new("command|list", -2, list),
];

fn list(_: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    match &argv[2..] {
        [] => {
            let names = super::all().map(|command| Bytes::from_static(command.name.as_bytes()));
            Ok(Reply::bulks(names))
        }
        [filter, kind, _] if is_option(filter, "filterby") && is_filter(kind) => {
            Err(Error::not_modelled("COMMAND LIST FILTERBY"))
        }
        _ => Err(Error::SYNTAX),
    }
}

fn is_filter(kind: &[u8]) -> bool {
    ["module", "aclcat", "pattern"].iter().any(|name| is_option(kind, name))
}

/// Commands with keys beside those that stand at fixed places.
const COMPUTED: [&str; 4] = ["sort", "zdiffstore", "zinterstore", "zunionstore"];

/// The keys of a command line, where the table knows them.
fn getkeys(_: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let line = &argv[2..];
    let Lookup::Found(command) = find(line) else {
        return Err(Error::fixed("ERR Invalid command specified"));
    };
    let (first, last, step) = command.keys;
    if first == 0 || COMPUTED.contains(&command.name) {
        return if command.has(Flags::READ_ONLY.with(Flags::WRITE).with(Flags::MAY_REPLICATE)) {
            Err(Error::not_modelled("COMMAND GETKEYS of that command"))
        } else {
            Err(Error::fixed("ERR The command has no key arguments"))
        };
    }
    if !command.takes(line.len()) {
        return Err(Error::fixed("ERR Invalid number of arguments specified for command"));
    }
    let end = if last < 0 { line.len() as i32 + last } else { last };
    let places = (first..=end).step_by(step.max(1) as usize);
    Ok(Reply::bulks(places.filter_map(|place| line.get(place as usize).cloned())))
}

fn time(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    let now = ctx.clock_us();
    let parts = [now.div_euclid(1_000_000), now.rem_euclid(1_000_000)];
    Ok(Reply::bulks(parts.map(|part| Bytes::from(part.to_string()))))
}

fn lastsave(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    Ok(Reply::Int(ctx.core.config.epoch_us.div_euclid(1_000_000)))
}

/// `enable-debug-command` is `no` unless somebody configures it otherwise.
fn debug(_: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    Err(Error::fixed(
        "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run \
         it from a local connection, otherwise you need to set this option in the configuration file, and \
         then restart the server.",
    ))
}

fn monitor(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    if !ctx.may_block() {
        return Err(Error::fixed("ERR MONITOR isn't allowed for DENY BLOCKING client"));
    }
    let link = ctx.link;
    let Some(client) = ctx.core.client_mut(link) else { return Ok(Reply::Nil) };
    if client.monitor {
        return Ok(ctx.no_reply());
    }
    client.monitor = true;
    ctx.core.monitors.push(link);
    Ok(Reply::OK)
}

/// The fields that client libraries look at.
fn info(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    let core = &ctx.core;
    let blocked = core.clients.values().filter(|client| client.blocked.is_some()).count();
    let mut text = format!(
        "# Server\r\nredis_version:{VERSION}\r\nredis_mode:standalone\r\n\r\n\
         # Clients\r\nconnected_clients:{}\r\nblocked_clients:{blocked}\r\n\r\n\
         # Memory\r\nused_memory:{}\r\nmaxmemory:{}\r\nmaxmemory_policy:{}\r\n\r\n\
         # Persistence\r\nloading:0\r\n\r\n\
         # Stats\r\npubsub_channels:{}\r\npubsub_patterns:{}\r\n\r\n\
         # Replication\r\n{}\r\n\
         # Cluster\r\ncluster_enabled:0\r\n\r\n# Keyspace\r\n",
        core.clients.len(),
        used_memory(core),
        core.config.maxmemory,
        core.config.eviction.name(),
        core.pubsub.channels.len(),
        core.pubsub.patterns.len(),
        replication::info(core),
    );
    for db in 0..core.keyspace.databases() {
        if let Some(database) = core.keyspace.database(db).filter(|database| !database.is_empty()) {
            let (keys, expires) = (database.len(), database.volatile());
            let _ = write!(text, "db{db}:keys={keys},expires={expires},avg_ttl=0\r\n");
        }
    }
    Ok(Reply::bulk(text))
}
