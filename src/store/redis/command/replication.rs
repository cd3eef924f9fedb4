//! The other servers: REPLICAOF, ROLE, WAIT, and their part of INFO.

use std::fmt::Write;

use super::super::core::Core;
use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::number::read_integer;
use super::super::reply::{Bytes, Reply};
use super::parse::{integer, is_option};
use super::{Command, Flags};

const ADMIN: Flags = Flags::NO_SCRIPT.with(Flags::ADMIN);

pub(super) const COMMANDS: &[Command] = &[
    Command::new("replicaof", 3, replicaof).flags(ADMIN),
    Command::new("role", 1, role).flags(Flags::NO_SCRIPT.with(Flags::FAST)),
    Command::new("slaveof", 3, replicaof).flags(ADMIN),
    Command::new("wait", 3, wait).flags(Flags::NO_SCRIPT.with(Flags::BLOCKING)),
];

/// Whoever drives the server opens the link to the master.
fn replicaof(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    if is_option(&argv[1], "no") && is_option(&argv[2], "one") {
        ctx.unset_master();
        return Ok(Reply::OK);
    }
    let port = read_integer(&argv[2]).ok_or(Error::fixed("ERR Invalid master port"))?;
    let port = u16::try_from(port).map_err(|_| Error::fixed("ERR Invalid master port"))?;
    let same = |(host, at, _): (&Bytes, u16, _)| host.eq_ignore_ascii_case(&argv[1]) && at == port;
    if ctx.core.replication.master_state().is_some_and(same) {
        return Ok(Reply::Status(Bytes::from_static(b"OK Already connected to specified master")));
    }
    ctx.set_master(&argv[1], port);
    Ok(Reply::OK)
}

fn role(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    let offset = ctx.core.replication.offset() as i64;
    if let Some((host, port, state)) = ctx.core.replication.master_state() {
        return Ok(Reply::array([
            Reply::bulk("slave"),
            Reply::Bulk(host.clone()),
            Reply::Int(i64::from(port)),
            Reply::bulk(state),
            Reply::Int(if state == "connected" { offset } else { -1 }),
        ]));
    }
    let replicas = ctx.core.online().map(|(host, port, acked, _)| {
        Reply::bulks([host.clone(), port.to_string().into(), acked.to_string().into()])
    });
    let replicas = Reply::Array(replicas.collect());
    Ok(Reply::array([Reply::bulk("master"), Reply::Int(offset), replicas]))
}

fn wait(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    if ctx.core.replication.is_replica() {
        return Err(Error::fixed(
            "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a \
             replica is configured to be writable (which is not the default) writes to replicas are just \
             local and are not propagated.",
        ));
    }
    let replicas = integer(&argv[1])?;
    let timeout = integer(&argv[2])
        .map_err(|_| Error::fixed("ERR timeout is not an integer or out of range"))?;
    if timeout < 0 {
        return Err(Error::fixed("ERR timeout is negative"));
    }
    // Who waits is kept with a C `int`: a number that wraps below zero is reached as soon as it is looked at.
    let replicas = if replicas > 0 { i64::from(replicas as i32) } else { replicas };
    Ok(ctx.wait_for_replicas(argv, replicas, timeout))
}

/// The lines of INFO, each with its end.
pub(super) fn info(core: &Core) -> String {
    let mut text = String::new();
    let replication = &core.replication;
    if let Some((host, port, state)) = replication.master_state() {
        let link = if state == "connected" { "up" } else { "down" };
        let syncing = i32::from(state == "sync");
        let _ = write!(
            text,
            "role:slave\r\nmaster_host:{}\r\nmaster_port:{port}\r\nmaster_link_status:{link}\r\n\
             master_sync_in_progress:{syncing}\r\nslave_repl_offset:{}\r\nslave_priority:100\r\n\
             slave_read_only:1\r\n",
            host.to_text(),
            replication.offset(),
        );
    } else {
        text.push_str("role:master\r\n");
    }
    let _ = write!(text, "connected_slaves:{}\r\n", core.online().count());
    let limited = core.config.min_replicas_to_write > 0 && core.config.min_replicas_max_lag > 0;
    if limited {
        let _ = write!(text, "min_slaves_good_slaves:{}\r\n", core.good_replicas());
    }
    for (place, (host, port, acked, lag)) in core.online().enumerate() {
        let _ = write!(
            text,
            "slave{place}:ip={},port={port},state=online,offset={acked},lag={lag}\r\n",
            host.to_text(),
        );
    }
    if replication.has_peers() {
        let _ = write!(text, "master_repl_offset:{}\r\n", replication.offset());
    }
    text
}
