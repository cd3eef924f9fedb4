//! Scripts that a server knows, and how they call commands.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::command::{self, Flags, Lookup};
use super::core::Core;
use super::ctx::{Ctx, Inside};
use super::error::Error;
use super::memory::{is_short_of_memory, used_memory};
use super::reply::{Bytes, Reply};
use super::script::{Host, Rand48, Script};
use crate::store::Key;

/// What the interpreter of a server knows. It is lost when the server stops.
#[derive(Clone, Debug, Default)]
pub(super) struct Scripts {
    /// By SHA1.
    known: Rc<BTreeMap<Bytes, Rc<Script>>>,
    random: Rand48,
}

impl Scripts {
    /// The script of that name; upper and lower case are one (Redis fact 17).
    pub(super) fn get(&self, sha1: &[u8]) -> Option<Rc<Script>> {
        self.known.get(sha1).or_else(|| self.known.get(&*sha1.to_ascii_lowercase())).cloned()
    }

    /// The script of that text, compiled and kept if it was not known. The error is the client's reply.
    pub(super) fn load(&mut self, text: &Bytes) -> Result<Rc<Script>, Reply> {
        if let Some(script) = self.known.get(&Script::sha1_of(text)) {
            return Ok(script.clone());
        }
        let script = Rc::new(Script::load(text)?);
        Rc::make_mut(&mut self.known).insert(script.sha1().clone(), script.clone());
        Ok(script)
    }

    /// SCRIPT FLUSH.
    pub(super) fn clear(&mut self) {
        self.known = Rc::default();
    }

    /// Adds the canonical form to `key`.
    pub(super) fn key(&self, key: &mut Key) {
        key.int(self.known.len() as i64);
        for sha1 in self.known.keys() {
            key.bytes(sha1);
        }
        key.int(self.random.state() as i64);
    }
}

impl Ctx<'_> {
    /// Runs a script for the client of this command.
    pub(super) fn run_script(
        &mut self,
        script: &Script,
        keys: &[Bytes],
        args: &[Bytes],
        read_only: bool,
    ) -> Reply {
        let flags = script.flags();
        if flags.shebang
            && !flags.no_writes
            && let Some(error) = self.core.refuses_writes()
        {
            let error = match self.core.refusal {
                _ if self.core.replication.is_replica() => Error::NO_WRITER,
                Some(refusal) => refusal.script_error(),
                None => error,
            };
            return error.into();
        }
        // Who does not say `no-writes` in a shebang line may write.
        if flags.shebang && !flags.no_writes {
            if read_only {
                return Error::WRITER_AS_READER.into();
            }
            if !flags.allow_oom && is_short_of_memory(self.core) {
                return Error::OUT_OF_MEMORY.into();
            }
        }
        // SELECT in a script does not leak out (Redis fact 17).
        let (db, inside) = (self.db, std::mem::replace(&mut self.inside, Inside::Script));
        let mut host = ScriptHost {
            ctx: self,
            read_only: read_only || flags.no_writes,
            allow_oom: flags.allow_oom,
            calls: 0,
            wrote: false,
            filled: Filled::default(),
        };
        let reply = script.eval(keys, args, &mut host);
        (self.db, self.inside) = (db, inside);
        self.core.worked_us = 0;
        reply
    }
}

/// How long (µs) a script takes to call a command, and how many instructions it executes in a µs. Rounded from
/// the calibration of redis-server 7.0.15 and from a loop that took a real server longer than 20 ms; it is no
/// measurement.
const US_PER_CALL: i64 = 1;
const INSTRUCTIONS_PER_US: u64 = 300;

/// A server while a script runs in it.
struct ScriptHost<'a, 'b> {
    ctx: &'a mut Ctx<'b>,
    read_only: bool,
    allow_oom: bool,
    /// How many commands it called.
    calls: i64,
    /// Once a script wrote, memory does not stop it half-way.
    wrote: bool,
    /// What it may have put into the store.
    filled: Filled,
}

/// An upper bound of what is in the store: exact at the last count, and since then what each command could add.
#[derive(Default)]
struct Filled {
    counted: u64,
    added: u64,
}

impl Filled {
    /// How much data a script may leave behind, in bytes.
    const MOST: u64 = 128 << 20;
    const REFUSED: Error =
        Error::fixed("ERR lockstep: script exceeded its limit of 128 MiB of data in the store");

    /// Takes note of a command that makes data; refuses it if there may be too much of it then.
    fn make_room(&mut self, core: &Core, argv: &[Bytes]) -> Result<(), Error> {
        let adds = self.could_add(argv);
        if self.counted + self.added + adds > Self::MOST {
            *self = Self { counted: used_memory(core), added: 0 };
            if self.counted + adds > Self::MOST {
                return Err(Self::REFUSED);
            }
        }
        self.added += adds;
        Ok(())
    }

    /// What a command could add at most, in bytes.
    fn could_add(&self, argv: &[Bytes]) -> u64 {
        const PER_WORD: u64 = 96;
        let sent: u64 = argv.iter().map(|word| word.len() as u64 + PER_WORD).sum();
        match argv[0].to_ascii_uppercase().as_slice() {
            // A string that grows in place has at most that much.
            b"SETRANGE" | b"SETBIT" | b"BITFIELD" => sent + (1 << 20),
            // These make data of data: at most as much again.
            b"COPY" | b"BITOP" | b"SORT" | b"ZRANGESTORE" | b"SUNIONSTORE" | b"SINTERSTORE"
            | b"SDIFFSTORE" | b"ZUNIONSTORE" | b"ZINTERSTORE" | b"ZDIFFSTORE" => {
                const LEAST: u64 = 16 << 20;
                sent + (self.counted + self.added).max(LEAST)
            }
            _ => sent,
        }
    }
}

impl ScriptHost<'_, '_> {
    fn try_call(&mut self, argv: &[Bytes]) -> Result<Reply, Error> {
        let Lookup::Found(command) = command::find(argv) else {
            return Err(Error::fixed("ERR Unknown Redis command called from script"));
        };
        if !command.takes(argv.len()) {
            return Err(Error::fixed("ERR Wrong number of args calling Redis command from script"));
        }
        if command.has(Flags::NO_SCRIPT) {
            return Err(Error::fixed("ERR This Redis command is not allowed from script"));
        }
        let writes = command.has(Flags::WRITE);
        if self.read_only && (writes || command.has(Flags::MAY_REPLICATE)) {
            return Err(Error::fixed("ERR Write commands are not allowed from read-only scripts."));
        }
        if writes
            && !self.wrote
            && let Some(error) = self.ctx.core.refuses_writes()
        {
            return Err(error);
        }
        if command.has(Flags::DENY_OOM)
            && !self.wrote
            && !self.allow_oom
            && is_short_of_memory(self.ctx.core)
        {
            return Err(Error::OUT_OF_MEMORY);
        }
        if command.has(Flags::DENY_OOM) {
            self.filled.make_room(self.ctx.core, argv)?;
        }
        self.wrote |= writes;
        self.ctx.call(command, argv)
    }
}

impl Host for ScriptHost<'_, '_> {
    fn call(&mut self, argv: Vec<Bytes>) -> Reply {
        self.try_call(&argv).unwrap_or_else(Reply::from)
    }

    fn worked(&mut self, instructions: u64) {
        self.calls += 1;
        self.ctx.core.worked_us =
            self.calls * US_PER_CALL + (instructions / INSTRUCTIONS_PER_US) as i64;
    }

    fn may_run(&mut self, argv: &[Bytes]) -> Option<bool> {
        matches!(command::find(argv), Lookup::Found(_)).then_some(true)
    }

    fn random(&self) -> Rand48 {
        self.ctx.core.scripts.random
    }

    fn keep_random(&mut self, random: Rand48) {
        self.ctx.core.scripts.random = random;
    }
}
