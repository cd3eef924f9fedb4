//! Driving the model through a recording.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::{Difference, Tally};
use super::compare::{Comparison, Rules};
use super::event::{Act, Answer, Event, Turn, What};
use super::json::{write_command, write_reply};
use super::rule;
use super::settings::Settings;
use super::world::{Alternatives, Branch, World, strings};
use crate::store::redis::{Bytes, Draw, Message, Reply};
use crate::store::{Inbound, Link, Outbound};
use crate::time::Micros;

/// Goes through a recording.
pub(super) struct Driver {
    settings: Settings,
    /// All that agree with what was read so far. Never empty.
    worlds: Vec<World>,
    clients: BTreeMap<String, Client>,
    links: u32,
    at: Micros,
    tally: Tally,
}

/// A connection.
struct Client {
    link: Link,
    node: usize,
    /// The commands since MULTI.
    queue: Vec<Rc<[Bytes]>>,
}

/// How many worlds are followed at most.
const MOST: usize = 24;
/// How many lines ahead an expiry by the background may be heard of.
const AHEAD: usize = 64;
/// How many of them at most are tried to have happened before a command.
const BEFORE: usize = 4;

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

    fn deliver_all(&mut self, at: Micros, node: usize, link: Link, message: &Inbound<Rc<[Bytes]>>) {
        let nominal = |_: &Draw, _| Alternatives::Only(0);
        let next = self.worlds.iter().flat_map(|world| {
            world.deliver(node, at, link, message, &nominal).into_iter().map(|branch| branch.world)
        });
        let next = next.collect();
        self.keep(next);
    }

    fn call(&mut self, event: &Event, after: &[Event], call: &Call<'_>) {
        let what = format!("{} {}", call.name, write_command(call.argv));
        self.settle(event, call.link, &what);
        let starts = self.with_background(event, after, call.node);
        let recorded = match call.answer {
            Answer::Reply(reply) => strings(reply),
            _ => Vec::new(),
        };
        let known = |draw: &Draw, _: u32| match draw {
            // Of those that could have been picked, try those that the reply names.
            Draw::Pick(candidates) => {
                let named = |candidate: &Bytes| recorded.contains(&candidate);
                let places = candidates.iter().enumerate().filter(|(_, name)| named(name));
                Alternatives::Also(places.map(|(at, _)| at as u32).collect())
            }
            _ => Alternatives::All,
        };
        let message = Inbound::Request(call.argv.clone());
        let mut matching = Vec::new();
        let mut nominal = None;
        for (world, reaped) in starts {
            for branch in world.deliver(call.node, event.at, call.link, &message, &known) {
                match self.judge(call, &branch) {
                    Some(mut rules) => {
                        rules.extend(branch.answers.iter().map(super::world::Answered::rule));
                        rules.extend(std::iter::repeat_n((rule::BACKGROUND, true), reaped));
                        matching.push((branch.world, rules));
                    }
                    None if nominal.is_none() && matching.is_empty() => {
                        nominal = Some(branch.world)
                    }
                    None => {}
                }
            }
        }
        if let Some((_, rules)) = matching.first() {
            self.count(rules);
            self.tally.same();
        } else if let Some(world) = nominal {
            let waits = world.server(call.node).is_blocked(call.link);
            let model = match world.next(call.link) {
                Some(said) => print(said),
                None if waits => "blocked".to_owned(),
                None => "no reply".to_owned(),
            };
            self.differ(event, &what, print_answer(call.answer), model);
            matching.push((world, Vec::new()));
        }
        let mut next: Vec<World> = matching.into_iter().map(|(world, _)| world).collect();
        for world in &mut next {
            if let Some(Outbound::Message(Message::Reply(_))) = world.next(call.link) {
                world.show(call.link);
            }
        }
        self.keep(next);
        self.queue(call);
    }

    /// Everything that the server said to a client before this must have been shown.
    fn settle(&mut self, event: &Event, link: Link, what: &str) {
        if self.worlds.iter().any(|world| world.owes_nothing(link)) {
            self.worlds.retain(|world| world.owes_nothing(link));
            return;
        }
        for said in self.worlds[0].give_up(link) {
            self.differ(event, what, "nothing before it".to_owned(), print(&said));
        }
        for world in &mut self.worlds {
            world.give_up(link);
        }
    }

    /// The worlds as they are, and as they are if the background removed keys just before, of which the
    /// recording tells a little later; with how many.
    fn with_background(&self, event: &Event, after: &[Event], node: usize) -> Vec<(World, usize)> {
        let mut keys: Vec<(usize, Bytes)> = Vec::new();
        for event in after.iter().take(AHEAD) {
            if let What::Client(_, Act::Push(push)) = &event.what
                && let Some(place) = expired(push)
                && !keys.contains(&place)
                && keys.len() < BEFORE
            {
                keys.push(place);
            }
        }
        let mut starts: Vec<(World, usize)> =
            self.worlds.iter().map(|world| (world.clone(), 0)).collect();
        for world in &self.worlds {
            let mut world = world.clone();
            let mut reaped = 0;
            for place in &keys {
                let count = world.count();
                let known = |draw: &Draw, _| only_this_key(draw, place);
                let Some(branch) = world.wake(node, event.at, &known).pop() else { continue };
                if branch.world.count() > count {
                    world = branch.world;
                    reaped += 1;
                    starts.push((world.clone(), reaped));
                }
            }
        }
        starts
    }

    /// Whether a branch agrees with the recorded answer, and by which rules.
    fn judge(&self, call: &Call<'_>, branch: &Branch) -> Option<Rules> {
        let server = branch.world.server(call.node);
        let said = branch.world.next(call.link);
        match (call.answer, said) {
            (Answer::Reply(recorded), Some(Outbound::Message(Message::Reply(model)))) => {
                let queue = self.clients.get(call.name).map(|client| &client.queue[..]);
                let transaction: Vec<&[Bytes]> =
                    queue.unwrap_or_default().iter().map(|argv| &**argv).collect();
                let times = server.times_read();
                let mut comparison =
                    Comparison { settings: &self.settings, transaction: &transaction, times };
                comparison.compare(call.argv, model, recorded)
            }
            (Answer::Blocked, None) => server.is_blocked(call.link).then(Vec::new),
            (Answer::None, None) => (!server.is_blocked(call.link)).then(Vec::new),
            (Answer::None, Some(Outbound::Message(Message::Push(_)))) => Some(Vec::new()),
            _ => None,
        }
    }

    /// Keeps the commands of a transaction.
    fn queue(&mut self, call: &Call<'_>) {
        let Some(client) = self.clients.get_mut(call.name) else { return };
        match call.answer {
            Answer::Reply(Reply::Status(text)) if **text == *b"QUEUED" => {
                client.queue.push(call.argv.clone());
            }
            _ => {
                let name = &call.argv[0];
                if [&b"exec"[..], b"discard", b"reset"]
                    .iter()
                    .any(|end| name.eq_ignore_ascii_case(end))
                {
                    client.queue.clear();
                }
            }
        }
    }

    fn push(&mut self, event: &Event, node: usize, name: &str, link: Link, push: &Reply) {
        let what = format!("{name} push");
        let shows = |world: &World| matches!(world.next(link), Some(Outbound::Message(Message::Push(model))) if model == push);
        let mut background = false;
        if !self.worlds.iter().any(&shows)
            && let Some(place) = expired(push)
        {
            let known = |draw: &Draw, _| only_this_key(draw, &place);
            let woken: Vec<World> = self
                .worlds
                .iter()
                .flat_map(|world| world.wake(node, event.at, &known))
                .map(|branch| branch.world)
                .collect();
            background = woken.iter().any(&shows);
            if background {
                self.worlds = woken;
            }
        }
        if expired(push).is_some() {
            self.tally.rule(rule::BACKGROUND, background);
        }
        if self.worlds.iter().any(&shows) {
            self.worlds.retain(&shows);
            let mut overtaken = true;
            for world in &mut self.worlds {
                overtaken &= world.show(link);
            }
            self.tally.rule(rule::AMONG_CLIENTS, overtaken);
            self.tally.same();
            return;
        }
        let model = self.worlds[0].next(link).map_or("no push".to_owned(), print);
        self.differ(event, &what, write_reply(push).to_string(), model);
        for world in &mut self.worlds {
            if let Some(Outbound::Message(Message::Push(_))) = world.next(link) {
                world.show(link);
            }
        }
    }

    fn unblocked(&mut self, event: &Event, node: usize, name: &str, link: Link, reply: &Reply) {
        let what = format!("{name} unblocked");
        let shows = |world: &World| matches!(world.next(link), Some(Outbound::Message(Message::Reply(model))) if model == reply);
        let mut late = None;
        if !self.worlds.iter().any(&shows) {
            let until = self.worlds.iter().find_map(|world| world.server(node).blocked_until(link));
            let lateness = until.map(|until| event.at - until);
            let in_time = lateness
                .is_some_and(|late| late >= Micros::ZERO && late <= self.settings.timeout_late);
            if in_time {
                let known = |draw: &Draw, _| match draw {
                    Draw::BlockTimeout { link: other, .. } if *other == link => {
                        Alternatives::Only(0)
                    }
                    _ => Alternatives::Only(1),
                };
                let woken = self.worlds.iter().flat_map(|world| world.wake(node, event.at, &known));
                self.worlds = woken.map(|branch| branch.world).collect();
                late = lateness;
            }
        }
        if let Some(late) = late {
            self.tally.rule(rule::TIMEOUT, late > Micros::ZERO);
        }
        if self.worlds.iter().any(&shows) {
            self.worlds.retain(&shows);
            for world in &mut self.worlds {
                world.show(link);
            }
            self.tally.same();
            return;
        }
        let world = &self.worlds[0];
        let model = match world.next(link) {
            Some(said) => print(said),
            None => match world.server(node).blocked_until(link) {
                Some(until) => format!("blocked until {}", until.0),
                None if world.server(node).is_blocked(link) => "blocked for ever".to_owned(),
                None => "not blocked".to_owned(),
            },
        };
        self.differ(event, &what, write_reply(reply).to_string(), model);
        for world in &mut self.worlds {
            if let Some(Outbound::Message(Message::Reply(_))) = world.next(link) {
                world.show(link);
            }
        }
    }

    /// The worlds to go on with: no two that are the same, and not too many.
    fn keep(&mut self, worlds: Vec<World>) {
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

    fn count(&mut self, rules: &Rules) {
        for (rule, used) in rules {
            self.tally.rule(rule, *used);
        }
    }

    fn differ(&mut self, event: &Event, what: &str, recorded: String, model: String) {
        self.tally.differs(Difference {
            line: event.line,
            at: event.at,
            what: what.to_owned(),
            recorded,
            model,
        });
    }
}

/// A call and what was recorded of it.
struct Call<'a> {
    node: usize,
    name: &'a str,
    link: Link,
    argv: &'a Rc<[Bytes]>,
    answer: &'a Answer,
}

fn print(said: &Outbound<Message>) -> String {
    match said {
        Outbound::Message(Message::Reply(reply)) => write_reply(reply).to_string(),
        Outbound::Message(Message::Push(push)) => format!("push {}", write_reply(push)),
        Outbound::Close => "the end of the connection".to_owned(),
    }
}

fn print_answer(answer: &Answer) -> String {
    match answer {
        Answer::None => "no reply".to_owned(),
        Answer::Blocked => "blocked".to_owned(),
        Answer::Reply(reply) => write_reply(reply).to_string(),
    }
}

/// The key whose expiry a keyspace notification tells.
fn expired(push: &Reply) -> Option<(usize, Bytes)> {
    let Reply::Array(parts) = push else { return None };
    let [.., Reply::Bulk(channel), Reply::Bulk(message)] = &**parts else { return None };
    if let Some(rest) = channel.strip_prefix(b"__keyevent@") {
        let (db, event) = split(rest)?;
        return (event == b"expired").then(|| (db, message.clone()));
    }
    let (db, key) = split(channel.strip_prefix(b"__keyspace@")?)?;
    (**message == *b"expired").then(|| (db, key.into()))
}

/// `0__:name`
fn split(text: &[u8]) -> Option<(usize, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit())?;
    let db = std::str::from_utf8(&text[..end]).ok()?.parse().ok()?;
    Some((db, text[end..].strip_prefix(b"__:")?))
}

/// The background removes this key now and no other, and nobody's block times out.
fn only_this_key(draw: &Draw, place: &(usize, Bytes)) -> Alternatives {
    match draw {
        Draw::ActiveExpiry { db, key, .. } if (*db, key) == (place.0, &place.1) => {
            Alternatives::Only(0)
        }
        _ => Alternatives::Only(1),
    }
}
