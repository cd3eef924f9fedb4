//! How long servers and clients are busy, in sampled timing: calibrated from real ones (`docs/costs.md`).

use super::server::{AnyMessage, AnyRequest, AnyServer, Sent};
use crate::store::zookeeper::{Op, Request};
use crate::store::{Outbound, redis, zookeeper};
use crate::time::Micros;

/// What each kind of work takes (µs). Searches know no such times.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Costs {
    /// A Redis command.
    pub redis_command: Micros,
    /// A script on Redis, with the commands in it.
    pub redis_script: Micros,
    /// A message of Redis to a client that has not asked in that moment.
    pub redis_push: Micros,
    /// A packet of a ZooKeeper client, and its answer.
    pub zookeeper_request: Micros,
    /// What an answer with a thousand children takes beside that.
    pub zookeeper_children: Micros,
    /// A watch event.
    pub zookeeper_event: Micros,
    /// Beside that, whatever changes a node: writing the log to the disk, if the server waits for it.
    pub zookeeper_fsync: Micros,
    /// A read or a write of the ledger.
    pub ledger: Micros,
    /// What a client takes before it acts on a message.
    pub client: Micros,
}

impl Default for Costs {
    fn default() -> Self {
        Self {
            redis_command: Micros(2),
            redis_script: Micros(4),
            redis_push: Micros(5),
            zookeeper_request: Micros(50),
            zookeeper_children: Micros(100),
            zookeeper_event: Micros(17),
            zookeeper_fsync: Micros::ZERO,
            ledger: Micros(20),
            client: Micros::ZERO,
        }
    }
}

impl Costs {
    /// Each cost (µs) with its name in model files, and what it is.
    pub fn all(&self) -> [(&'static str, Micros, &'static str); 9] {
        [
            ("redis_command", self.redis_command, "a Redis command"),
            ("redis_script", self.redis_script, "a script on Redis, with the commands in it"),
            (
                "redis_push",
                self.redis_push,
                "a message of Redis to each subscriber or blocked client",
            ),
            ("zookeeper_request", self.zookeeper_request, "a packet to ZooKeeper, with its answer"),
            (
                "zookeeper_children",
                self.zookeeper_children,
                "beside that, a thousand children in an answer",
            ),
            ("zookeeper_event", self.zookeeper_event, "a watch event to one client"),
            (
                "zookeeper_fsync",
                self.zookeeper_fsync,
                "beside that, a change of a node that waits for the disk",
            ),
            ("ledger", self.ledger, "a read or a write of the ledger"),
            ("client", self.client, "what a client takes before it acts on a message"),
        ]
    }

    /// The cost of that name, to be set.
    pub fn named(&mut self, name: &str) -> Option<&mut Micros> {
        Some(match name {
            "redis_command" => &mut self.redis_command,
            "redis_script" => &mut self.redis_script,
            "redis_push" => &mut self.redis_push,
            "zookeeper_request" => &mut self.zookeeper_request,
            "zookeeper_children" => &mut self.zookeeper_children,
            "zookeeper_event" => &mut self.zookeeper_event,
            "zookeeper_fsync" => &mut self.zookeeper_fsync,
            "ledger" => &mut self.ledger,
            "client" => &mut self.client,
            _ => return None,
        })
    }

    /// What it takes `server` to execute a request.
    pub(crate) fn of(&self, request: &AnyRequest, server: &AnyServer) -> Micros {
        match request {
            AnyRequest::Redis(request) => match request.command().and_then(|line| line.first()) {
                Some(name) if name.eq_ignore_ascii_case(b"EVAL") => self.redis_script,
                _ => self.redis_command,
            },
            AnyRequest::ZooKeeper(request) => self.zookeeper_request + self.beside(request, server),
            AnyRequest::Ledger(_) => self.ledger,
        }
    }

    /// What a packet takes beside what every packet does.
    fn beside(&self, request: &Request, server: &AnyServer) -> Micros {
        let Request::Call { op, .. } = request else { return Micros::ZERO };
        match (op, server) {
            (
                Op::GetChildren { path, .. } | Op::GetChildren2 { path, .. },
                AnyServer::ZooKeeper(server),
            ) => Micros(server.children(path) as i64 * self.zookeeper_children.0 / 1000),
            (Op::Create(_) | Op::Delete { .. } | Op::SetData { .. } | Op::Multi(_), _) => {
                self.zookeeper_fsync
            }
            _ => Micros::ZERO,
        }
    }

    /// What it takes to send the messages that nobody asked for.
    pub(crate) fn of_sending(&self, sent: &Sent) -> Micros {
        let costs = sent.iter().map(|(_, message)| match message {
            Outbound::Message(AnyMessage::ZooKeeper(zookeeper::Message::Watch(_))) => {
                self.zookeeper_event.0
            }
            Outbound::Message(AnyMessage::Redis(redis::Message::Push(_))) => self.redis_push.0,
            _ => 0,
        });
        Micros(costs.sum())
    }
}
