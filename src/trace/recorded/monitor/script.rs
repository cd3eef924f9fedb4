//! Commands beside what the log has of their scripts, and what it means where the two differ.
//!
//! A log does not say what was before it. Where the lines of a script are not those of the model's run, the model is
//! wrong about a key: one that was there already is looked for with which the script runs exactly these lines
//! ([`Inferred`]). If there is none, or the script itself is not in the log, what the lines did is done.

use super::drive::{Driver, HAND, SCRIPT};
use super::group::Group;
use super::line::{Entry, From, same};
use super::said::Said;
use super::step::{How, Inferred, Step, What};
use crate::store::effect::Cause;
use crate::store::redis::{Bytes, RedisServer, Reply};
use crate::store::{Effect, Inbound, Link, Server};
use crate::time::Micros;
use crate::trace::recorded::redis::rule;

/// What somebody else's key holds of whom nothing is known.
pub const SOMEBODY: &str = "(not in the log)";

/// How near (µs) a deadline must be for the clock to leave it open.
const NEAR: i64 = 3_000;

/// How many keys are known to be settled at most.
const MOST_SETTLED: usize = 1 << 20;

/// Something that a key may have held.
struct Guess {
    key: Bytes,
    /// The commands that make it so.
    commands: Vec<Vec<Bytes>>,
    own: Option<Bytes>,
    /// Whether the key is gone.
    gone: bool,
}

impl Driver {
    /// Runs a command that is in no transaction.
    pub(super) fn run(&mut self, link: Link, entry: &Entry, group: &Group, step: &mut Step) {
        let now = step.now;
        let keys = keys_of_script(entry);
        let near = self.server.deadline().is_some_and(|due| due.0 <= now.0.saturating_add(NEAR));
        let open = !group.lua.is_empty()
            && !group.long
            && keys.iter().any(|key| self.is_open(entry.db, key));
        let before = (near || open).then(|| self.server.clone());
        self.said.asked = false;
        self.send(now, link, entry.words.clone());
        if self.said.asked {
            let fits = self.fits(link, group);
            if !fits && let Some(before) = &before {
                self.again(before, 1, now, link, entry);
            }
            self.counts.rule(rule::DEADLINE, !fits);
        }
        step.reply = self.reply(link);
        let missing = step.reply.as_ref().and_then(missing);
        if missing.is_some() && !group.lua.is_empty() {
            self.said.effects.clear();
            self.said.ran.clear();
            self.said.shown.clear();
            self.show_lines(now, &group.lua);
            step.effects = self.apply(now, link, &group.lua);
            (step.reply, step.how) = (None, How::Applied);
            self.show(now, What::Applied);
            return;
        }
        if missing == Some(Missing::Command) {
            self.said.shown.clear();
            (step.reply, step.how) = (None, How::Not);
            self.counts.not_modelled += 1;
            self.said.ran.clear();
            return self.show(now, What::NotModelled);
        }
        self.counts.executed += 1;
        if open
            && !self.fits(link, group)
            && let Some(before) = &before
        {
            self.explain(before, link, entry, group, step);
        }
        if step.how == How::Executed {
            step.effects.append(&mut self.said.effects);
            let ran = std::mem::take(&mut self.said.ran);
            if !group.recorded && !group.long {
                let model: Vec<&Entry> =
                    ran.iter().filter(|ran| ran.from == From::Script).collect();
                let recorded: Vec<&Entry> = group.lua.iter().collect();
                self.show_lines(now, &group.lua);
                let settles = !model.is_empty() && Self::fits_lines(&ran, group);
                self.compare(&recorded, &model, now);
                if settles {
                    self.settle(entry.db, &step.effects);
                }
            }
            self.tell(now, link);
        }
    }

    /// Whether what the model did is what the log has.
    fn fits(&self, link: Link, group: &Group) -> bool {
        match &group.reply {
            Some(reply) => self.reply(link).as_ref() == Some(reply),
            None => group.recorded || Self::fits_lines(&self.said.ran, group),
        }
    }

    fn fits_lines(ran: &[Entry], group: &Group) -> bool {
        let mut model = ran.iter().filter(|ran| ran.from == From::Script);
        group.lua.iter().all(|line| model.next().is_some_and(|ran| same(ran, line)))
            && model.next().is_none()
    }

    /// The same command once more, on the server as it was.
    fn again(&mut self, before: &RedisServer, gone: u32, now: Micros, link: Link, entry: &Entry) {
        self.server = before.clone();
        self.said = Said { gone, asked: true, deaf: self.said.deaf, ..Said::default() };
        self.send(now, link, entry.words.clone());
        self.said.gone = 0;
    }

    /// Looks for something that was there already with which the script runs the lines of the log.
    fn explain(
        &mut self,
        before: &RedisServer,
        link: Link,
        entry: &Entry,
        group: &Group,
        step: &mut Step,
    ) {
        let now = step.now;
        let run = std::mem::replace(&mut self.said, Said { deaf: true, ..Said::default() });
        let ran = std::mem::replace(&mut self.server, before.clone());
        for guess in guesses(entry) {
            if !self.is_open(entry.db, &guess.key) {
                continue;
            }
            self.server = before.clone();
            self.said = Said { deaf: true, ..Said::default() };
            self.send(now, HAND, vec!["SELECT".into(), entry.db.to_string().into()]);
            for command in &guess.commands {
                self.send(now, HAND, command.clone());
            }
            self.said = Said { deaf: run.deaf, ..Said::default() };
            self.send(now, link, entry.words.clone());
            if self.fits(link, group) {
                step.reply = self.reply(link);
                let Guess { key, own, gone, .. } = guess;
                step.inferred = Some(Inferred { db: entry.db, key, own, gone });
                return;
            }
        }
        (self.server, self.said) = (ran, run);
    }

    /// What commands would do on this database after others: on a copy of the server, with nobody else there.
    pub fn try_out(&self, db: usize, setup: &[Vec<Bytes>], commands: &[Entry]) -> Vec<Effect> {
        let now = self.now();
        let mut server = self.server.clone();
        let mut said = Said { deaf: true, ..Said::default() };
        let mut send = |said: &mut Said, words: Vec<Bytes>| {
            server.deliver(now, HAND, Inbound::Request(words.into()), said);
        };
        send(&mut said, vec!["SELECT".into(), db.to_string().into()]);
        for command in setup {
            send(&mut said, command.clone());
        }
        said.deaf = false;
        for command in commands {
            send(&mut said, command.words.clone());
        }
        said.effects
    }

    /// The answer to a question about a key of this database, which nobody notices.
    pub fn looked(&mut self, db: usize, words: &[&[u8]]) -> Option<Reply> {
        let words = words.iter().map(|word| Bytes::from(*word)).collect();
        self.by_hand(db, words)
    }

    /// Does what the lines of a script did, for a client.
    pub(super) fn apply(&mut self, now: Micros, link: Link, lines: &[Entry]) -> Vec<Effect> {
        let deaf = self.said.deaf;
        let mut effects = Vec::new();
        for line in lines {
            self.said = Said { deaf: true, ..Said::default() };
            self.send(now, SCRIPT, vec!["SELECT".into(), line.db.to_string().into()]);
            self.said.deaf = deaf;
            self.send(now, SCRIPT, line.words.clone());
            self.counts.lua_applied += 1;
            effects.append(&mut self.said.effects);
        }
        self.said = Said::default();
        for effect in &mut effects {
            if let Cause::Request { link: by, .. } = &mut effect.cause {
                *by = link;
            }
        }
        self.said.deaf = deaf;
        // What it waited for is not known, so it does not wait.
        if self.server.is_blocked(SCRIPT) {
            self.server.deliver(now, SCRIPT, Inbound::Disconnect, &mut self.said);
            self.server.deliver(now, SCRIPT, Inbound::Connect, &mut self.said);
        }
        effects
    }

    /// Whether it is not known what was under a key before the log.
    fn is_open(&self, db: usize, key: &Bytes) -> bool {
        self.settled.len() < MOST_SETTLED && !self.settled.contains(&(db, key.clone()))
    }

    /// What a script did to these keys is in the log line by line.
    fn settle(&mut self, db: usize, effects: &[Effect]) {
        for effect in effects {
            if self.settled.len() < MOST_SETTLED {
                self.settled.insert((db, Bytes::from(&*effect.item.place)));
            }
        }
    }
}

/// What the model lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    /// The text of a script.
    Script,
    /// A command, which the real server had: it shows no other.
    Command,
}

/// What an answer says of what the model lacks.
fn missing(reply: &Reply) -> Option<Missing> {
    let Reply::Error(text) = reply else { return None };
    let begins = |start: &str| text.starts_with(start.as_bytes());
    if begins("NOSCRIPT") {
        Some(Missing::Script)
    } else if begins("ERR lockstep does not model") || begins("ERR unknown command") {
        Some(Missing::Command)
    } else {
        None
    }
}

/// The keys that a script is given.
fn keys_of_script(entry: &Entry) -> &[Bytes] {
    let names = ["EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO", "FCALL", "FCALL_RO"];
    if !names.iter().any(|name| entry.is(name)) {
        return &[];
    }
    let count = entry.words.get(2).and_then(|count| std::str::from_utf8(count).ok()?.parse().ok());
    let count: usize = count.unwrap_or(0);
    entry.words.get(3..3 + count.min(entry.words.len())).unwrap_or_default()
}

/// What the keys of a script may have held, one at a time.
fn guesses(entry: &Entry) -> Vec<Guess> {
    let keys = keys_of_script(entry);
    let args = entry.words.get(3 + keys.len()..).unwrap_or_default();
    let mut guesses = Vec::new();
    for key in keys {
        let words = |words: &[&Bytes]| words.iter().map(|word| (*word).clone()).collect::<Vec<_>>();
        let delete = || vec![Bytes::from("DEL"), key.clone()];
        let mut add = |command: Option<Vec<Bytes>>, own: Option<&Bytes>| {
            let gone = command.is_none();
            let commands = std::iter::once(delete()).chain(command).collect();
            guesses.push(Guess { key: key.clone(), commands, own: own.cloned(), gone });
        };
        let (somebody, one) = (Bytes::from(SOMEBODY), Bytes::from("1"));
        let (set, hash) = (Bytes::from("SET"), Bytes::from("HSET"));
        add(None, None);
        add(Some(words(&[&set, key, &somebody])), None);
        add(Some(words(&[&hash, key, &somebody, &one])), None);
        for arg in args {
            add(Some(words(&[&set, key, arg])), Some(arg));
            add(Some(words(&[&hash, key, arg, &one])), Some(arg));
        }
        add(Some(words(&[&"RPUSH".into(), key, &somebody])), None);
        add(Some(words(&[&"ZADD".into(), key, &one, &somebody])), None);
    }
    guesses
}
