//! The command table: every command with its arity, its flags, where its keys stand and what runs.
//!
//! # Adding a family
//!
//! 1. A file here, with `pub(super) const COMMANDS: &[Command]`: one [`Command::new`] each, and below it one
//!    function each of the type [`Handler`].
//! 2. Its `mod` line and one line in [`FAMILIES`].
//! 3. A new kind of value: a file in `../value/` and a variant of [`Value`](super::value::Value).
//!
//! A handler gets the whole command line (`argv[0]` is the name; the arity was checked) and gives a reply or
//! an [`Error`]. It reaches keys through the methods of `Ctx` in `../keyspace/access.rs`: `read` (a command
//! that only reads), `write` (to change in place), `set` / `add` / `delete`, then `changed(key)` once for each
//! key that was really changed and `notify(class, event, key)` in the order in which Redis does. To block:
//! `ctx.block(..)` (see `../blocking.rs`) if `ctx.may_block()`, else the reply of a timeout.

mod bits;
mod client;
mod config;
mod connection;
mod expire;
mod generic;
mod hash;
mod keys;
mod left_out;
mod list;
mod parse;
mod partial_sort;
mod pubsub;
mod random;
mod replication;
mod scan;
mod scripting;
mod server;
mod set;
mod settings;
mod sort;
mod string;
mod transaction;
mod zset;

use std::sync::LazyLock;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::ctx::Ctx;
use super::error::Error;
use super::reply::{Bytes, Reply};

/// All families.
const FAMILIES: &[&[Command]] = &[
    bits::COMMANDS,
    client::COMMANDS,
    config::COMMANDS,
    connection::COMMANDS,
    expire::COMMANDS,
    generic::COMMANDS,
    hash::COMMANDS,
    keys::COMMANDS,
    left_out::COMMANDS,
    list::COMMANDS,
    pubsub::COMMANDS,
    replication::COMMANDS,
    scripting::COMMANDS,
    server::COMMANDS,
    set::COMMANDS,
    sort::COMMANDS,
    string::COMMANDS,
    transaction::COMMANDS,
    zset::COMMANDS,
];

/// What runs a command.
pub(crate) type Handler = fn(ctx: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error>;

/// A command or a subcommand.
#[derive(Debug)]
pub(crate) struct Command {
    /// In lower case; a subcommand is `client|id`.
    pub(crate) name: &'static str,
    /// How many arguments it takes, its name included; `-n` is `n` or more.
    pub(crate) arity: i32,
    flags: Flags,
    /// The first key, the last one (negative: from the end) and the step; zeros are none, or only the command
    /// knows.
    pub(crate) keys: (i32, i32, i32),
    /// What runs it.
    pub(super) run: Handler,
    /// Its subcommands, if it is a container.
    pub(crate) subcommands: &'static [Command],
}

impl Command {
    /// A command without flags and keys.
    pub(super) const fn new(name: &'static str, arity: i32, run: Handler) -> Self {
        Self { name, arity, flags: Flags(0), keys: (0, 0, 0), run, subcommands: &[] }
    }

    /// A command whose second word says what it does.
    pub(super) const fn container(name: &'static str, subcommands: &'static [Command]) -> Self {
        Self { subcommands, ..Self::new(name, -2, no_subcommand) }
    }

    /// With these flags.
    pub(super) const fn flags(self, flags: Flags) -> Self {
        Self { flags: self.flags.with(flags), ..self }
    }

    /// It only reads, from these keys: first, last, step.
    pub(super) const fn reads(self, first: i32, last: i32, step: i32) -> Self {
        Self { keys: (first, last, step), ..self.flags(Flags::READ_ONLY) }
    }

    /// It writes to these keys, but never needs more memory.
    pub(super) const fn writes(self, first: i32, last: i32, step: i32) -> Self {
        Self { keys: (first, last, step), ..self.flags(Flags::WRITE) }
    }

    /// It writes to these keys and may need more memory.
    pub(super) const fn grows(self, first: i32, last: i32, step: i32) -> Self {
        self.writes(first, last, step).flags(Flags::DENY_OOM)
    }

    /// Whether it has one of these flags.
    pub(crate) const fn has(&self, flags: Flags) -> bool {
        self.flags.0 & flags.0 != 0
    }

    /// Whether it takes that many arguments, its name included.
    pub(crate) const fn takes(&self, count: usize) -> bool {
        if self.arity < 0 {
            count >= self.arity.unsigned_abs() as usize
        } else {
            count == self.arity as usize
        }
    }
}

/// Properties of a command that matter to whether and how it runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Flags(u16);

impl Flags {
    /// None of them.
    pub(crate) const NONE: Self = Self(0);
    /// It may change data.
    pub(crate) const WRITE: Self = Self(1);
    /// It only reads data.
    pub(crate) const READ_ONLY: Self = Self(1 << 1);
    /// It may need more memory.
    pub(crate) const DENY_OOM: Self = Self(1 << 2);
    /// Scripts must not call it.
    pub(crate) const NO_SCRIPT: Self = Self(1 << 3);
    /// It may block.
    pub(crate) const BLOCKING: Self = Self(1 << 4);
    /// A subscribed connection may run it.
    pub(crate) const WHILE_SUBSCRIBED: Self = Self(1 << 5);
    /// It administers the server. MONITOR does not show it.
    pub(crate) const ADMIN: Self = Self(1 << 6);
    /// MONITOR does not show it, or the command sees to that itself.
    pub(crate) const SKIP_MONITOR: Self = Self(1 << 7);
    /// It is refused in a transaction.
    pub(crate) const NO_MULTI: Self = Self(1 << 8);
    /// In a transaction it runs at once: EXEC, DISCARD, MULTI, WATCH, QUIT, RESET.
    pub(crate) const NOT_QUEUED: Self = Self(1 << 9);
    /// It has effects elsewhere, and so counts as a write in a read-only script (PUBLISH).
    pub(crate) const MAY_REPLICATE: Self = Self(1 << 10);
    /// It answers in constant or logarithmic time.
    pub(crate) const FAST: Self = Self(1 << 11);
    /// It is about channels.
    pub(crate) const PUBSUB: Self = Self(1 << 12);

    /// It needs a setting that nobody made (`enable-debug-command`): it is refused before anything else.
    pub(crate) const PROTECTED: Self = Self(1 << 13);
    /// The model does not have it.
    pub(crate) const LEFT_OUT: Self = Self(1 << 14);

    /// These flags together.
    pub(crate) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What a command line names.
pub(crate) enum Lookup {
    /// This command.
    Found(&'static Command),
    /// Nothing.
    UnknownCommand,
    /// A container without that subcommand.
    UnknownSubcommand(&'static Command),
}

static TABLE: LazyLock<IndexMap<&'static [u8], &'static Command, FxBuildHasher>> =
    LazyLock::new(|| {
        let commands = FAMILIES.iter().flat_map(|family| family.iter());
        commands.map(|command| (command.name.as_bytes(), command)).collect()
    });

/// All commands, without subcommands.
pub(crate) fn all() -> impl Iterator<Item = &'static Command> {
    TABLE.values().copied()
}

/// Longer than every command's name.
const LONGEST: usize = 32;

/// The command that a line names. `argv` is not empty.
pub(crate) fn find(argv: &[Bytes]) -> Lookup {
    let Some(command) = find_name(&argv[0]) else { return Lookup::UnknownCommand };
    let (false, Some(word)) = (command.subcommands.is_empty(), argv.get(1)) else {
        return Lookup::Found(command);
    };
    let subcommand = command.subcommands.iter().find(|subcommand| {
        let name = &subcommand.name.as_bytes()[command.name.len() + 1..];
        name.eq_ignore_ascii_case(word)
    });
    subcommand.map_or(Lookup::UnknownSubcommand(command), Lookup::Found)
}

/// The command of that name, in any case.
pub(crate) fn find_name(name: &[u8]) -> Option<&'static Command> {
    let mut lower = [0; LONGEST];
    let lower = lower.get_mut(..name.len())?;
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    TABLE.get(&*lower).copied()
}

/// A container alone does not pass the check of its arity, but for COMMAND.
fn no_subcommand(_: &mut Ctx<'_>, argv: &[Bytes]) -> Result<Reply, Error> {
    Err(Error::not_modelled(&format!("{} without a subcommand", argv[0].to_text())))
}
