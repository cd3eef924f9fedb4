//! Three servers: who may answer what, and what survives whom.

use std::collections::{BTreeMap, VecDeque};

use lockstep::store::zookeeper::{
    Answer, Config, Connect, Draw, Message, Op, Password, Peer, Request, SessionId, ZkError,
    ZooKeeper, Zxid,
};
use lockstep::store::{Effect, Env, Heed, Inbound, Link, Outbound, Server};
use lockstep::time::Micros;

use crate::zookeeper_world::{
    Got, TICK, delete, ephemeral, exists, get_children, get_data, persistent, set_data,
};

/// Server 0 leads at first; the link between a follower and the leader has the follower's number.
pub(crate) struct Ensemble {
    pub(crate) servers: Vec<ZooKeeper>,
    pub(crate) leader: usize,
    now: Micros,
    links: u32,
    got: BTreeMap<Link, VecDeque<Got>>,
    /// From one server to another.
    between: BTreeMap<(usize, usize), VecDeque<Peer>>,
    held: Vec<(usize, usize)>,
    /// All that a server told of what it did to its nodes.
    pub(crate) told: Vec<(usize, Effect)>,
}

pub(crate) struct Wires<'a> {
    from: usize,
    leader: usize,
    got: &'a mut BTreeMap<Link, VecDeque<Got>>,
    between: &'a mut BTreeMap<(usize, usize), VecDeque<Peer>>,
    told: &'a mut Vec<(usize, Effect)>,
}

impl Env<ZooKeeper> for Wires<'_> {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        let got = match message {
            Outbound::Message(Message::Peer(peer)) => {
                let to = if self.from == self.leader { link.0 as usize } else { self.leader };
                self.between.entry((self.from, to)).or_default().push_back(peer);
                return;
            }
            Outbound::Close => Got::Close,
            Outbound::Message(Message::Connect(it)) => {
                Got::Connect(it.session.map(|(id, _)| id), it.timeout_ms)
            }
            Outbound::Message(Message::Reply(it)) => Got::Reply(it.zxid.0, it.result),
            Outbound::Message(Message::Watch(it)) => Got::Event(format!("{} {}", it.kind, it.path)),
        };
        self.got.entry(link).or_default().push_back(got);
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

impl Ensemble {
    pub(crate) fn new() -> Self {
        let config = Config::with_tick(TICK);
        Self {
            servers: vec![
                ZooKeeper::leader(config.clone(), 1, &[Link(1), Link(2)]),
                ZooKeeper::follower(config.clone(), 2, Link(1)),
                ZooKeeper::follower(config, 3, Link(2)),
            ],
            leader: 0,
            now: Micros::ZERO,
            links: 10,
            got: BTreeMap::new(),
            between: BTreeMap::new(),
            held: Vec::new(),
            told: Vec::new(),
        }
    }

    pub(crate) fn act(
        &mut self,
        server: usize,
        act: impl FnOnce(&mut ZooKeeper, Micros, &mut Wires<'_>),
    ) {
        let (now, leader) = (self.now, self.leader);
        let mut wires = Wires {
            from: server,
            leader,
            got: &mut self.got,
            between: &mut self.between,
            told: &mut self.told,
        };
        act(&mut self.servers[server], now, &mut wires);
        self.pump();
    }

    /// Delivers everything between the servers that is not held.
    fn pump(&mut self) {
        while let Some((from, to)) = self
            .between
            .iter()
            .find(|(pair, queue)| !self.held.contains(*pair) && !queue.is_empty())
            .map(|(pair, _)| *pair)
        {
            let Some(peer) = self.between.get_mut(&(from, to)).and_then(VecDeque::pop_front) else {
                return;
            };
            let link = Link(if from == self.leader { to } else { from } as u32);
            let (now, leader) = (self.now, self.leader);
            let mut wires = Wires {
                from: to,
                leader,
                got: &mut self.got,
                between: &mut self.between,
                told: &mut self.told,
            };
            self.servers[to].deliver(now, link, Inbound::Request(Request::Peer(peer)), &mut wires);
        }
    }

    pub(crate) fn hold(&mut self, from: usize, to: usize) {
        self.held.push((from, to));
    }

    pub(crate) fn release(&mut self) {
        self.held.clear();
        self.pump();
    }

    /// What is on its way between servers is lost.
    pub(crate) fn drop_between(&mut self) {
        self.between.clear();
    }

    fn connect(&mut self, server: usize, session: Option<SessionId>) -> Link {
        let link = Link(self.links);
        self.links += 1;
        let session = session.map(|session| (session, Password::of(session)));
        let connect = Connect { timeout_ms: 10_000, session, last_zxid_seen: Zxid::ZERO };
        self.act(server, |it, now, wires| it.deliver(now, link, Inbound::Connect, wires));
        let request = Inbound::Request(Request::Connect(connect));
        self.act(server, |it, now, wires| it.deliver(now, link, request, wires));
        link
    }

    pub(crate) fn client(&mut self, server: usize) -> Link {
        let link = self.connect(server, None);
        assert!(matches!(self.all(link)[..], [Got::Connect(Some(_), 10_000)]));
        link
    }

    pub(crate) fn ask(&mut self, server: usize, link: Link, op: Op) {
        let request = Inbound::Request(Request::Call { xid: 1, op });
        self.act(server, |it, now, wires| it.deliver(now, link, request, wires));
    }

    pub(crate) fn call(&mut self, server: usize, link: Link, op: Op) -> Result<Answer, ZkError> {
        self.ask(server, link, op);
        match self.all(link).pop() {
            Some(Got::Reply(_, result)) => result,
            other => panic!("{other:?} is not a reply"),
        }
    }

    fn data(&mut self, server: usize, link: Link, path: &str) -> String {
        match self.call(server, link, get_data(path, false)) {
            Ok(Answer::Data(Some(data), _)) => String::from_utf8_lossy(&data).into_owned(),
            other => panic!("{other:?} is no data"),
        }
    }

    fn all(&mut self, link: Link) -> Vec<Got> {
        self.got.remove(&link).unwrap_or_default().into()
    }

    pub(crate) fn pass(&mut self, ms: i64) {
        let until = self.now + Micros::from_ms(ms);
        for server in 0..3 {
            while let Some(deadline) =
                self.servers[server].deadline().filter(|deadline| *deadline <= until)
            {
                self.now = self.now.max(deadline);
                self.act(server, |it, now, wires| it.wake(now, wires));
            }
        }
        self.now = until;
    }
}

#[test]
fn fact_16_after_a_takeover_the_old_connection_is_answered_by_a_close() {
    let mut them = Ensemble::new();
    let first = them.client(1);
    let session = them.servers[1].session_of(first).unwrap();
    them.call(1, first, ephemeral("/e")).unwrap();
    let second = them.connect(2, Some(session));
    assert_eq!(them.all(second), [Got::Connect(Some(session), 10_000)]);
    assert!(them.call(1, first, exists("/e", false)).is_ok(), "a read is answered still");
    let before = them.servers[0].zxid();
    them.ask(1, first, set_data("/e", "old"));
    assert_eq!(them.all(first), [Got::Close]);
    assert_eq!(them.servers[0].zxid(), before.next(), "it used up a number");
    assert!(them.call(2, second, set_data("/e", "new")).is_ok());
    assert_eq!(them.data(2, second, "/e"), "new");
}

#[test]
fn a_follower_may_be_behind_until_sync() {
    let mut them = Ensemble::new();
    let (writer, reader) = (them.client(0), them.client(2));
    them.call(0, writer, persistent("/a")).unwrap();
    them.call(0, writer, set_data("/a", "old")).unwrap();
    them.call(2, reader, exists("/a", true)).unwrap();
    them.hold(0, 2);
    them.call(0, writer, set_data("/a", "new")).unwrap();
    assert_eq!(them.data(2, reader, "/a"), "old");
    them.ask(2, reader, Op::Sync { path: "/a".into() });
    assert_eq!(them.all(reader), [], "the sync is on its way");
    them.release();
    let got = them.all(reader);
    assert_eq!(got[0], Got::Event("NodeDataChanged /a".into()), "what it missed comes before");
    assert!(matches!(&got[1], Got::Reply(_, Ok(Answer::Path(_)))));
    assert_eq!(them.data(2, reader, "/a"), "new");
}

#[test]
fn a_write_is_answered_when_a_majority_has_it() {
    let mut them = Ensemble::new();
    let (a, b, other) = (them.client(0), them.client(1), them.client(0));
    them.hold(1, 0);
    them.hold(2, 0);
    them.ask(0, a, persistent("/a"));
    assert_eq!(them.all(a), []);
    let seen = them.call(0, other, exists("/a", false));
    assert_eq!(seen, Err(ZkError::NoNode), "nobody sees it yet");
    them.held.retain(|pair| *pair != (2, 0));
    them.pump();
    assert!(matches!(them.all(a)[..], [Got::Reply(_, Ok(_))]));
    assert!(them.call(1, b, exists("/a", false)).is_ok());
    them.release();
    // Writes are checked against what is proposed, not against what is committed.
    them.hold(1, 0);
    them.hold(2, 0);
    them.ask(0, a, persistent("/b"));
    them.ask(0, a, persistent("/b/c"));
    them.ask(0, a, delete("/b"));
    them.release();
    let results: Vec<_> = them.all(a);
    assert!(matches!(
        results[..],
        [Got::Reply(_, Ok(_)), Got::Reply(_, Ok(_)), Got::Reply(_, Err(ZkError::NotEmpty))]
    ));
}

#[test]
fn a_client_is_answered_in_the_order_in_which_it_asked() {
    for server in [0, 1] {
        let mut them = Ensemble::new();
        let client = them.client(server);
        let before = them.servers[server].zxid().0;
        for other in [1, 2] {
            them.hold(other, 0);
            them.hold(0, other);
        }
        them.ask(server, client, persistent("/a"));
        them.ask(server, client, exists("/a", false));
        them.ask(server, client, Op::Ping);
        them.ask(server, client, delete("/a"));
        them.ask(server, client, exists("/a", false));
        assert_eq!(them.all(client), [], "not even a ping overtakes a write");
        them.release();
        let got = them.all(client);
        let answers: Vec<_> = got
            .iter()
            .map(|got| match got {
                Got::Reply(zxid, result) => (zxid - before, result.as_ref().err().copied()),
                other => panic!("{other:?} is not a reply"),
            })
            .collect();
        let gone = Some(ZkError::NoNode);
        assert_eq!(answers, [(1, None), (1, None), (1, None), (2, None), (2, gone)]);
    }
}

#[test]
fn what_was_answered_survives_the_leader_and_sessions_get_their_time_again() {
    let mut them = Ensemble::new();
    let (a, b) = (them.client(0), them.client(1));
    let session = them.servers[0].session_of(a).unwrap();
    them.call(0, a, ephemeral("/mine")).unwrap();
    // Server 3 hears of nothing any more; the answer needs server 2 only.
    them.hold(0, 2);
    them.call(0, a, persistent("/late")).unwrap();
    them.pass(9000);
    them.servers[0].crash();
    them.drop_between();
    them.held.clear();
    for follower in [1, 2] {
        let link = Link(follower as u32);
        them.act(follower, |it, now, wires| it.deliver(now, link, Inbound::Disconnect, wires));
    }
    assert_eq!(them.all(b), [Got::Close], "without a leader nobody is served");
    let refused = them.connect(2, None);
    assert_eq!(them.all(refused), [Got::Close]);
    assert!(them.servers[1].logged() > them.servers[2].logged());
    them.leader = 1;
    them.servers[2].follow(Some(Link(2)));
    them.act(1, |it, now, wires| it.lead(now, &[Link(0), Link(2)], wires));
    let moved = them.connect(2, Some(session));
    assert_eq!(them.all(moved), [Got::Connect(Some(session), 10_000)]);
    assert!(them.call(2, moved, exists("/late", false)).is_ok());
    assert!(them.call(2, moved, persistent("/new")).is_ok());
    assert_eq!(them.servers[1].zxid(), Zxid((1 << 32) + 1), "a new epoch");
    // The old leader comes back as a follower and learns everything.
    let now = them.now;
    them.act(0, |it, _, wires| it.restart(now, wires));
    them.servers[0].follow(Some(Link(0)));
    them.act(1, |it, now, wires| it.lead(now, &[Link(0), Link(2)], wires));
    let back = them.client(0);
    assert!(them.call(0, back, exists("/new", false)).is_ok());
    // Nobody touches the first session: it ends a timeout after the election, not after its last request.
    them.pass(9000);
    assert!(them.servers[1].sessions().any(|live| live == session));
    them.pass(2000);
    assert!(them.servers[1].sessions().all(|live| live != session));
    assert!(them.servers.iter().all(|server| server.audit().is_ok()));
}

#[test]
fn an_expiry_reaches_watchers_and_the_owner_wherever_they_are_connected() {
    let mut them = Ensemble::new();
    let (owner, watcher) = (them.client(1), them.client(2));
    them.call(1, owner, ephemeral("/e")).unwrap();
    them.call(2, watcher, exists("/e", true)).unwrap();
    them.call(2, watcher, get_children("/", true)).unwrap();
    for _ in 0..12 {
        them.pass(1000);
        them.ask(2, watcher, Op::Ping);
    }
    let events: Vec<_> =
        them.all(watcher).into_iter().filter(|got| matches!(got, Got::Event(_))).collect();
    let expected = ["NodeDeleted /e", "NodeChildrenChanged /"];
    assert_eq!(events, expected.map(|text| Got::Event(text.to_owned())));
    assert_eq!(them.all(owner), [Got::Close]);
}
