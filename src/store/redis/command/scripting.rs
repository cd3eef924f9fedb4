//! EVAL, EVALSHA, their read-only forms, and SCRIPT.

use std::rc::Rc;

use super::super::ctx::Ctx;
use super::super::error::Error;
use super::super::memory::is_short_of_memory;
use super::super::monitor;
use super::super::number::read_integer;
use super::super::reply::{Bytes, Reply};
use super::super::script::Script;
use super::{Command, Flags};

/// Of all that run a script. They show themselves to MONITOR, before the commands of their script.
const RUNS: Flags = Flags::NO_SCRIPT.with(Flags::SKIP_MONITOR);

pub(super) const COMMANDS: &[Command] = &[
    Command::new("eval", -3, eval).flags(RUNS.with(Flags::MAY_REPLICATE)),
    Command::new("evalsha", -3, evalsha).flags(RUNS.with(Flags::MAY_REPLICATE)),
    Command::new("eval_ro", -3, eval_ro).flags(RUNS.with(Flags::READ_ONLY)),
    Command::new("evalsha_ro", -3, evalsha_ro).flags(RUNS.with(Flags::READ_ONLY)),
    Command::container(
        "script",
        &[
            Command::new("script|load", 3, load).flags(Flags::NO_SCRIPT),
            Command::new("script|exists", -3, exists).flags(Flags::NO_SCRIPT),
            Command::new("script|flush", -2, flush).flags(Flags::NO_SCRIPT),
            Command::new("script|kill", 2, kill).flags(Flags::NO_SCRIPT),
            Command::new("script|debug", 3, debug).flags(Flags::NO_SCRIPT),
            Command::new("script|help", 2, help),
        ],
    )
    .flags(Flags::NO_SCRIPT),
];

fn eval(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    run_text(ctx, argv, false)
}

fn eval_ro(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    run_text(ctx, argv, true)
}

fn evalsha(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    run_known(ctx, argv, false)
}

fn evalsha_ro(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    run_known(ctx, argv, true)
}

/// Runs a script from its text, which is kept.
fn run_text(ctx: &mut Ctx<'_>, argv: &[Bytes], read_only: bool) -> Result<Reply, Error> {
    ctx.show_to_monitors(argv);
    let keys = number_of_keys(argv)?;
    match ctx.core.scripts.load(&argv[1]) {
        Ok(script) => run(ctx, &script, &argv[3..], keys, read_only),
        Err(reply) => Ok(reply),
    }
}

/// Runs a script by its name. What cannot be a name is unknown before anything else is looked at
/// (FACTS-REDIS.md 17).
fn run_known(ctx: &mut Ctx<'_>, argv: &[Bytes], read_only: bool) -> Result<Reply, Error> {
    ctx.show_to_monitors(argv);
    if argv[1].len() != 40 {
        return Err(Error::NO_SCRIPT);
    }
    let keys = number_of_keys(argv)?;
    let script: Rc<Script> = ctx.core.scripts.get(&argv[1]).ok_or(Error::NO_SCRIPT)?;
    run(ctx, &script, &argv[3..], keys, read_only)
}

fn number_of_keys(argv: &[Bytes]) -> Result<usize, Error> {
    let keys = read_integer(&argv[2]).ok_or(Error::NOT_AN_INTEGER)?;
    if keys > argv.len() as i64 - 3 {
        return Err(Error::fixed("ERR Number of keys can't be greater than number of args"));
    }
    usize::try_from(keys).map_err(|_| Error::fixed("ERR Number of keys can't be negative"))
}

/// What a shebang line promises is checked before the script runs; a script without one is only stopped at a
/// command that it must not call.
fn run(
    ctx: &mut Ctx<'_>,
    script: &Script,
    arguments: &[Bytes],
    keys: usize,
    read_only: bool,
) -> Result<Reply, Error> {
    let flags = script.flags();
    if flags.shebang && !flags.no_writes {
        if read_only {
            return Err(Error::fixed(
                "ERR Can not execute a script with write flag using *_ro command.",
            ));
        }
        if !flags.allow_oom && is_short_of_memory(ctx.core) {
            return Err(Error::fixed(
                "OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'",
            ));
        }
    }
    let (keys, args) = arguments.split_at(keys);
    Ok(ctx.run_script(script, keys, args, read_only))
}

impl Ctx<'_> {
    fn show_to_monitors(&mut self, argv: &[Bytes]) {
        if !self.core.monitors.is_empty() {
            monitor::show(self, argv);
        }
    }
}

fn load(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Ok(match ctx.core.scripts.load(&argv[2]) {
        Ok(script) => Reply::Bulk(script.sha1().clone()),
        Err(reply) => reply,
    })
}

fn exists(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let known = argv[2..].iter().map(|sha1| ctx.core.scripts.get(sha1).is_some());
    Ok(Reply::Array(known.map(|known| Reply::Int(i64::from(known))).collect()))
}

fn flush(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    let known = match &argv[2..] {
        [] => true,
        [how] => how.eq_ignore_ascii_case(b"sync") || how.eq_ignore_ascii_case(b"async"),
        _ => false,
    };
    if !known {
        return Err(Error::fixed("ERR SCRIPT FLUSH only support SYNC|ASYNC option"));
    }
    ctx.core.scripts.clear();
    Ok(Reply::OK)
}

/// No other client's command arrives while a script runs.
fn kill(_: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    Err(Error::fixed("NOTBUSY No scripts in execution right now."))
}

fn debug(_: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    if argv[2].eq_ignore_ascii_case(b"no") {
        return Ok(Reply::OK);
    }
    if argv[2].eq_ignore_ascii_case(b"yes") || argv[2].eq_ignore_ascii_case(b"sync") {
        return Err(Error::not_modelled("the debugger of scripts"));
    }
    Err(Error::fixed("ERR Use SCRIPT DEBUG YES/SYNC/NO"))
}

fn help(_: &mut Ctx<'_>, _: &[Bytes]) -> Result<Reply, Error> {
    Err(Error::not_modelled("SCRIPT HELP"))
}
