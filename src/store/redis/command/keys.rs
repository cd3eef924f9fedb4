//! Whole databases: KEYS, SCAN, RANDOMKEY, DBSIZE, FLUSHDB, FLUSHALL, SWAPDB.

use super::super::ctx::Ctx;
use super::super::draw::Draw;
use super::super::error::Error;
use super::super::glob::matches;
use super::super::keyspace::{Database, scatter};
use super::super::number::read_integer;
use super::super::reply::{Bytes, Reply};
use super::super::value::Value;
use super::parse::is_option;
use super::scan::{self, ScanOptions};
use super::{Command, Flags};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("dbsize", 1, dbsize).flags(Flags::READ_ONLY.with(Flags::FAST)),
    Command::new("flushall", -1, flushall).flags(Flags::WRITE),
    Command::new("flushdb", -1, flushdb).flags(Flags::WRITE),
    Command::new("keys", 2, keys).flags(Flags::READ_ONLY),
    Command::new("randomkey", 1, randomkey).flags(Flags::READ_ONLY),
    Command::new("scan", -2, scan_keys).flags(Flags::READ_ONLY),
    Command::new("swapdb", 3, swapdb).flags(Flags::WRITE.with(Flags::FAST)),
];

/// Counts expired keys too, as long as nobody removed them (Redis fact 4).
fn dbsize(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    let (db, now) = (ctx.db, ctx.now_ms());
    let Some(database) = ctx.core.keyspace.database(db) else { return Ok(Reply::Int(0)) };
    let overdue: Vec<Bytes> = database.overdue(now).map(|(_, key)| key.clone()).collect();
    // A replica removes none by itself.
    let n = if ctx.core.replication.is_replica() { 1 } else { overdue.len() as u32 + 1 };
    let reaped = ctx.draw(&Draw::Reaped { db, overdue: n - 1 }, n);
    for key in &overdue[..reaped as usize] {
        ctx.expire(db, key);
    }
    Ok(ctx.core.keyspace.database(db).map_or(0, Database::len).into())
}

fn keys(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let db = ctx.db;
    let all = *argv[1] == *b"*";
    let mut found = ctx.all_keys();
    // Expired ones are hidden, but stay where they are.
    found.retain(|key| (all || matches(&argv[1], key)) && !ctx.is_expired(db, key));
    Ok(Reply::bulks(found))
}

/// The cursor is a place in the fixed order of [`scatter`]: what is there from the first call to the last is
/// given once.
fn scan_keys(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let cursor = scan::cursor(&argv[1])?;
    let options = ScanOptions::read(&argv[2..], true)?;
    let keys = ctx.all_keys();
    let first = keys.partition_point(|key| scatter(key) < cursor);
    let mut end = first.saturating_add(options.count).min(keys.len());
    // Keys at one place belong together.
    while (1..keys.len()).contains(&end) && scatter(&keys[end]) == scatter(&keys[end - 1]) {
        end += 1;
    }
    let next = keys.get(end).map_or(0, |key| scatter(key));
    let mut found = keys[first..end].to_vec();
    found.retain(|key| options.matches(key));
    if let Some(kind) = &options.kind {
        let is = |value: &Value| value.kind().as_bytes().eq_ignore_ascii_case(kind);
        found.retain(|key| ctx.read(key).is_some_and(is));
    }
    found.retain(|key| ctx.exists(key));
    Ok(scan::reply(next, found))
}

fn randomkey(ctx: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    let mut tries = 0;
    loop {
        let keys = ctx.all_keys();
        if keys.is_empty() {
            return Ok(Reply::Nil);
        }
        let n = keys.len() as u32;
        let key = keys[ctx.draw(&Draw::Pick(keys.as_slice().into()), n) as usize].clone();
        // An expired one is removed, and another one drawn. A replica cannot remove it and gives up.
        tries += 1;
        if ctx.exists(&key) || ctx.core.replication.is_replica() && tries == 100 {
            return Ok(Reply::Bulk(key));
        }
    }
}

fn flushdb(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    check_flush(argv)?;
    ctx.flush_database(ctx.db);
    Ok(Reply::OK)
}

fn flushall(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    check_flush(argv)?;
    for db in 0..ctx.core.keyspace.databases() {
        ctx.flush_database(db);
    }
    Ok(Reply::OK)
}

fn check_flush(argv: &[Bytes]) -> Result<(), Error> {
    match &argv[1..] {
        [] => Ok(()),
        [mode] if is_option(mode, "sync") || is_option(mode, "async") => Ok(()),
        _ => Err(Error::SYNTAX),
    }
}

fn swapdb(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let index = |text: &Bytes, error: &'static str| {
        let index = read_integer(text).and_then(|index| i32::try_from(index).ok());
        index.ok_or(Error::fixed(error))
    };
    let a = index(&argv[1], "ERR invalid first DB index")?;
    let b = index(&argv[2], "ERR invalid second DB index")?;
    let databases = ctx.core.config.databases;
    let valid = |index: i32| usize::try_from(index).ok().filter(|index| *index < databases);
    let (Some(a), Some(b)) = (valid(a), valid(b)) else { return Err(Error::DB_INDEX) };
    if a != b {
        ctx.touch_all_watchers(a, Some(b));
        ctx.touch_all_watchers(b, Some(a));
        ctx.swap_databases(a, b);
    }
    Ok(Reply::OK)
}
