//! The model, driven with the commands of a MONITOR log, one after the other.

use std::collections::{BTreeMap, BTreeSet};

use super::clock::Clock;
use super::group::Group;
use super::line::{Entry, From, describe, is_secret, same};
use super::said::Said;
use super::step::{Counts, How, Shown, Step, What};
use crate::store::redis::{Bytes, Config, NotifyFlags, RedisServer, Reply};
use crate::store::{Effect, Inbound, Link, Server};
use crate::time::Micros;
use crate::trace::recorded::Difference;

/// Sees what the server runs.
pub(super) const MONITOR: Link = Link(1);
/// Hears of keys that expire.
const EXPIRIES: Link = Link(2);
/// Looks into keys and puts some there.
pub(super) const HAND: Link = Link(3);
/// Runs the lines of scripts that are not in the log.
pub(super) const SCRIPT: Link = Link(4);
/// The first of the clients.
const FIRST: u32 = 10;
/// How many connections are kept. A server knows which of them ended, a log does not.
const MOST_LINKS: usize = 1 << 12;

/// Who is always connected.
const CONNECTED: [(Link, &[&str]); 4] = [
    (MONITOR, &["MONITOR"]),
    (EXPIRIES, &["PSUBSCRIBE", "__keyevent@*__:expired"]),
    (HAND, &[]),
    (SCRIPT, &[]),
];

/// Drives the model with a log.
///
/// It keeps what the server keeps, and nothing of the lines that are over.
#[derive(Debug)]
pub struct Driver {
    pub(super) server: RedisServer,
    clock: Clock,
    links: BTreeMap<From, (Link, Micros)>,
    names: BTreeMap<Link, From>,
    count: u32,
    pub(super) said: Said,
    /// What became of the commands so far.
    pub counts: Counts,
    /// What is to be shown; none if nobody wants to see it.
    pub shown: Option<Vec<Shown>>,
    /// The client in a transaction, and what stands in the log since its MULTI.
    queued: BTreeMap<From, Vec<Group>>,
    /// Keys of which it is known what they hold, whatever was before the log.
    pub(super) settled: BTreeSet<(usize, Bytes)>,
}

impl Driver {
    /// Drives a model with a log that begins then (µs since 1970).
    pub fn new(begins: Micros) -> Self {
        let notify = NotifyFlags::parse(b"Ex").unwrap_or(NotifyFlags::NONE);
        let config = Config {
            epoch_us: begins.0,
            // A log does not say how many there are.
            databases: 1 << 17,
            notify,
            doubt_ms: 1,
            absolute_time: true,
            client_ids: true,
            ..Config::default()
        };
        let mut driver = Self {
            server: RedisServer::new(config),
            clock: Clock::new(begins),
            links: BTreeMap::new(),
            names: BTreeMap::new(),
            count: FIRST,
            said: Said::default(),
            counts: Counts::default(),
            shown: None,
            queued: BTreeMap::new(),
            settled: BTreeSet::new(),
        };
        driver.restart();
        driver.said = Said::default();
        driver
    }

    pub(super) fn send(&mut self, now: Micros, link: Link, words: Vec<Bytes>) {
        self.server.deliver(now, link, Inbound::Request(words.into()), &mut self.said);
    }

    /// Whose connection this is.
    pub fn whose(&self, link: Link) -> Option<&From> {
        self.names.get(&link)
    }

    /// The model's server, as it is now.
    pub fn server(&self) -> &RedisServer {
        &self.server
    }

    /// The log's time of an instant.
    pub fn log_time(&self, now: Micros) -> Micros {
        self.clock.log_time(now)
    }

    /// Whether effects are told from now on: they are, if nothing else is said.
    pub fn listen(&mut self, to_effects: bool) {
        self.said.deaf = !to_effects;
    }

    /// The connection of a client ended.
    pub fn disconnect(&mut self, client: &str) {
        self.forget(&From::Client(client.to_owned()), self.now());
    }

    /// The server died and came back with nothing; its clients connect anew.
    pub fn restart(&mut self) {
        let now = self.now();
        self.links.clear();
        self.names.clear();
        self.queued.clear();
        self.server.crash();
        self.server.restart(now, &mut self.said);
        for (link, command) in CONNECTED {
            self.server.deliver(now, link, Inbound::Connect, &mut self.said);
            if !command.is_empty() {
                let words = command.iter().map(|word| Bytes::from(*word)).collect();
                self.send(now, link, words);
            }
        }
        self.said = Said { deaf: self.said.deaf, ..Said::default() };
    }

    /// The latest instant (µs since the log began).
    pub fn now(&self) -> Micros {
        self.clock.last()
    }

    /// Does something by a hand that is not in the log, and what the model answers.
    pub fn by_hand(&mut self, db: usize, words: Vec<Bytes>) -> Option<Reply> {
        let now = self.now();
        let said = std::mem::replace(&mut self.said, Said { deaf: true, ..Said::default() });
        self.send(now, HAND, vec!["SELECT".into(), db.to_string().into()]);
        self.said.shown.clear();
        self.send(now, HAND, words);
        let answer = self.reply(HAND);
        self.said = said;
        answer
    }

    /// One command, with what its script ran.
    pub fn step(&mut self, group: &Group) -> Step {
        let Some(first) = group.first() else { return Step::default() };
        let (now, back) = self.clock.at(first.at);
        self.counts.went_back += u64::from(back);
        let before = self.pass(now);
        let recorded = group.recorded;
        let mut step = Step { now, before, recorded, ..Step::default() };
        let Some(entry) = &group.entry else {
            // The log begins in the middle of a script.
            self.show_lines(now, &group.lua);
            let link = self.link(&From::Script, 0, now);
            step.commands.clone_from(&group.lua);
            step.effects = self.apply(now, link, &group.lua);
            step.how = How::Applied;
            return step;
        };
        self.show(now, What::Line(entry.clone()));
        if is_secret(entry) {
            self.counts.not_shown += 1;
            step.how = How::Not;
            self.show(now, What::NotDriven("a log does not show names and passwords"));
            return step;
        }
        self.client(entry, group, &mut step);
        step
    }

    /// A client's command.
    fn client(&mut self, entry: &Entry, group: &Group, step: &mut Step) {
        let now = step.now;
        let link = self.link(&entry.from, if entry.is("SELECT") { 0 } else { entry.db }, now);
        let ends = entry.is("EXEC") || entry.is("DISCARD");
        if let Some(queue) = self.queued.get_mut(&entry.from)
            && !ends
            && !entry.is("MULTI")
            && !entry.is("WATCH")
        {
            // It stands in the log where it ran, just before its EXEC.
            queue.push(group.clone());
            self.send(now, link, entry.words.clone());
            self.show_lines(now, &group.lua);
            self.tell(now, link);
            self.counts.executed += 1;
            step.how = How::Queued;
            return;
        }
        let queued = if ends { self.queued.remove(&entry.from) } else { None };
        let queued = queued.unwrap_or_default();
        step.commands = queued.iter().filter_map(|group| group.entry.clone()).collect();
        step.lua = queued.iter().flat_map(|group| group.lua.clone()).collect();
        if step.commands.is_empty() {
            step.commands.push(entry.clone());
        }
        step.lua.extend(group.lua.iter().cloned());
        if queued.is_empty() {
            self.run(link, entry, group, step);
        } else {
            let lines: Vec<&Entry> =
                queued.iter().flat_map(|group| group.entry.iter().chain(&group.lua)).collect();
            self.run_transaction(link, entry, &lines, step);
        }
        if entry.is("MULTI") && !step.reply.as_ref().is_some_and(Reply::is_error) {
            self.queued.insert(entry.from.clone(), Vec::new());
        }
        if entry.is("QUIT") {
            self.forget(&entry.from, now);
        }
    }

    /// EXEC: the queued commands and what their scripts ran.
    fn run_transaction(&mut self, link: Link, entry: &Entry, lines: &[&Entry], step: &mut Step) {
        let now = step.now;
        self.send(now, link, entry.words.clone());
        let ran = std::mem::take(&mut self.said.ran);
        let is_lua = |entry: &&&Entry| entry.from == From::Script;
        let recorded: Vec<&Entry> = lines.iter().filter(is_lua).copied().collect();
        let model: Vec<&Entry> = ran.iter().filter(|ran| ran.from == From::Script).collect();
        self.compare(&recorded, &model, now);
        self.counts.executed += 1;
        step.effects.append(&mut self.said.effects);
        step.reply = self.reply(link);
        self.tell(now, link);
    }

    /// The client's connection, on the database that the log says.
    fn link(&mut self, from: &From, db: usize, now: Micros) -> Link {
        if let Some((link, last)) = self.links.get_mut(from) {
            *last = now;
            if !self.server.is_blocked(*link) {
                return *link;
            }
            // Whoever sends the next command waits no longer, whatever the model says.
            self.forget(from, now);
        }
        if self.links.len() >= MOST_LINKS {
            self.forget_oldest(now);
        }
        let link = Link(self.count);
        self.count = self.count.wrapping_add(1).max(FIRST);
        self.links.insert(from.clone(), (link, now));
        self.names.insert(link, from.clone());
        self.server.deliver(now, link, Inbound::Connect, &mut self.said);
        if db != 0 {
            // It chose its database before the log began.
            let said = std::mem::take(&mut self.said);
            self.send(now, link, vec!["SELECT".into(), db.to_string().into()]);
            self.said = said;
        }
        link
    }

    /// The connection is over, as far as anybody can tell.
    fn forget(&mut self, from: &From, now: Micros) {
        if let Some((link, _)) = self.links.remove(from) {
            self.names.remove(&link);
            self.queued.remove(from);
            self.server.deliver(now, link, Inbound::Disconnect, &mut self.said);
        }
    }

    /// Half of the connections, those that were silent for longest.
    fn forget_oldest(&mut self, now: Micros) {
        let mut all: Vec<(Micros, From)> = self
            .links
            .iter()
            .filter(|(_, (link, _))| !self.server.is_blocked(*link))
            .map(|(from, (_, last))| (*last, from.clone()))
            .collect();
        all.sort();
        for (_, from) in &all[..all.len() / 2] {
            self.forget(from, now);
        }
    }

    /// Time passes: keys expire, blocks end.
    fn pass(&mut self, until: Micros) -> Vec<(Micros, Effect)> {
        let mut effects = Vec::new();
        let mut last = Micros(i64::MIN);
        while let Some(due) = self.server.deadline().filter(|due| *due <= until && *due > last) {
            last = due;
            self.server.wake(due, &mut self.said);
            effects.extend(self.said.effects.drain(..).map(|effect| (due, effect)));
            self.tell(due, MONITOR);
        }
        self.said.ran.clear();
        effects
    }

    /// What the model answered to `link` just now.
    pub(super) fn reply(&self, link: Link) -> Option<Reply> {
        self.said.shown.iter().find(|(to, _, push)| *to == link && !push).map(|it| it.1.clone())
    }

    /// Shows what the model said: the reply to `asking` first.
    pub(super) fn tell(&mut self, now: Micros, asking: Link) {
        let said = std::mem::take(&mut self.said.shown);
        if self.shown.is_none() {
            return;
        }
        let replied = said.iter().any(|(link, ..)| *link == asking);
        let (own, others): (Vec<_>, Vec<_>) = said.into_iter().partition(|said| said.0 == asking);
        for (link, reply, push) in own.into_iter().chain(others) {
            if link == EXPIRIES {
                self.expired(now, &reply);
                continue;
            }
            let Some(from) = self.names.get(&link).cloned() else { continue };
            self.show(now, if push { What::Push(from, reply) } else { What::Reply(from, reply) });
        }
        if !replied
            && self.server.is_blocked(asking)
            && let Some(from) = self.names.get(&asking).cloned()
        {
            self.show(now, What::Blocks(from));
        }
    }

    /// `pmessage`, pattern, `__keyevent@0__:expired`, key.
    fn expired(&mut self, now: Micros, push: &Reply) {
        let Reply::Array(parts) = push else { return };
        let [_, _, Reply::Bulk(channel), Reply::Bulk(key)] = &**parts else { return };
        let channel = channel.to_text();
        let db = channel.trim_start_matches("__keyevent@").split("__").next().unwrap_or("0");
        self.show(now, What::Expired(db.into(), key.clone()));
    }

    /// Compares the lines of a script with those of the model's run.
    pub(super) fn compare(&mut self, recorded: &[&Entry], model: &[&Entry], now: Micros) {
        for at in 0..recorded.len().max(model.len()) {
            match (recorded.get(at), model.get(at)) {
                (Some(recorded), Some(model)) if same(model, recorded) => {
                    self.counts.lua_equal += 1;
                }
                (recorded, model) => {
                    let line = recorded.map_or(0, |entry| entry.line);
                    let describe = |entry: &&Entry| describe(entry);
                    self.differs(now, line, recorded.map(describe), model.map(describe));
                }
            }
        }
    }

    fn differs(
        &mut self,
        at: Micros,
        line: usize,
        recorded: Option<String>,
        model: Option<String>,
    ) {
        let nothing = || "nothing".to_owned();
        self.counts.differs(Difference {
            line,
            at,
            what: "what the script runs".to_owned(),
            recorded: recorded.clone().unwrap_or_else(nothing),
            model: model.clone().unwrap_or_else(nothing),
        });
        self.show(at, What::Differs { recorded, model });
    }

    pub(super) fn show_lines(&mut self, now: Micros, lines: &[Entry]) {
        if self.shown.is_some() {
            for line in lines {
                self.show(now, What::Line(line.clone()));
            }
        }
    }

    pub(super) fn show(&mut self, at: Micros, what: What) {
        let clock = match &what {
            What::Line(entry) => entry.at,
            _ => self.log_time(at),
        };
        if let Some(shown) = &mut self.shown {
            shown.push(Shown { at, clock, what });
        }
    }
}
