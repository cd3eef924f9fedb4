//! EVAL, EVALSHA, their read-only forms, and SCRIPT.

use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::monitor;
use super::super::reply::{Bytes, Reply};
use super::parse::{integer, is_option};
use super::{Command, Flags};

const EVAL: Flags = Flags::NO_SCRIPT.with(Flags::SKIP_MONITOR).with(Flags::MAY_REPLICATE);
const EVAL_RO: Flags = Flags::NO_SCRIPT.with(Flags::SKIP_MONITOR).with(Flags::READ_ONLY);

pub(super) const COMMANDS: &[Command] = &[
    Command::new("eval", -3, |ctx, argv| eval(ctx, argv, false)).flags(EVAL),
    Command::new("eval_ro", -3, |ctx, argv| eval(ctx, argv, true)).flags(EVAL_RO),
    Command::new("evalsha", -3, |ctx, argv| evalsha(ctx, argv, false)).flags(EVAL),
    Command::new("evalsha_ro", -3, |ctx, argv| evalsha(ctx, argv, true)).flags(EVAL_RO),
    Command::container("script", SCRIPT).flags(Flags::NO_SCRIPT),
];

const SCRIPT: &[Command] = &[
    Command::new("script|load", 3, load).flags(Flags::NO_SCRIPT),
    Command::new("script|exists", -3, exists).flags(Flags::NO_SCRIPT),
    Command::new("script|flush", -2, flush).flags(Flags::NO_SCRIPT),
    Command::new("script|kill", 2, kill).flags(Flags::NO_SCRIPT),
    Command::new("script|debug", 3, debug).flags(Flags::NO_SCRIPT),
    Command::new("script|help", 2, help).flags(Flags::NO_SCRIPT),
];

/// The length of a SHA1 in hexadecimal digits.
const SHA1_DIGITS: usize = 40;

fn eval(ctx: &mut Ctx<'_>, argv: &[Bytes], read_only: bool) -> Result<Reply, Error> {
    if ctx.has_monitors() {
        monitor::show(ctx, argv);
    }
    let numkeys = number_of_keys(argv)?;
    let script = match ctx.core.scripts.load(&argv[1]) {
        Ok(script) => script,
        Err(reply) => return Ok(reply),
    };
    let (keys, args) = argv[3..].split_at(numkeys);
    Ok(ctx.run_script(&script, keys, args, read_only))
}

fn evalsha(ctx: &mut Ctx<'_>, argv: &[Bytes], read_only: bool) -> Result<Reply, Error> {
    if ctx.has_monitors() {
        monitor::show(ctx, argv);
    }
    if argv[1].len() != SHA1_DIGITS {
        return Err(Error::NO_SCRIPT);
    }
    let numkeys = number_of_keys(argv)?;
    let script = ctx.core.scripts.get(&argv[1]).ok_or(Error::NO_SCRIPT)?;
    let (keys, args) = argv[3..].split_at(numkeys);
    Ok(ctx.run_script(&script, keys, args, read_only))
}

fn number_of_keys(argv: &[Bytes]) -> Result<usize, Error> {
    let numkeys = integer(&argv[2])?;
    if numkeys > argv.len() as i64 - 3 {
        return Err(Error::fixed("ERR Number of keys can't be greater than number of args"));
    }
    usize::try_from(numkeys).map_err(|_| Error::fixed("ERR Number of keys can't be negative"))
}

fn load(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(match ctx.core.scripts.load(&argv[2]) {
        Ok(script) => Reply::Bulk(script.sha1().clone()),
        Err(reply) => reply,
    })
}

fn exists(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let known = argv[2..].iter().map(|sha1| ctx.core.scripts.get(sha1).is_some().into());
    Ok(Reply::Array(known.collect()))
}

fn flush(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    match &argv[2..] {
        [] => {}
        [mode] if is_option(mode, "sync") || is_option(mode, "async") => {}
        _ => {
            return Err(Error::fixed("ERR SCRIPT FLUSH only support SYNC|ASYNC option"));
        }
    }
    ctx.core.scripts.clear();
    Ok(Reply::OK)
}

/// Nothing else happens while a script runs, so none can be found running.
fn kill(_: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    Err(Error::fixed("NOTBUSY No scripts in execution right now."))
}

fn debug(_: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    Err(Error::not_modelled("the debugger of scripts"))
}

fn help(_: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    Err(Error::not_modelled("HELP"))
}
