//! The model, driven with the commands of a MONITOR log.

use std::collections::BTreeMap;

use super::super::redis::{rule, write_command};
use super::super::{Difference, Tally};
use super::Driven;
use super::line::{Entry, From};
use crate::store::redis::{Bytes, Config, Draw, Message, NotifyFlags, RedisServer, Reply};
use crate::store::{Env, Inbound, Link, Outbound, Server};
use crate::time::Micros;
use crate::trace::Line;

/// What is to be shown, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// When, since the log began.
    pub at: Micros,
    /// What.
    pub what: What,
}

/// What a log shows, and what it does not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// A line of the log.
    Line(Entry),
    /// The reply to a client's latest command.
    Reply(From, Reply),
    /// The client waits.
    Blocks(From),
    /// A message to a client.
    Push(From, Reply),
    /// A key is gone because its time was over: the database, the key.
    Expired(Bytes, Bytes),
    /// The line cannot be driven, because of this.
    NotDriven(&'static str),
    /// The model runs another command there, or none.
    Differs {
        /// What the log has, if it has something.
        recorded: Option<String>,
        /// What the model runs, if it runs something.
        model: Option<String>,
    },
}

/// Sees what the server runs.
const MONITOR: Link = Link(1);
/// Hears of keys that expire.
const EXPIRIES: Link = Link(2);
/// The first of the clients.
const FIRST: u32 = 10;

/// What the model said since it was last looked at.
#[derive(Default)]
struct Said {
    /// How it answers whether a key at its deadline is gone, and whether it was asked.
    gone: u32,
    asked: bool,
    ran: Vec<Entry>,
    shown: Vec<(Link, Reply, bool)>,
}

impl Env<RedisServer> for Said {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        match message {
            Outbound::Message(Message::Push(Reply::Status(line))) if link == MONITOR => {
                let line = Line { number: 0, text: line.to_text(), ended: true, crlf: false };
                self.ran.extend(Entry::parse(&line));
            }
            Outbound::Message(Message::Push(reply)) => self.shown.push((link, reply, true)),
            Outbound::Message(Message::Reply(reply)) => self.shown.push((link, reply, false)),
            _ => {}
        }
    }

    fn draw(&mut self, draw: &Draw, _: u32) -> u32 {
        let doubt = matches!(draw, Draw::Doubt { .. });
        self.asked |= doubt;
        if doubt { self.gone } else { 0 }
    }
}

struct Driver {
    server: RedisServer,
    begins: Micros,
    links: BTreeMap<From, Link>,
    said: Said,
    shown: Vec<Shown>,
    tally: Tally,
    /// What the model ran and the log has not shown yet.
    ran: Vec<Entry>,
    /// The client in a transaction, and what stands in the log since its MULTI.
    queued: BTreeMap<From, Vec<Entry>>,
}

/// Drives the model with `entries`, of which there is at least one.
pub(super) fn run(entries: &[Entry]) -> Driven {
    let begins = entries[0].at;
    let databases = entries.iter().map(|entry| entry.db + 1).max().unwrap_or(0).max(16);
    let notify = NotifyFlags::parse(b"Ex").unwrap_or(NotifyFlags::NONE);
    let config = Config {
        epoch_us: begins.0,
        databases,
        notify,
        doubt_ms: 1,
        absolute_time: true,
        client_ids: true,
        ..Config::default()
    };
    let mut driver = Driver {
        server: RedisServer::new(config),
        begins,
        links: BTreeMap::new(),
        said: Said::default(),
        shown: Vec::new(),
        tally: Tally::default(),
        ran: Vec::new(),
        queued: BTreeMap::new(),
    };
    driver.open(MONITOR, &["MONITOR"]);
    driver.open(EXPIRIES, &["PSUBSCRIBE", "__keyevent@*__:expired"]);
    driver.said = Said::default();
    for (number, entry) in entries.iter().enumerate() {
        driver.step(entry, &entries[number + 1..]);
    }
    Driven { shown: driver.shown, tally: driver.tally }
}

impl Driver {
    fn open(&mut self, link: Link, command: &[&str]) {
        self.server.deliver(Micros::ZERO, link, Inbound::Connect, &mut self.said);
        let words: Vec<Bytes> = command.iter().map(|word| Bytes::from(*word)).collect();
        if !words.is_empty() {
            self.send(Micros::ZERO, link, words);
        }
    }

    fn send(&mut self, now: Micros, link: Link, words: Vec<Bytes>) {
        self.server.deliver(now, link, Inbound::Request(words.into()), &mut self.said);
    }

    fn step(&mut self, entry: &Entry, rest: &[Entry]) {
        let now = (entry.at - self.begins).max(Micros::ZERO);
        self.pass(now);
        // What a script or a transaction runs was compared when the script or EXEC ran.
        if let Some(place) = self.ran.iter().position(|_| entry.from == From::Script) {
            let model = self.ran.remove(place);
            self.show(now, What::Line(entry.clone()));
            self.compare(entry, Some(&model), now);
            return;
        }
        self.show(now, What::Line(entry.clone()));
        if entry.from == From::Script {
            if self.queued.is_empty() {
                self.compare(entry, None, now);
            }
            return;
        }
        self.missing(now);
        if is_secret(entry) {
            let why = "a log does not show names and passwords";
            return self.show(now, What::NotDriven(why));
        }
        self.client(entry, rest, now);
    }

    /// A client's command.
    fn client(&mut self, entry: &Entry, rest: &[Entry], now: Micros) {
        let link = self.link(entry, now);
        let is = |name: &[u8]| entry.words[0].eq_ignore_ascii_case(name);
        if let Some(queue) = self.queued.get_mut(&entry.from)
            && !is(b"EXEC")
            && !is(b"DISCARD")
            && !is(b"MULTI")
            && !is(b"WATCH")
        {
            queue.push(entry.clone());
        }
        let in_transaction = self.queued.contains_key(&entry.from);
        self.run(now, link, entry, rest);
        let mut ran = std::mem::take(&mut self.said.ran);
        if is(b"MULTI") && self.said.shown.iter().all(|(_, reply, _)| !reply.is_error()) {
            self.queued.insert(entry.from.clone(), Vec::new());
        }
        if is(b"EXEC") || is(b"DISCARD") {
            // The queued commands stand in the log before EXEC, where they ran.
            for queued in self.queued.remove(&entry.from).unwrap_or_default() {
                let place = ran.iter().position(|ran| same(ran, &queued));
                let model = place.map(|place| ran.remove(place));
                self.compare(&queued, model.as_ref(), now);
            }
            ran.retain(|ran| ran.from != From::Script);
        } else if in_transaction {
            return self.tell(now, link);
        }
        let place = ran.iter().position(|ran| same(ran, entry));
        let model = place.map(|place| ran.remove(place));
        self.compare(entry, model.as_ref().or(ran.first()), now);
        self.ran = ran;
        // The script's own lines come first, then what the client gets.
        let more = rest.iter().take_while(|next| next.from == From::Script).count();
        if more == 0 {
            self.missing(now);
        }
        self.tell(now, link);
    }

    /// Runs a command; where a key is within 1 ms of its deadline, the log decides whether it is gone.
    fn run(&mut self, now: Micros, link: Link, entry: &Entry, rest: &[Entry]) {
        let before = self.server.clone();
        let said = std::mem::take(&mut self.said);
        self.send(now, link, entry.words.clone());
        let log = rest.iter().take_while(|next| next.from == From::Script);
        let ran = self.said.ran.iter().skip(1);
        let fits =
            ran.len() == log.clone().count() && ran.zip(log).all(|(ran, log)| same(ran, log));
        if self.said.asked && !fits {
            self.server = before;
            self.said = Said { gone: 1, ..Said::default() };
            self.send(now, link, entry.words.clone());
            self.said.gone = 0;
        }
        if self.said.asked {
            self.tally.rule(rule::DEADLINE, !fits);
        }
        let mut shown = said.shown;
        shown.append(&mut self.said.shown);
        self.said.shown = shown;
    }

    /// The client's connection, on the database that the log says.
    fn link(&mut self, entry: &Entry, now: Micros) -> Link {
        let count = self.links.len() as u32;
        match self.links.get(&entry.from) {
            Some(link) => *link,
            None => {
                let link = Link(FIRST + count);
                self.links.insert(entry.from.clone(), link);
                self.server.deliver(now, link, Inbound::Connect, &mut self.said);
                if entry.db != 0 && !entry.words[0].eq_ignore_ascii_case(b"SELECT") {
                    // It chose its database before the log began.
                    self.send(now, link, vec!["SELECT".into(), entry.db.to_string().into()]);
                    self.said = Said::default();
                }
                link
            }
        }
    }

    /// Time passes: keys expire, blocks end.
    fn pass(&mut self, until: Micros) {
        let mut last = Micros(i64::MIN);
        while let Some(due) = self.server.deadline().filter(|due| *due <= until && *due > last) {
            last = due;
            self.server.wake(due, &mut self.said);
            self.tell(due, MONITOR);
        }
    }

    /// Shows what the model said: the reply to `asking` first.
    fn tell(&mut self, now: Micros, asking: Link) {
        let said = std::mem::take(&mut self.said.shown);
        self.ran.append(&mut self.said.ran);
        let replied = said.iter().any(|(link, ..)| *link == asking);
        let (own, others): (Vec<_>, Vec<_>) = said.into_iter().partition(|said| said.0 == asking);
        for (link, reply, push) in own.into_iter().chain(others) {
            if link == EXPIRIES {
                self.expired(now, &reply);
                continue;
            }
            let Some(from) = self.links.iter().find(|(_, at)| **at == link) else { continue };
            let from = from.0.clone();
            self.show(now, if push { What::Push(from, reply) } else { What::Reply(from, reply) });
        }
        if !replied
            && self.server.is_blocked(asking)
            && let Some((from, _)) = self.links.iter().find(|(_, at)| **at == asking)
        {
            let from = from.clone();
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

    /// What the model ran and the log does not have.
    fn missing(&mut self, now: Micros) {
        for ran in std::mem::take(&mut self.ran) {
            let model = write_command(&ran.words);
            self.differs(now, 0, None, Some(model));
        }
    }

    fn compare(&mut self, recorded: &Entry, model: Option<&Entry>, now: Micros) {
        match model {
            Some(model) if same(model, recorded) => self.tally.same(),
            model => {
                let model = model.map(describe);
                self.differs(now, recorded.line, Some(describe(recorded)), model);
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
        self.tally.differs(Difference {
            line,
            at,
            what: "what the server runs".to_owned(),
            recorded: recorded.clone().unwrap_or_else(nothing),
            model: model.clone().unwrap_or_else(nothing),
        });
        self.show(at, What::Differs { recorded, model });
    }

    fn show(&mut self, at: Micros, what: What) {
        self.shown.push(Shown { at, what });
    }
}

fn describe(entry: &Entry) -> String {
    let from = if entry.from == From::Script { "lua" } else { "client" };
    format!("[{} {from}] {}", entry.db, write_command(&entry.words))
}

/// Whether they are one command on one database, of a client or of a script.
fn same(model: &Entry, recorded: &Entry) -> bool {
    let is_script = |entry: &Entry| entry.from == From::Script;
    model.db == recorded.db
        && model.words == recorded.words
        && is_script(model) == is_script(recorded)
}

/// Whether words of it are not shown.
fn is_secret(entry: &Entry) -> bool {
    let name = &entry.words[0];
    let is_about = name.eq_ignore_ascii_case(b"AUTH") || name.eq_ignore_ascii_case(b"HELLO");
    is_about && entry.words.iter().any(|word| &**word == b"(redacted)")
}
