//! Scripts that a server knows, and how they call commands.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::command::{self, Flags, Lookup};
use super::core::Core;
use super::ctx::{Answers, Asks, Ctx, Inside};
use super::error::Error;
use super::memory::is_short_of_memory;
use super::reply::{Bytes, Reply};
use super::script::{Host, Script};
use crate::store::{Key, Link};

/// The script cache, by SHA1. It is lost when the server stops.
#[derive(Clone, Debug, Default)]
pub(super) struct Scripts(Rc<BTreeMap<Bytes, Rc<Script>>>);

impl Scripts {
    /// The script of that name; upper and lower case are one (FACTS-REDIS.md 17).
    pub(super) fn get(&self, sha1: &[u8]) -> Option<Rc<Script>> {
        self.0.get(sha1).or_else(|| self.0.get(&*sha1.to_ascii_lowercase())).cloned()
    }

    /// The script of that text, compiled and kept if it was not known. The error is the client's reply.
    pub(super) fn load(&mut self, text: &Bytes) -> Result<Rc<Script>, Reply> {
        if let Some(script) = self.0.get(&Script::sha1_of(text)) {
            return Ok(script.clone());
        }
        let script = Rc::new(Script::load(text)?);
        Rc::make_mut(&mut self.0).insert(script.sha1().clone(), script.clone());
        Ok(script)
    }

    /// SCRIPT FLUSH.
    pub(super) fn clear(&mut self) {
        self.0 = Rc::default();
    }

    /// How many scripts are kept.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds the canonical form to `key`.
    pub(super) fn key(&self, key: &mut Key) {
        key.int(self.0.len() as i64);
        for sha1 in self.0.keys() {
            key.bytes(sha1);
        }
    }
}

impl Ctx<'_> {
    /// Runs a script for the client of this command.
    ///
    /// A script cannot hold the world, so it cannot ask it. It runs with nominal answers first; if the world
    /// then answers otherwise, all is put back and the script runs again with what is known. Only what may
    /// ask at all pays for the copy.
    pub(super) fn run_script(
        &mut self,
        script: &Script,
        keys: &[Bytes],
        args: &[Bytes],
        read_only: bool,
    ) -> Reply {
        let before = self.may_ask(script, args).then(|| self.core.clone());
        let mut given = Vec::new();
        loop {
            let mut host = ScriptHost {
                core: std::mem::take(self.core),
                answers: Answers { given, asked: Vec::new() },
                link: self.link,
                db: self.db,
                read_only: read_only || script.flags().no_writes,
                allow_oom: script.flags().allow_oom,
                wrote: false,
            };
            let reply = script.eval(keys, args, &mut host);
            *self.core = host.core;
            let Answers { given: mut known, asked } = host.answers;
            let Some(before) = &before else { return reply };
            let mut again = false;
            for (draw, n) in asked.into_iter().skip(known.len()) {
                let answer = self.draw(&draw, n);
                known.push(answer);
                if answer != 0 {
                    again = true;
                    break;
                }
            }
            if !again {
                return reply;
            }
            self.core.clone_from(before);
            given = known;
        }
    }

    /// Whether a command in the script may ask a question: those that pick at random do, deadlines in doubt
    /// do, eviction does, and so does a message for several patterns.
    fn may_ask(&self, script: &Script, args: &[Bytes]) -> bool {
        self.core.config.doubt_ms >= 0
            || self.core.config.maxmemory > 0
            || self.core.pubsub.patterns.len() > 1
            || std::iter::once(script.text()).chain(args).any(|text| mentions_random(text))
    }
}

/// Whether a text names a command that picks at random: RANDOMKEY, SRANDMEMBER, HRANDFIELD, ZRANDMEMBER,
/// SPOP, or one that counts keys.
fn mentions_random(text: &[u8]) -> bool {
    text.windows(4).any(|word| {
        [b"rand", b"spop", b"dbsi"].iter().any(|name| word.eq_ignore_ascii_case(*name))
    })
}

/// A server while a script runs in it.
struct ScriptHost {
    core: Core,
    answers: Answers,
    link: Link,
    /// The script's own selected database: SELECT in a script does not leak out (FACTS-REDIS.md 17).
    db: usize,
    read_only: bool,
    allow_oom: bool,
    /// Once a script wrote, memory does not stop it half-way.
    wrote: bool,
}

impl ScriptHost {
    fn try_call(&mut self, argv: &[Bytes]) -> Result<Reply, Error> {
        let command = match command::find(argv) {
            Lookup::Found(command) => command,
            Lookup::UnknownCommand | Lookup::UnknownSubcommand(_) => {
                return Err(Error::fixed("ERR Unknown Redis command called from script"));
            }
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
        if command.has(Flags::DENY_OOM)
            && !self.wrote
            && !self.allow_oom
            && is_short_of_memory(&self.core)
        {
            return Err(Error::OUT_OF_MEMORY);
        }
        self.wrote |= writes;
        let mut ctx = Ctx {
            core: &mut self.core,
            asks: Asks::Script(&mut self.answers),
            link: self.link,
            db: self.db,
            inside: Inside::Script,
            later: false,
            own: Vec::new(),
        };
        let result = ctx.call(command, argv);
        self.db = ctx.db;
        result
    }
}

impl Host for ScriptHost {
    fn call(&mut self, argv: Vec<Bytes>) -> Reply {
        self.try_call(&argv).unwrap_or_else(Reply::from)
    }
}
