//! `given`: what the stores and the ledger hold at the beginning.

use super::clients::Clients;
use super::fields;
use super::store::Store;
use crate::cx::{KEPT_AT, Kept, LockBox};
use crate::json::{Problem, Section};
use crate::property::Facts;
use crate::sim::Fault;
use crate::store::ledger::{Account, Fencing, Ledger};
use crate::store::redis::{self, Bytes, Message, RedisServer, Reply};
use crate::store::zookeeper::{
    self, Answer, Connect, Create, CreateMode, Op, Request, ZkError, ZooKeeper, Zxid,
};
use crate::store::{Env, Inbound, Link, Outbound, Server};
use crate::time::Micros;
use crate::workload;

/// The contents of a model at the beginning.
#[derive(Clone, Debug)]
pub(super) struct Given {
    ledger: Option<Ledger>,
    /// What ledger or store say at the beginning.
    value: i64,
    /// A server that has executed the commands.
    redis: RedisServer,
    /// Nodes in the order in which they are created.
    nodes: Vec<Node>,
}

/// A node that is there at the beginning.
#[derive(Clone, Debug)]
struct Node {
    path: String,
    data: String,
    /// How many children it has had, if that is said.
    created: Option<i32>,
}

impl Node {
    /// Reads `"data"`, or `{"data": "", "created": 2147483646}`.
    fn from_section(path: String, section: &Section<'_>) -> Result<Self, Box<Problem>> {
        if let Ok(data) = section.to() {
            return Ok(Self { path, data, created: None });
        }
        let fields = section.fields(&["data", "created"])?;
        let data = fields.optional("data")?.unwrap_or_default();
        Ok(Self { path, data, created: fields.optional("created")? })
    }
}

impl Given {
    /// Reads `{"ledger": 100, "accounts": [50, 50], "fencing": "writes", "redis": [["SET", "k", "v"]], "nodes": {"/locks": ""}}`.
    ///
    /// A ledger that is not given says 0; where works keep their number in the store, it stands for that. A node that is `{"data": "", "created": 2147483646}` has had so many
    /// children: the next number in line is that one.
    pub(super) fn from_section(
        section: Option<Section<'_>>,
        store: &Store,
        clients: &Clients,
    ) -> Result<Self, Box<Problem>> {
        let works = &clients.works[..];
        let needed = works.iter().map(|work| work.accounts).max().unwrap_or(0);
        let uses_ledger = clients.keep(Kept::is_in_ledger);
        let keeps_in_store = clients.keep(|kept| !kept.is_in_ledger());
        let mut given = Self {
            ledger: uses_ledger
                .then(|| Ledger::new(0, Fencing::Off).with_accounts(vec![0; needed])),
            value: 0,
            redis: RedisServer::new(store.redis_config()),
            nodes: Vec::new(),
        };
        let Some(section) = section else {
            given.keep_in_store(keeps_in_store);
            return Ok(given);
        };
        let fields = section.fields(&fields::names("given"))?;
        for name in ["ledger", "accounts", "fencing"] {
            let has_it = uses_ledger || name == "ledger" && keeps_in_store;
            if let Some(field) = fields.get(name).filter(|_| !has_it) {
                let message = format!("the work `{}` uses no ledger", workload::names(works));
                return Err(field.error(message));
            }
        }
        for (name, of) in [("redis", "redis"), ("nodes", "zookeeper")] {
            if let Some(field) = fields.get(name).filter(|_| store.name() != of) {
                return Err(field
                    .error(format!("`{name}` is for a `{of}` store; this is `{}`", store.name())));
            }
        }
        let fencing = fields.get("fencing").map(|field| fencing(&field)).transpose()?;
        let value = fields.optional("ledger")?.unwrap_or(0);
        given.value = value;
        let accounts = fields.get("accounts").map(|field| accounts(&field, needed)).transpose()?;
        let accounts = accounts.unwrap_or_else(|| vec![0; needed]);
        given.ledger = uses_ledger
            .then(|| Ledger::new(value, fencing.unwrap_or_default()).with_accounts(accounts));
        given.keep_in_store(keeps_in_store);
        if let Some(commands) = fields.get("redis") {
            for command in commands.elements()? {
                given.execute(&command)?;
            }
        }
        if let Some(nodes) = fields.get("nodes") {
            for node in nodes.members()? {
                given.nodes.push(Node::from_section(node.name.clone(), &node.value)?);
                if let Err(error) = filled(zookeeper::Config::default(), &given.nodes) {
                    return Err(node.error(format!("the node cannot be created: {error:?}")));
                }
            }
        }
        Ok(given)
    }

    /// Puts the number where works keep it in the lock's store.
    fn keep_in_store(&mut self, keeps: bool) {
        if keeps {
            let (path, data) = (format!("/{KEPT_AT}"), self.value.to_string());
            let set = ["SET", KEPT_AT, &data].map(Bytes::from);
            self.tell(set.into_iter().collect());
            self.nodes.push(Node { path, data, created: None });
        }
    }

    /// What properties need to know.
    pub(super) fn facts(&self, clients: &Clients, faults: &[Fault]) -> Facts {
        let locks = || clients.processes.iter().map(|client| &client.lock);
        Facts {
            ledger: self.value,
            crashes: faults.iter().any(Fault::kills),
            queues: locks().any(LockBox::is_queue),
            counts_for: locks().filter_map(LockBox::counts_for).min(),
        }
    }

    /// The ledger, if the work uses one.
    pub(super) fn ledger(&self) -> Option<Ledger> {
        self.ledger.clone()
    }

    /// A Redis server with the given contents.
    pub(super) fn redis(&self) -> &RedisServer {
        &self.redis
    }

    /// A ZooKeeper service with the given nodes.
    pub(super) fn zookeeper(&self, config: zookeeper::Config) -> ZooKeeper {
        // The nodes were tried when they were read.
        filled(config.clone(), &self.nodes).unwrap_or_else(|_| ZooKeeper::new(config))
    }

    /// Executes one command: a list of texts.
    fn execute(&mut self, section: &Section<'_>) -> Result<(), Box<Problem>> {
        let words: Vec<String> = section.to()?;
        if words.is_empty() {
            return Err(section.error(
                "an empty command; the first text is its name, as in [\"SET\", \"k\", \"v\"]",
            ));
        }
        let heard = self.tell(words.iter().map(|word| Bytes::from(word.as_bytes())).collect());
        match heard.0.first() {
            Some(Outbound::Message(Message::Reply(reply))) if !reply.is_error() => Ok(()),
            Some(Outbound::Message(Message::Reply(Reply::Error(text)))) => {
                Err(section.error(format!("Redis answers: {}", text.to_text())))
            }
            _ => Err(section.error("Redis gives no answer to this command alone")),
        }
    }

    fn tell(&mut self, argv: redis::Request) -> Heard<Message> {
        let mut heard = Heard(Vec::new());
        for message in [Inbound::Connect, Inbound::Request(argv), Inbound::Disconnect] {
            self.redis.deliver(Micros::ZERO, GIVER, message, &mut heard);
        }
        heard
    }
}

/// What the accounts hold, the first one first.
fn accounts(section: &Section<'_>, needed: usize) -> Result<Vec<i64>, Box<Problem>> {
    let accounts: Vec<i64> = section.to()?;
    if accounts.len() < needed || accounts.len() >= usize::from(Account::IN_STORE.0) {
        let message = format!("{} accounts; the work uses {needed}", accounts.len());
        return Err(section.error(message));
    }
    Ok(accounts)
}

fn fencing(section: &Section<'_>) -> Result<Fencing, Box<Problem>> {
    let name: String = section.to()?;
    match &*name {
        "off" => Ok(Fencing::Off),
        "writes" => Ok(Fencing::Writes),
        "both" => Ok(Fencing::Both),
        _ => Err(section.unknown_name("fencing", &name, ["off", "writes", "both"])),
    }
}

/// The link of whoever fills the stores; nobody else has that number.
const GIVER: Link = Link(u32::MAX);

/// A new service with these persistent nodes, created in a session that is over.
fn filled(config: zookeeper::Config, nodes: &[Node]) -> Result<ZooKeeper, ZkError> {
    let mut server = ZooKeeper::new(config);
    if nodes.is_empty() {
        return Ok(server);
    }
    let connect = Connect { timeout_ms: 0, session: None, last_zxid_seen: Zxid::ZERO };
    let create = |node: &Node| {
        Op::Create(Create::new(&node.path, node.data.as_bytes(), CreateMode::Persistent))
    };
    let calls = nodes.iter().map(create).chain([Op::CloseSession]);
    let calls = calls.map(|op| Request::Call { xid: 0, op });
    let mut heard = Heard(Vec::new());
    server.deliver(Micros::ZERO, GIVER, Inbound::Connect, &mut heard);
    for request in [Request::Connect(connect)].into_iter().chain(calls) {
        server.deliver(Micros::ZERO, GIVER, Inbound::Request(request), &mut heard);
    }
    server.deliver(Micros::ZERO, GIVER, Inbound::Disconnect, &mut heard);
    for message in heard.0 {
        if let Outbound::Message(zookeeper::Message::Reply(reply)) = message {
            let _: Answer = reply.result?;
        }
    }
    for node in nodes {
        if let Some(created) = node.created {
            server.has_created(&node.path, created);
        }
    }
    Ok(server)
}

/// Whoever fills the stores listens to what they answer, and leaves every choice at its nominal outcome.
struct Heard<M>(Vec<Outbound<M>>);

impl<S: Server> Env<S> for Heard<S::Message> {
    fn send(&mut self, _: Link, message: Outbound<S::Message>) {
        self.0.push(message);
    }

    fn draw(&mut self, _: &S::Draw, _: u32) -> u32 {
        0
    }
}
