//! `redis-cli` against one model of a Redis server.

mod client;
mod format;
pub(crate) use format::pretty;
mod help;
mod repeat;
mod wire;
mod words;

use crate::store::redis::{Bytes, Config, RedisServer};
use crate::time::Micros;

use super::dot::{self, Dot, Own};
use super::named::{self, Named};
use super::{Said, Shell};
use client::Client;
use repeat::repeat;

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
