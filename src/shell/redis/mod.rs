//! `redis-cli` against one model of a Redis server.

mod client;
mod format;
mod help;
mod words;

use crate::store::redis::{Bytes, Config, Draw, Message, RedisServer, Reply};
use crate::store::{Env, Inbound, Link, Outbound, Server};
use crate::time::Micros;

use super::dot::{self, Dot, Own};
use super::named::{self, Named};
use super::{Said, Shell};
use client::{Client, Sent};

/// `redis-cli` connected to an empty Redis 7.0.15 without persistence, in virtual time.
///
/// Replies look as on a terminal. What a real server leaves to chance goes its nominal way, so the same lines
/// always get the same answers.
#[derive(Clone, Debug)]
pub struct RedisShell {
    server: RedisServer,
    now: Micros,
    clients: Named<Client>,
    links: u32,
}

const DOTS: [Own; 2] =
    [("client", 1, 1, ".client NAME, as in \".client b\""), ("clients", 0, 0, ".clients")];

const HELP: &str = "\
.advance DURATION  let time pass, as in \".advance 1500ms\": keys expire, blocked clients time out
.time              the time since the start
.client NAME       go to another connection; opens one if there is none of that name
.clients           all connections
.help              this
What other connections are told is printed after their name, as in \"[b] \".
";

/// How often one line may repeat a command.
const MOST_REPEATS: i64 = 100_000;

/// What a server sends.
#[derive(Default)]
struct Outbox(Vec<(Link, Outbound<Message>)>);

impl Env<RedisServer> for Outbox {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        self.0.push((link, message));
    }

    fn draw(&mut self, _: &Draw, _: u32) -> u32 {
        0
    }
}

impl Default for RedisShell {
    fn default() -> Self {
        Self::new()
    }
}

impl Shell for RedisShell {
    fn greeting(&self) -> String {
        "Redis 7.0.15, simulated; \"help\" and \".help\" tell more\n".to_owned()
    }

    fn prompt(&self) -> String {
        let name = self.clients.name_among_others();
        let name = name.map_or(String::new(), |name| format!("[{name}] "));
        format!("{name}{}", self.clients.current().prompt())
    }

    fn enter(&mut self, line: &str) -> Said {
        let mut out = String::new();
        let ends = if line.trim_start().starts_with('.') {
            self.dot(line.trim_start(), &mut out);
            false
        } else {
            self.command(line, &mut out)
        };
        Said { text: out, ends }
    }
}

impl RedisShell {
    /// A server that just started, and one connection to it, `a`.
    pub fn new() -> Self {
        let mut shell = Self {
            server: RedisServer::new(Config::default()),
            now: Micros::ZERO,
            clients: Named::new("a", Client::default()),
            // What MONITOR and CLIENT LIST show as the port.
            links: 50_000,
        };
        shell.connect(&mut String::new());
        shell
    }

    /// One command line for the server or for `redis-cli`. Whether it ends the shell.
    fn command(&mut self, line: &str, out: &mut String) -> bool {
        let Some(argv) = words::split(line) else {
            out.push_str("Invalid argument(s)\n");
            return false;
        };
        let (repeat, argv) = match repeat(&argv) {
            Ok(repeat) => repeat,
            Err(problem) => {
                out.push_str(&problem);
                return false;
            }
        };
        let Some((name, rest)) = argv.split_first() else { return false };
        let is = |word: &str| name.eq_ignore_ascii_case(word.as_bytes());
        if is("quit") || is("exit") {
            return true;
        }
        if is("help") || is("?") {
            out.push_str(&help::help(rest));
        } else if (is("clear") && rest.is_empty()) || name.first() == Some(&b':') {
            // A pipe has no screen, and there are no hints to set.
        } else if is("connect") && rest.len() == 2 {
            out.push_str("error: there is one server here; \".client NAME\" opens another connection to it\n");
        } else {
            let argv: Vec<Bytes> = argv.iter().map(|word| Bytes::from(&**word)).collect();
            for _ in 0..repeat {
                self.send(&argv, out);
            }
            if !self.clients.current().waiting.is_empty() {
                out.push_str("(waiting)\n");
            }
        }
        false
    }

    /// Sends a command of the current client.
    fn send(&mut self, argv: &[Bytes], out: &mut String) {
        if self.clients.current().link.is_none() {
            self.connect(out);
        }
        let client = self.clients.current_mut();
        let Some(link) = client.link else { return };
        client.waiting.push_back(Sent::new(argv, self.now));
        self.deliver(link, Inbound::Request(argv.into()), out);
    }

    /// Opens a connection of the current client, in the database where it was.
    fn connect(&mut self, out: &mut String) {
        let link = Link(self.links);
        self.links += 1;
        let client = self.clients.current_mut();
        client.link = Some(link);
        let db = client.db;
        self.deliver(link, Inbound::Connect, out);
        if db != 0 {
            let argv = [Bytes::from("SELECT"), Bytes::from(db.to_string())];
            let sent = Sent::silently(&argv, self.now);
            self.clients.current_mut().waiting.push_back(sent);
            self.deliver(link, Inbound::Request(argv.into()), out);
        }
    }

    fn deliver(&mut self, link: Link, message: Inbound<std::rc::Rc<[Bytes]>>, out: &mut String) {
        let mut outbox = Outbox::default();
        self.server.deliver(self.now, link, message, &mut outbox);
        self.print(outbox, out);
    }

    /// Lets `span` pass; the server is woken whenever it has something to do on the way.
    fn advance(&mut self, span: Micros, out: &mut String) {
        let target = self.now.saturating_add(span);
        while let Some(due) = self.server.deadline().filter(|due| *due <= target) {
            let before = self.now;
            self.now = before.max(due);
            self.wake(out);
            if self.now == before && self.server.deadline() == Some(due) {
                // It is as late as it can be, and the server is content with that.
                break;
            }
        }
        self.now = target;
        self.wake(out);
    }

    fn wake(&mut self, out: &mut String) {
        let mut outbox = Outbox::default();
        self.server.wake(self.now, &mut outbox);
        self.print(outbox, out);
    }

    /// Prints what the server sent, in that order.
    fn print(&mut self, outbox: Outbox, out: &mut String) {
        for (link, message) in outbox.0 {
            let Some(place) = self.clients.position(|client| client.link == Some(link)) else {
                continue;
            };
            let label = self.clients.label(place);
            let now = self.now;
            let text = self.clients.at(place).told(&message, now);
            named::print(out, &label, &text);
        }
        // Who does not wait has got all there is: CLIENT REPLY OFF, and SUBSCRIBE, which is answered with pushes.
        for place in 0..self.clients.len() {
            let client = self.clients.at(place);
            if client.link.is_none_or(|link| !self.server.is_blocked(link)) {
                client.waiting.clear();
            }
        }
    }

    fn dot(&mut self, line: &str, out: &mut String) {
        let result = match dot::parse(line, &DOTS) {
            Ok(Dot::Advance(span)) => {
                self.advance(span, out);
                Ok(())
            }
            Ok(Dot::Time) => {
                out.push_str(&format!("{}\n", self.now));
                Ok(())
            }
            Ok(Dot::Help) => {
                out.push_str(HELP);
                Ok(())
            }
            Ok(Dot::Own("client", arguments)) => self.go_to(&arguments[0]),
            Ok(Dot::Own(..)) => {
                self.list(out);
                Ok(())
            }
            Err(problem) => Err(problem),
        };
        if let Err(problem) = result {
            out.push_str(&format!("error: {problem}\n"));
        }
    }

    fn go_to(&mut self, name: &str) -> Result<(), String> {
        if let Some(place) = self.clients.find(name) {
            self.clients.go_to(place);
            return Ok(());
        }
        named::check(name)?;
        self.clients.add(name, Client::default());
        self.connect(&mut String::new());
        Ok(())
    }

    fn list(&self, out: &mut String) {
        for (place, (name, client)) in self.clients.iter().enumerate() {
            let mark = if place == self.clients.place() { '*' } else { ' ' };
            let waits = client
                .waiting
                .front()
                .map_or(String::new(), |sent| format!(" in {} since {}", sent.name(), sent.at));
            out.push_str(&format!(
                "{mark} {name}  {}{waits}\n",
                client.prompt().trim_end_matches("> ")
            ));
        }
    }
}

impl Client {
    /// Takes what the server sent, and says how it is printed.
    fn told(&mut self, message: &Outbound<Message>, now: Micros) -> String {
        match message {
            Outbound::Message(Message::Push(push)) => {
                self.pushed(push);
                format::pretty(push)
            }
            Outbound::Message(Message::Reply(reply)) => match self.waiting.pop_front() {
                Some(sent) => self.replied(&sent, reply, now),
                None => format::pretty(reply),
            },
            Outbound::Close => {
                self.lose();
                "Error: Server closed the connection\n".to_owned()
            }
        }
    }

    fn replied(&mut self, sent: &Sent, reply: &Reply, now: Micros) -> String {
        self.answered(sent, reply);
        if sent.silent {
            return String::new();
        }
        let mut text = if sent.is_raw() { format::raw(reply) } else { format::pretty(reply) };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        // As `redis-cli` does after half a second.
        let ms = (now - sent.at).as_ms();
        if ms >= 500 {
            text.push_str(&format!("({}.{:02}s)\n", ms / 1000, ms % 1000 / 10));
        }
        text
    }
}

/// `3 INCR k`: how often, and what.
fn repeat(argv: &[Vec<u8>]) -> Result<(i64, &[Vec<u8>]), String> {
    let [first, rest @ ..] = argv else { return Ok((1, argv)) };
    if rest.is_empty() {
        return Ok((1, argv));
    }
    // What C's `strtol` reads whole is a number of times.
    let text = std::str::from_utf8(first)
        .ok()
        .map(|text| text.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']));
    let Some(text) = text else { return Ok((1, argv)) };
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number && !first.is_empty() {
        return Ok((1, argv));
    }
    match text.parse::<i64>() {
        Ok(times @ 1..=MOST_REPEATS) => Ok((times, rest)),
        Ok(times) if times > MOST_REPEATS => {
            Err(format!("error: a command is repeated at most {MOST_REPEATS} times\n"))
        }
        _ => Err("Invalid redis-cli repeat command option value.\n".to_owned()),
    }
}
