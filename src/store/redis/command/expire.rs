//! Deadlines: EXPIRE, TTL, PERSIST and their relatives.

use super::super::config::NotifyFlags;
use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::execute::c_text;
use super::super::reply::{Bytes, Reply};
use super::parse::{integer, is_option};
use super::{Command, Flags};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("expire", -3, |ctx, argv| expire(ctx, argv, "expire", true, true))
        .writes(1, 1, 1)
        .flags(Flags::FAST),
    Command::new("expireat", -3, |ctx, argv| expire(ctx, argv, "expireat", true, false))
        .writes(1, 1, 1)
        .flags(Flags::FAST),
    Command::new("pexpire", -3, |ctx, argv| expire(ctx, argv, "pexpire", false, true))
        .writes(1, 1, 1)
        .flags(Flags::FAST),
    Command::new("pexpireat", -3, |ctx, argv| expire(ctx, argv, "pexpireat", false, false))
        .writes(1, 1, 1)
        .flags(Flags::FAST),
    Command::new("ttl", 2, |ctx, argv| ttl(ctx, argv, true, true))
        .reads(1, 1, 1)
        .flags(Flags::FAST),
    Command::new("pttl", 2, |ctx, argv| ttl(ctx, argv, false, true))
        .reads(1, 1, 1)
        .flags(Flags::FAST),
    Command::new("expiretime", 2, |ctx, argv| ttl(ctx, argv, true, false))
        .reads(1, 1, 1)
        .flags(Flags::FAST),
    Command::new("pexpiretime", 2, |ctx, argv| ttl(ctx, argv, false, false))
        .reads(1, 1, 1)
        .flags(Flags::FAST),
    Command::new("persist", 2, persist).writes(1, 1, 1).flags(Flags::FAST),
];

/// When an EXPIRE takes effect.
#[expect(clippy::struct_excessive_bools, reason = "four options, each given or not")]
#[derive(Clone, Copy, Debug, Default)]
struct Condition {
    nx: bool,
    xx: bool,
    gt: bool,
    lt: bool,
}

impl Condition {
    fn read(arguments: &[Bytes]) -> Result<Self, Error> {
        let mut condition = Self::default();
        for option in arguments {
            let flag = match option {
                option if is_option(option, "nx") => &mut condition.nx,
                option if is_option(option, "xx") => &mut condition.xx,
                option if is_option(option, "gt") => &mut condition.gt,
                option if is_option(option, "lt") => &mut condition.lt,
                other => {
                    return Err(Error::text(c_text(&[b"ERR Unsupported option ", &**other])));
                }
            };
            *flag = true;
        }
        let Self { nx, xx, gt, lt } = condition;
        if nx && (xx || gt || lt) {
            return Err(Error::fixed(
                "ERR NX and XX, GT or LT options at the same time are not compatible",
            ));
        }
        if gt && lt {
            return Err(Error::fixed("ERR GT and LT options at the same time are not compatible"));
        }
        Ok(condition)
    }

    /// Whether `when` may replace the present deadline. A key without one lives for ever.
    fn allows(self, present: Option<i64>, when: i64) -> bool {
        !(self.nx && present.is_some()
            || self.xx && present.is_none()
            || self.gt && present.is_none_or(|present| when <= present)
            || self.lt && present.is_some_and(|present| when >= present))
    }
}

/// `expireGenericCommand`: in seconds or ms, from now or absolute.
fn expire(
    ctx: &mut Ctx<'_>,
    argv: &[Bytes],
    name: &str,
    seconds: bool,
    relative: bool,
) -> Result<Reply, Error> {
    let key = &argv[1];
    let condition = Condition::read(&argv[3..])?;
    let when = integer(&argv[2])?;
    let when = if seconds { when.checked_mul(1000) } else { Some(when) };
    let base = if relative { ctx.now_ms() } else { 0 };
    let when = when
        .and_then(|when| when.checked_add(base))
        .ok_or_else(|| Error::text(format!("ERR invalid expire time in '{name}' command")))?;
    if !ctx.exists(key) || !condition.allows(ctx.deadline_of(key), when) {
        return Ok(Reply::Int(0));
    }
    if when <= ctx.now_ms() {
        // A deadline in the past is a deletion, not an expiry (Redis fact 5).
        ctx.remove(key);
        ctx.changed(key);
        ctx.notify(NotifyFlags::GENERIC, "del", key);
    } else {
        ctx.put_deadline(key, Some(when));
        ctx.changed(key);
        ctx.notify(NotifyFlags::GENERIC, "expire", key);
    }
    Ok(Reply::Int(1))
}

/// `ttlGenericCommand`. Seconds are rounded to the nearest (Redis fact 2).
fn ttl(ctx: &mut Ctx<'_>, argv: &[Bytes], seconds: bool, relative: bool) -> Result<Reply, Error> {
    let key = &argv[1];
    if ctx.read(key).is_none() {
        return Ok(Reply::Int(-2));
    }
    let Some(deadline) = ctx.deadline_of(key) else { return Ok(Reply::Int(-1)) };
    let base = if relative { ctx.clock_us().div_euclid(1000) } else { 0 };
    let ms = deadline.saturating_sub(base).max(0);
    ctx.note_time(ms);
    let reply = if seconds { (i128::from(ms) + 500) / 1000 } else { i128::from(ms) };
    Ok(Reply::Int(reply as i64))
}

fn persist(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let key = &argv[1];
    if !ctx.exists(key) || ctx.deadline_of(key).is_none() {
        return Ok(Reply::Int(0));
    }
    ctx.put_deadline(key, None);
    ctx.changed(key);
    ctx.notify(NotifyFlags::GENERIC, "persist", key);
    Ok(Reply::Int(1))
}
