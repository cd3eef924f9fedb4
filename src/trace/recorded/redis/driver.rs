//! Driving the model through a recording.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::{Difference, Tally};
use super::call::Call;
use super::compare::Rules;
use super::event::{Act, Event, Turn, What};
use super::json::write_reply;
use super::settings::Settings;
use super::world::{Alternatives, World};
use crate::store::redis::{Bytes, Draw, Message, Request};
use crate::store::{Inbound, Link, Outbound};
use crate::time::Micros;

/// Goes through a recording.
pub(super) struct Driver {
    pub(super) settings: Settings,
    /// All that agree with what was read so far. Never empty.
    pub(super) worlds: Vec<World>,
    pub(super) clients: BTreeMap<String, Client>,
    links: u32,
    at: Micros,
    pub(super) tally: Tally,
}

/// A connection.
pub(super) struct Client {
    link: Link,
    node: usize,
    /// The commands since MULTI.
    pub(super) queue: Vec<Rc<[Bytes]>>,
}

/// How many worlds are followed at most.
const MOST: usize = 24;

impl Driver {
    /// At the beginning of a recording.
    pub(super) fn new(settings: Settings) -> Self {
        let world = World::new(&settings.server, settings.nodes.len());
        Self {
            settings,
            worlds: vec![world],
            clients: BTreeMap::new(),
            links: 0,
            at: Micros(i64::MIN),
            tally: Tally::default(),
        }
    }

    /// One event; `after` are those that follow.
    pub(super) fn step(&mut self, event: &Event, after: &[Event]) {
        if event.at < self.at {
            let before = self.at.0;
            self.differ(
                event,
                "the time",
                format!("at {}", event.at.0),
                format!("at {before} or later"),
            );
        }
        self.at = self.at.max(event.at);
        let node = match &event.node {
            None if self.settings.nodes.len() == 1 => Some(0),
            None => None,
            Some(name) => self.settings.nodes.iter().position(|known| known == name),
        };
        let Some(node) = node else {
            let name = event.node.as_deref().unwrap_or("no name").to_owned();
            self.differ(event, "the server", name, "no such server".to_owned());
            return;
        };
        match &event.what {
            What::Server(turn) => self.turn(event, node, *turn),
            What::Client(name, Act::Connect) => self.connect(event, node, name),
            What::Client(name, act) => {
                let client = self.clients.get(name).filter(|client| client.node == node);
                let Some(client) = client else {
                    self.differ(event, name, "an event".to_owned(), "not connected".to_owned());
                    return;
                };
                let link = client.link;
                match act {
                    Act::Connect => {}
                    Act::Disconnect => self.disconnect(event, node, name, link),
                    Act::Call(argv, answer) => {
                        self.call(event, after, &Call { node, name, link, argv, answer });
                    }
                    Act::Push(push) => self.push(event, node, name, link, push),
                    Act::Unblocked(reply) => self.unblocked(event, node, name, link, reply),
                }
            }
        }
    }

    /// At the end of the recording: a recording may stop anywhere, so what is still to be shown is no
    /// difference.
    pub(super) fn end(self) -> Tally {
        self.tally
    }

    fn turn(&mut self, event: &Event, node: usize, turn: Turn) {
        if turn == Turn::Down && !self.worlds[0].is_up(node) {
            self.differ(event, "the server", "goes down".to_owned(), "is down".to_owned());
            return;
        }
        self.clients.retain(|_, client| client.node != node);
        let mut next = Vec::new();
        for world in &mut self.worlds {
            if world.is_up(node) {
                world.crash(node);
            }
            if turn == Turn::Restart {
                next.extend(world.restart(node, event.at).into_iter().map(|branch| branch.world));
            }
        }
        if turn == Turn::Restart {
            self.keep(next);
        }
    }

    fn connect(&mut self, event: &Event, node: usize, name: &str) {
        if self.clients.contains_key(name) {
            self.differ(event, name, "connects".to_owned(), "is connected".to_owned());
            return;
        }
        if !self.worlds[0].is_up(node) {
            self.differ(event, name, "connects".to_owned(), "the server is down".to_owned());
            return;
        }
        self.links += 1;
        let link = Link(self.links);
        self.clients.insert(name.to_owned(), Client { link, node, queue: Vec::new() });
        self.deliver_all(event.at, node, link, &Inbound::Connect);
    }

    fn disconnect(&mut self, event: &Event, node: usize, name: &str, link: Link) {
        let owed = self
            .worlds
            .iter()
            .all(|world| !matches!(world.next(link), None | Some(Outbound::Close)));
        if owed {
            let said = self.worlds[0].next(link).map(print).unwrap_or_default();
            self.differ(event, name, "disconnects".to_owned(), said);
        }
        self.clients.remove(name);
        for world in &mut self.worlds {
            world.give_up(link);
        }
        self.deliver_all(event.at, node, link, &Inbound::Disconnect);
    }

    fn deliver_all(&mut self, at: Micros, node: usize, link: Link, message: &Inbound<Request>) {
        let nominal = |_: &Draw, _| Alternatives::Only(0);
        let next = self.worlds.iter().flat_map(|world| {
            world.deliver(node, at, link, message, &nominal).into_iter().map(|branch| branch.world)
        });
        let next = next.collect();
        self.keep(next);
    }

    /// The worlds to go on with: no two that are the same, and not too many.
    pub(super) fn keep(&mut self, worlds: Vec<World>) {
        if worlds.len() < 2 {
            self.worlds = worlds;
            return;
        }
        let mut keys = Vec::new();
        self.worlds.clear();
        for world in worlds {
            let key = world.key(self.at);
            if !keys.contains(&key) {
                keys.push(key);
                self.worlds.push(world);
            }
            if self.worlds.len() == MOST {
                break;
            }
        }
    }

    pub(super) fn count(&mut self, rules: &Rules) {
        for (rule, used) in rules {
            self.tally.rule(rule, *used);
        }
    }

    pub(super) fn differ(&mut self, event: &Event, what: &str, recorded: String, model: String) {
        self.tally.differs(Difference {
            line: event.line,
            at: event.at,
            what: what.to_owned(),
            recorded,
            model,
        });
    }
}

/// Something that a server said, for people.
pub(super) fn print(said: &Outbound<Message>) -> String {
    match said {
        Outbound::Message(Message::Reply(reply)) => write_reply(reply).to_string(),
        Outbound::Message(Message::Push(push)) => format!("push {}", write_reply(push)),
        Outbound::Message(Message::Peer(peer)) => format!("to another server: {}", peer.name()),
        Outbound::Close => "the end of the connection".to_owned(),
    }
}
