//! `zkCli` against one model of a ZooKeeper server.

mod acl;
mod change;
#[expect(clippy::unnecessary_wraps, reason = "all commands have one type of function")]
mod command;
mod failure;
mod look;
mod options;
mod path;
mod session;
mod stat;
mod watch;
mod watches;
mod wire;
mod words;

use crate::json::Duration;
use crate::store::zookeeper::{Answer, Config, Moment, ZkError, ZooKeeper};
use crate::time::Micros;

use super::dot::{self, Dot, Own};
use super::named::{self, Named};
use super::{Said, Shell};
use session::Session;

/// `zkCli` connected to a ZooKeeper 3.8.0 that stands alone, in virtual time.
///
/// Sessions that are not paused ping all the time. Its ticks are 2 s, counted from the start.
#[derive(Clone, Debug)]
pub struct ZooKeeperShell {
    server: ZooKeeper,
    /// Since the start.
    now: Micros,
    sessions: Named<Session>,
    links: u32,
    /// How many commands were entered.
    commands: u64,
    print_watches: bool,
    /// The answer to what was asked last.
    reply: Option<Result<Answer, ZkError>>,
}

/// The server's clock at the start: what dates count from.
const EPOCH: Micros = Micros(1_700_000_000_000_000);

/// The session timeout that `zkCli` asks for.
const TIMEOUT_MS: i32 = 30_000;

const DOTS: [Own; 4] = [
    ("session", 1, 2, ".session NAME [TIMEOUT], as in \".session b 10s\""),
    ("sessions", 0, 0, ".sessions"),
    ("pause", 0, 1, ".pause [NAME]"),
    ("resume", 0, 1, ".resume [NAME]"),
];

const HELP: &str = "\
.advance DURATION        let time pass, as in \".advance 5s\": paused sessions expire, all others ping
.time                    the time since the start
.session NAME [TIMEOUT]  go to another session; opens one if there is none of that name (timeout: 30s)
.sessions                all sessions
.pause [NAME]            the session does nothing any more: no pings, and it reads nothing
.resume [NAME]           it goes on
.help                    this
What other sessions are told is printed after their name, as in \"[b] \".
";

impl Default for ZooKeeperShell {
    fn default() -> Self {
        Self::new()
    }
}

impl Shell for ZooKeeperShell {
    fn greeting(&self) -> String {
        "Welcome to ZooKeeper 3.8.0, simulated; \"help\" and \".help\" tell more\n".to_owned()
    }

    fn prompt(&self) -> String {
        let name = self.sessions.name_among_others();
        let name = name.map_or(String::new(), |name| format!("{name}@"));
        let session = self.sessions.current();
        let state = if session.paused { "PAUSED" } else { session.state.name() };
        format!("[zk: {name}localhost:2181({state}) {}] ", self.commands)
    }

    fn enter(&mut self, line: &str) -> Said {
        let mut out = String::new();
        if line.trim_start().starts_with('.') {
            if let Err(problem) = self.dot(line.trim_start(), &mut out) {
                out.push_str(&format!("error: {problem}\n"));
            }
            return Said { text: out, ends: false };
        }
        let words = words::split(line);
        let Some(name) = words.first() else { return Said::default() };
        self.commands += 1;
        if *name == "quit" {
            return Said { text: out, ends: true };
        }
        if let Err(failure) = self.command(&words, &mut out) {
            out.push_str(&failure.0);
            out.push('\n');
        }
        Said { text: out, ends: false }
    }
}

impl ZooKeeperShell {
    /// A server that just started, and one session, `a`.
    pub fn new() -> Self {
        let config = Config {
            expiry: Moment::Phase(EPOCH),
            reaping: Moment::Phase(EPOCH),
            ..Config::default()
        };
        let mut shell = Self {
            server: ZooKeeper::new(config),
            now: Micros::ZERO,
            sessions: Named::new("a", Session::new(TIMEOUT_MS)),
            links: 0,
            commands: 0,
            print_watches: true,
            reply: None,
        };
        // Nobody has asked for anything yet, so nothing is printed.
        shell.connect(0, &mut String::new());
        shell
    }

    /// What the server's clock says.
    fn clock(&self) -> Micros {
        EPOCH + self.now
    }

    fn dot(&mut self, line: &str, out: &mut String) -> Result<(), String> {
        match dot::parse(line, &DOTS)? {
            Dot::Advance(span) => self.advance(span, out),
            Dot::Time => out.push_str(&format!("{}\n", self.now)),
            Dot::Help => out.push_str(HELP),
            Dot::Own("session", arguments) => {
                self.go_to(&arguments[0], arguments.get(1).map(String::as_str), out)?;
            }
            Dot::Own("pause", arguments) => {
                let place = self.place(arguments.first())?;
                self.pause(place);
            }
            Dot::Own("resume", arguments) => {
                let place = self.place(arguments.first())?;
                self.resume(place, out);
            }
            Dot::Own(..) => self.list(out),
        }
        Ok(())
    }

    /// The session of that name, or the current one.
    fn place(&self, name: Option<&String>) -> Result<usize, String> {
        let Some(name) = name else { return Ok(self.sessions.place()) };
        self.sessions.find(name).ok_or_else(|| format!("there is no session \"{name}\""))
    }

    fn go_to(&mut self, name: &str, timeout: Option<&str>, out: &mut String) -> Result<(), String> {
        if let Some(place) = self.sessions.find(name) {
            if timeout.is_some() {
                return Err(format!("session \"{name}\" has its timeout already"));
            }
            self.sessions.go_to(place);
            return Ok(());
        }
        named::check(name)?;
        let timeout_ms = match timeout {
            None => TIMEOUT_MS,
            Some(text) => {
                let span: Duration = text.parse().map_err(|bad| format!("{bad}"))?;
                i32::try_from(span.0.as_ms()).unwrap_or(i32::MAX)
            }
        };
        self.sessions.add(name, Session::new(timeout_ms));
        self.connect(self.sessions.place(), out);
        Ok(())
    }

    fn list(&self, out: &mut String) {
        for (place, (name, session)) in self.sessions.iter().enumerate() {
            let mark = if place == self.sessions.place() { '*' } else { ' ' };
            let state = if session.paused { "PAUSED" } else { session.state.name() };
            let id = session.granted.map_or(String::new(), |(id, _)| format!(" {id}"));
            let alive = session.link.and_then(|link| self.server.alive(link));
            let more = match alive {
                Some((_, ms)) => format!(", timeout {ms} ms"),
                None if session.paused && session.link.is_some() => {
                    ", expired, and does not know it".to_owned()
                }
                None => String::new(),
            };
            out.push_str(&format!("{mark} {name} {state}{id}{more}\n"));
        }
    }
}
