//! `operator`: somebody at a console runs a command on a Redis server, between two requests of its clients.
//!
//! A lock is a key like any other: whoever may connect may delete it, empty the database, drop the scripts, or change
//! a setting. The operator knows nothing of the lock and waits for nothing.

use std::rc::Rc;

use super::entry::{BUDGET, Entry, PHASE, PROCESS};
use super::near::{AFTER, BEFORE};
use super::processes::Processes;
use super::servers::Servers;
use super::{About, Extent, Kind, Moment, Strike, Target};
use crate::choice::FaultId;
use crate::json::{Problem, Section};
use crate::sim::agenda::{ProcessId, ServerId};
use crate::sim::server::AnyServer;
use crate::sim::world::{Placed, Stage, World};
use crate::store::redis::{Bytes, Config, Message, RedisServer, Reply, Request};
use crate::store::{Env, Inbound, Link, Outbound, Server};
use crate::time::Micros;

/// The link of the console; no client and no server has that number.
const CONSOLE: Link = Link(u32::MAX - 1);

#[derive(Debug)]
pub(super) struct Operator {
    command: Rc<[Bytes]>,
    servers: Servers,
    /// When: while a thread of one of these processes is where it must be.
    while_at: Processes,
}

impl Operator {
    pub(super) const ABOUT: About = About {
        name: "operator",
        title: "somebody at a console runs a command on a Redis server: DEL, FLUSHALL, SCRIPT FLUSH, CONFIG SET, ...",
        source: "https://redis.io/docs/latest/commands/flushall/; redisson issue 4822",
        needs: "redis",
        params: &[
            BUDGET,
            (
                "command",
                "the command and its arguments, as in [\"DEL\", \"lock\"]: there is no default",
            ),
            ("server", "on which servers: any"),
            PROCESS,
            PHASE,
            BEFORE,
            AFTER,
        ],
    };

    pub(super) fn read(entry: &Entry<'_, '_>) -> Result<Self, Box<Problem>> {
        if entry.scope.store != "redis" {
            return Err(entry.error("`operator` runs a Redis command, and the store has no Redis"));
        }
        let missing = || {
            entry
                .error("`operator` needs a `command`")
                .with_help("write {\"operator\": {\"command\": [\"FLUSHALL\"]}}")
        };
        let command = command(&entry.get("command").ok_or_else(missing)?)?;
        Ok(Self { command, servers: entry.servers()?, while_at: entry.processes()? })
    }

    /// Whether somebody is where the model wants it.
    fn is_time(&self, world: &World, moment: Moment) -> bool {
        if let Some((process, _)) = moment.near {
            return self.while_at.may_hit(world, process);
        }
        let mut processes = 0..world.processes.len() as ProcessId;
        processes.any(|process| self.while_at.may_hit(world, process))
    }
}

/// What a server says if a key is not there yet: that depends on what it holds.
const NO_SUCH_KEY: &[u8] = b"ERR no such key";

/// A command that a server accepts; one that it refuses whatever it holds is a mistake of the model.
fn command(section: &Section<'_>) -> Result<Rc<[Bytes]>, Box<Problem>> {
    let words: Vec<String> = section.to()?;
    if words.is_empty() {
        let example = "an empty command; the first text is its name, as in [\"DEL\", \"lock\"]";
        return Err(section.error(example));
    }
    let command: Rc<[Bytes]> = words.iter().map(|word| Bytes::from(word.as_bytes())).collect();
    let mut heard = Heard(None);
    let mut server = RedisServer::new(Config::default());
    for message in [Inbound::Connect, Inbound::Request(Request::from(command.clone()))] {
        server.deliver(Micros::ZERO, CONSOLE, message, &mut heard);
    }
    match heard.0 {
        Some(Reply::Error(text)) if !text.starts_with(NO_SUCH_KEY) => {
            Err(section.error(format!("Redis answers: {}", text.to_text())))
        }
        _ => Ok(command),
    }
}

/// The last reply.
struct Heard(Option<Reply>);

impl Env<RedisServer> for Heard {
    fn send(&mut self, _: Link, message: Outbound<Message>) {
        if let Outbound::Message(Message::Reply(reply)) = message {
            self.0 = Some(reply);
        }
    }
    fn draw(&mut self, _: &<RedisServer as Server>::Draw, _: u32) -> u32 {
        0
    }
}

impl Kind for Operator {
    /// Before anything that the server does, and before time moves.
    fn offers(&self, world: &World, moment: Moment, out: &mut dyn FnMut(Target, Micros)) {
        if self.is_time(world, moment) {
            let is_redis = |placed: &Placed| matches!(placed.state, AnyServer::Redis(_));
            self.servers.each(world, moment, is_redis, |server| {
                out(Target::Server(server), Micros::ZERO);
            });
        }
    }

    fn strike(&self, world: &mut World, stage: &mut Stage<'_>, strike: Strike) {
        if let Target::Server(server) = strike.target {
            world.run_at_console(stage, server, &self.command, strike.fault);
        }
    }

    fn needs(&self) -> &'static str {
        "a Redis server that runs"
    }

    fn extent(&self) -> Extent<'_> {
        Extent {
            phases: &self.while_at.phases,
            command: Some(&self.command),
            ..self.servers.extent()
        }
    }
}

impl World {
    /// A server executes a command of nobody in this world.
    fn run_at_console(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        command: &Rc<[Bytes]>,
        fault: FaultId,
    ) {
        let mut acted = self.let_redis(stage, server, |redis, now, desk| {
            let request = Inbound::Request(Request::from(command.clone()));
            for message in [Inbound::Connect, request, Inbound::Disconnect] {
                redis.deliver(now, CONSOLE, message, desk);
            }
        });
        acted.sent.retain(|(link, _)| *link != CONSOLE);
        self.acted_by_fault(stage, server, acted, fault);
    }
}
