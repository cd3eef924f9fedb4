//! Conversations with a server, written down as text.
//!
//! One line each:
//!
//! * `HSET h a 1 => 1`: a client sends a command and gets that reply. Words are split at blanks; `'..'` keeps
//!   blanks, and `\x00` in it is a byte.
//! * `c2: BLPOP l 0 => ...`: another client; it gets no answer yet.
//! * `c2 <- ["l", "a"]`: what a client got in the meantime, in order. A push is printed like a reply, a keyspace
//!   notification as `hset h`.
//! * `@150`: it is 150 ms later.
//! * `draws 1 0 2`: the next questions that the server asks are answered so; otherwise with 0.
//!
//! Nothing may be left over at the end.

use std::collections::{BTreeMap, VecDeque};

use lockstep::store::redis::{Bytes, Config, Draw, Message, NotifyFlags, RedisServer, Reply};
use lockstep::store::{Env, Inbound, Link, Outbound, Server};
use lockstep::time::Micros;

/// Runs a conversation and panics at the first line that goes another way.
#[track_caller]
pub(crate) fn check(conversation: &str) {
    check_with(Config::default(), conversation);
}

/// The same with all notifications but those of missing keys enabled; `log` is subscribed to all events.
#[track_caller]
pub(crate) fn check_events(conversation: &str) {
    let notify = NotifyFlags::parse(b"EAn").expect("these are classes");
    let config = Config { notify, ..Config::default() };
    let subscribe = "log: PSUBSCRIBE __keyevent@0__:* => ...\n\
                     log <- [\"psubscribe\", \"__keyevent@0__:*\", 1]\n";
    check_with(config, &format!("{subscribe}{conversation}"));
}

#[track_caller]
pub(crate) fn check_with(config: Config, conversation: &str) {
    let mut session = Session::new(config);
    let mut wrong = Vec::new();
    for (number, line) in conversation.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Err(what) = session.line(line) {
            wrong.push(format!("line {}: {line}\n    {what}", number + 1));
        }
    }
    wrong.extend(session.left_over());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A server and its clients.
pub(crate) struct Session {
    server: RedisServer,
    now: Micros,
    clients: Vec<String>,
    world: World,
}

#[derive(Default)]
struct World {
    inbox: BTreeMap<Link, VecDeque<String>>,
    answers: VecDeque<u32>,
}

impl Env<RedisServer> for World {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        let text = match message {
            Outbound::Message(Message::Reply(reply)) => show(&reply),
            Outbound::Message(Message::Push(push)) => event(&push).unwrap_or_else(|| show(&push)),
            Outbound::Message(Message::Peer(peer)) => format!("to another server: {}", peer.name()),
            Outbound::Close => "closed".to_owned(),
        };
        self.inbox.entry(link).or_default().push_back(text);
    }

    fn draw(&mut self, _: &Draw, n: u32) -> u32 {
        let answer = self.answers.pop_front().unwrap_or(0);
        assert!(answer < n, "alternative {answer} of {n}");
        answer
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new(Config::default())
    }
}

impl Session {
    /// Sends a command and gives the reply, as text.
    pub(crate) fn run(&mut self, command: &str) -> String {
        self.try_run(command).unwrap_or_else(|| panic!("no reply to {command}"))
    }

    /// The same; `None` if the command blocks. The client that blocks is left alone: another one goes on.
    pub(crate) fn try_run(&mut self, command: &str) -> Option<String> {
        let client = format!("c{}", self.clients.len().max(1));
        let link = self.link(&client);
        self.send(link, command);
        let reply = self.world.inbox.entry(link).or_default().pop_front();
        if reply.is_none() {
            self.link(&format!("c{}", self.clients.len() + 1));
        }
        reply
    }

    fn new(config: Config) -> Self {
        let server = RedisServer::new(config);
        Self { server, now: Micros::ZERO, clients: Vec::new(), world: World::default() }
    }

    fn line(&mut self, line: &str) -> Result<(), String> {
        if let Some(ms) = line.strip_prefix('@') {
            self.sleep(ms.parse().map_err(|_| "no number of ms")?);
            return Ok(());
        }
        if let Some(answers) = line.strip_prefix("draws ") {
            self.world.answers = answers.split(' ').filter_map(|word| word.parse().ok()).collect();
            return Ok(());
        }
        if let Some((client, expected)) = line.split_once(" <- ") {
            let link = self.link(client);
            return self.expect(link, expected.trim());
        }
        let (command, expected) =
            line.rsplit_once(" => ").ok_or("neither a command nor a reply")?;
        let (client, command) = match command.split_once(": ") {
            Some((client, command)) if !client.contains(' ') => (client, command),
            _ => ("c1", command),
        };
        let link = self.link(client);
        self.send(link, command);
        match expected.trim() {
            "..." => Ok(()),
            expected => self.expect(link, expected),
        }
    }

    fn send(&mut self, link: Link, command: &str) {
        let argv = words(command).into_iter().map(Bytes::from).collect();
        self.server.deliver(self.now, link, Inbound::Request(argv), &mut self.world);
    }

    /// The link of a client, which connects when it is first named.
    fn link(&mut self, client: &str) -> Link {
        if let Some(at) = self.clients.iter().position(|name| name == client) {
            return Link(at as u32);
        }
        self.clients.push(client.to_owned());
        let link = Link(self.clients.len() as u32 - 1);
        self.server.deliver(self.now, link, Inbound::Connect, &mut self.world);
        link
    }

    fn sleep(&mut self, ms: i64) {
        let end = self.now + Micros::from_ms(ms);
        while let Some(due) = self.server.deadline().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.server.wake(self.now, &mut self.world);
        }
        self.now = end;
    }

    fn expect(&mut self, link: Link, expected: &str) -> Result<(), String> {
        let got = self.world.inbox.entry(link).or_default().pop_front();
        match got {
            Some(got) if got == expected => Ok(()),
            Some(got) => Err(format!("got {got}")),
            None => Err("got nothing".to_owned()),
        }
    }

    fn left_over(&self) -> Vec<String> {
        let inboxes = self.world.inbox.iter().filter(|(_, inbox)| !inbox.is_empty());
        inboxes
            .map(|(link, inbox)| format!("left for {}: {inbox:?}", self.clients[link.0 as usize]))
            .collect()
    }
}

/// A keyspace notification as `hset h`.
fn event(push: &Reply) -> Option<String> {
    let Reply::Array(items) = push else { return None };
    let [_, _, Reply::Bulk(channel), Reply::Bulk(key)] = &items[..] else { return None };
    let event = channel.strip_prefix(b"__keyevent@0__:")?;
    Some(format!("{} {}", event.escape_ascii(), key.escape_ascii()))
}

/// Splits a command line into words.
fn words(line: &str) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'').expect("a quote is closed"),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(unescape(word));
        rest = after.trim_start();
    }
    words
}

/// The bytes of a word; `\xhh` is one.
fn unescape(word: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut parts = word.split("\\x");
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let (digits, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).expect("two hexadecimal digits"));
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}

fn show(reply: &Reply) -> String {
    match reply {
        Reply::Status(text) => format!("+{}", text.to_text()),
        Reply::Error(text) => format!("-{}", text.to_text()),
        Reply::Int(number) => number.to_string(),
        Reply::Bulk(bytes) => format!("\"{}\"", bytes.escape_ascii()),
        Reply::Nil => "nil".to_owned(),
        Reply::Array(items) => {
            format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", "))
        }
    }
}
