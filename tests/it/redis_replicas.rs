//! A small world of several servers: clients' calls, and words between the servers that can be held back.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use lockstep::store::redis::{
    Bytes, Config, Draw, Message, Peer, RedisServer, Reply, Request as Line,
};
use lockstep::store::{Effect, Env, Heed, Inbound, Key, Link, Outbound, Server};
use lockstep::time::Micros;

/// What arrives at the other end of a link between servers.
type Word = Inbound<Line>;

/// Several servers; number 0 is the first master, and server `n` listens on port `n`.
pub(crate) struct Servers {
    pub(crate) nodes: Vec<RedisServer>,
    pub(crate) now: Micros,
    links: u32,
    /// Links between servers: the replica and the master.
    between: BTreeMap<Link, (usize, usize)>,
    /// What is on its way, from one server to another.
    on_its_way: BTreeMap<(usize, usize), VecDeque<(Link, Word)>>,
    held: Vec<(usize, usize)>,
    said: BTreeMap<Link, VecDeque<Outbound<Message>>>,
    /// Each server has one client.
    clients: Vec<Link>,
    strangers: BTreeSet<Link>,
    /// All that a server told of what it did to its data.
    pub(crate) told: Vec<(usize, Effect)>,
}

struct Wires<'a> {
    from: usize,
    between: &'a mut BTreeMap<Link, (usize, usize)>,
    on_its_way: &'a mut BTreeMap<(usize, usize), VecDeque<(Link, Word)>>,
    said: &'a mut BTreeMap<Link, VecDeque<Outbound<Message>>>,
    told: &'a mut Vec<(usize, Effect)>,
}

impl Env<RedisServer> for Wires<'_> {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        let Some((replica, master)) = self.between.get(&link).copied() else {
            self.said.entry(link).or_default().push_back(message);
            return;
        };
        let to = if self.from == replica { master } else { replica };
        let word = match message {
            Outbound::Message(Message::Peer(peer)) => Inbound::Request(Line::Peer(peer)),
            Outbound::Close => Inbound::Disconnect,
            other @ Outbound::Message(_) => panic!("{other:?} between servers"),
        };
        self.on_its_way.entry((self.from, to)).or_default().push_back((link, word));
    }

    fn draw(&mut self, _: &Draw, _: u32) -> u32 {
        0
    }

    fn heeds(&self) -> Heed<'_> {
        Heed::Everything
    }

    fn effect(&mut self, effect: Effect) {
        self.told.push((self.from, effect));
    }
}

impl Servers {
    /// A master and so many replicas, which have its data.
    pub(crate) fn new(config: &Config, replicas: u16) -> Self {
        let nodes = (0..=replicas).map(|port| RedisServer::new(Config { port, ..config.clone() }));
        let mut world = Self {
            nodes: nodes.collect(),
            now: Micros::from_ms(5000),
            links: 0,
            between: BTreeMap::new(),
            on_its_way: BTreeMap::new(),
            held: Vec::new(),
            said: BTreeMap::new(),
            clients: Vec::new(),
            strangers: BTreeSet::new(),
            told: Vec::new(),
        };
        for server in 0..world.nodes.len() {
            let link = world.connect(server);
            world.clients.push(link);
        }
        for replica in 1..world.nodes.len() {
            world.follow(replica, 0);
        }
        world
    }

    fn act(&mut self, server: usize, act: impl FnOnce(&mut RedisServer, Micros, &mut Wires<'_>)) {
        let now = self.now;
        let mut wires = Wires {
            from: server,
            between: &mut self.between,
            on_its_way: &mut self.on_its_way,
            said: &mut self.said,
            told: &mut self.told,
        };
        act(&mut self.nodes[server], now, &mut wires);
        self.pump();
    }

    /// Delivers everything between the servers that is not held.
    fn pump(&mut self) {
        loop {
            let ready = |(pair, words): &(&(usize, usize), &mut VecDeque<_>)| {
                !self.held.contains(*pair) && !words.is_empty()
            };
            let Some(((_, to), words)) = self.on_its_way.iter_mut().find(ready) else { return };
            let (to, Some((link, word))) = (*to, words.pop_front()) else { return };
            self.act(to, |server, now, wires| server.deliver(now, link, word, wires));
        }
    }

    pub(crate) fn connect(&mut self, server: usize) -> Link {
        self.links += 1;
        let link = Link(self.links);
        self.act(server, |it, now, wires| it.deliver(now, link, Inbound::Connect, wires));
        link
    }

    /// Makes a server a replica of another, as a failover does.
    pub(crate) fn follow(&mut self, replica: usize, master: usize) {
        let host = Bytes::from("127.0.0.1");
        self.act(replica, |it, now, wires| it.follow(now, &host, master as u16, wires));
        self.sync(replica, master);
    }

    /// Opens a link from a replica to its master.
    pub(crate) fn sync(&mut self, replica: usize, master: usize) {
        self.links += 1;
        let link = Link(self.links);
        self.between.insert(link, (replica, master));
        self.act(master, |it, now, wires| it.deliver(now, link, Inbound::Connect, wires));
        self.act(replica, |it, now, wires| it.sync(now, link, wires));
    }

    pub(crate) fn promote(&mut self, replica: usize) {
        self.act(replica, |it, now, wires| it.promote(now, wires));
    }

    /// Nothing gets from one server to another, either way, until [`heal`](Self::heal).
    pub(crate) fn part(&mut self, one: usize, other: usize) {
        self.held.extend([(one, other), (other, one)]);
    }

    /// Nothing gets from one server to another until [`heal`](Self::heal).
    pub(crate) fn hold(&mut self, from: usize, to: usize) {
        self.held.push((from, to));
    }

    pub(crate) fn heal(&mut self) {
        self.held.clear();
        self.pump();
    }

    /// The server dies: nobody hears of what it still had to say, and its links end.
    pub(crate) fn crash(&mut self, server: usize) {
        self.nodes[server].crash();
        self.on_its_way.retain(|(from, to), _| *from != server && *to != server);
        let of = |(_, ends): &(&Link, &(usize, usize))| ends.0 == server || ends.1 == server;
        let gone: Vec<_> =
            self.between.iter().filter(of).map(|(link, ends)| (*link, *ends)).collect();
        for (link, (replica, master)) in gone {
            self.between.remove(&link);
            let other = if replica == server { master } else { replica };
            self.act(other, |it, now, wires| it.deliver(now, link, Inbound::Disconnect, wires));
        }
    }

    pub(crate) fn restart(&mut self, server: usize) {
        self.act(server, |it, now, wires| it.restart(now, wires));
        self.clients[server] = self.connect(server);
    }

    /// Time passes for all.
    pub(crate) fn pass(&mut self, ms: i64) {
        let end = self.now + Micros::from_ms(ms);
        let mut turns = 0;
        loop {
            let due = |server: &RedisServer| server.deadline().filter(|due| *due <= end);
            let next = (0..self.nodes.len()).filter_map(|it| Some((due(&self.nodes[it])?, it)));
            let Some((due, server)) = next.min() else { break };
            self.now = self.now.max(due);
            self.act(server, |it, now, wires| it.wake(now, wires));
            turns += 1;
            assert!(turns < 10_000, "no end of deadlines");
        }
        self.now = end;
    }

    pub(crate) fn send(&mut self, server: usize, link: Link, line: &str) {
        let line: Line = line.split(' ').map(|word| Bytes::from(word.replace('~', " "))).collect();
        self.act(server, |it, now, wires| it.deliver(now, link, Inbound::Request(line), wires));
    }

    /// The client of that number, which connects when it is first named, sends any line at all.
    pub(crate) fn run(&mut self, server: usize, Link(client): Link, line: Line) {
        let link = Link(1_000 + client);
        if self.strangers.insert(link) {
            self.act(server, |it, now, wires| it.deliver(now, link, Inbound::Connect, wires));
        }
        self.act(server, |it, now, wires| it.deliver(now, link, Inbound::Request(line), wires));
    }

    /// What a connection was told since the last time.
    pub(crate) fn heard(&mut self, link: Link) -> Vec<String> {
        let said = self.said.remove(&link).unwrap_or_default();
        said.iter()
            .map(|message| match message {
                Outbound::Message(Message::Reply(reply)) => show(reply),
                Outbound::Message(Message::Push(push)) => format!("push {}", show(push)),
                Outbound::Message(Message::Peer(peer)) => peer.name().to_owned(),
                Outbound::Close => "close".to_owned(),
            })
            .collect()
    }

    /// The client of a server calls: its answer, or `...` if there is none yet. `~` is a space in a word.
    pub(crate) fn call(&mut self, server: usize, line: &str) -> String {
        let link = self.clients[server];
        self.send(server, link, line);
        let heard = self.heard(link);
        if heard.is_empty() { "...".to_owned() } else { heard.join(" ") }
    }

    /// What the client of a server has been told since.
    pub(crate) fn late(&mut self, server: usize) -> String {
        let link = self.clients[server];
        self.heard(link).join(" ")
    }

    /// All data of a server with its offset, as it would send it to a new replica.
    pub(crate) fn data(&self, server: usize) -> Vec<u8> {
        struct Last(Option<Peer>);
        impl Env<RedisServer> for Last {
            fn send(&mut self, _: Link, message: Outbound<Message>) {
                if let Outbound::Message(Message::Peer(peer)) = message {
                    self.0 = Some(peer);
                }
            }
            fn draw(&mut self, _: &Draw, _: u32) -> u32 {
                0
            }
        }
        let mut asker = RedisServer::new(Config::default());
        let mut last = Last(None);
        asker.follow(self.now, &Bytes::from("h"), 1, &mut last);
        asker.sync(self.now, Link(0), &mut last);
        let ask = Inbound::Request(Line::Peer(last.0.take().unwrap()));
        let mut asked = self.nodes[server].clone();
        asked.promote(self.now, &mut last);
        asked.deliver(self.now, Link(u32::MAX - 1), ask, &mut last);
        let mut key = Key::default();
        last.0.unwrap().key(0, &mut key);
        key.as_bytes().to_vec()
    }
}

pub(crate) fn show(reply: &Reply) -> String {
    match reply {
        Reply::Status(text) | Reply::Bulk(text) => text.to_text(),
        Reply::Error(text) => format!("-{}", text.to_text()),
        Reply::Int(number) => number.to_string(),
        Reply::Nil => "nil".to_owned(),
        Reply::Array(replies) => {
            format!("[{}]", replies.iter().map(show).collect::<Vec<_>>().join(" "))
        }
    }
}
