//! One ZooKeeper server and its clients, for tests.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use lockstep::store::zookeeper::{
    Acl, Answer, Children, Config, Connect, Create, CreateForm, CreateMode, Draw, Message, Moment,
    MultiResult, Op, Password, Reply, Request, SessionId, Stat, ZkError, ZooKeeper, Zxid,
};
use lockstep::store::{Effect, Env, Heed, Inbound, Link, Outbound, Server};
use lockstep::time::Micros;

pub(crate) const TICK: Micros = Micros::from_ms(500);

/// What a client received.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Got {
    Connect(Option<SessionId>, i32),
    Reply(i64, Result<Answer, ZkError>),
    /// `NodeCreated /a`
    Event(String),
    Close,
}

#[derive(Clone, Default, Debug)]
pub(crate) struct Wires {
    pub(crate) got: BTreeMap<Link, VecDeque<Got>>,
    /// The answers to draws, in order; then 0.
    pub(crate) answers: VecDeque<u32>,
    pub(crate) asked: Vec<Draw>,
    /// What was answered, the last at the end.
    pub(crate) given: Vec<u32>,
    /// Which places are heeded; none: all.
    pub(crate) places: Option<Vec<Rc<str>>>,
    /// What the server told of what it did.
    pub(crate) told: Vec<Effect>,
}

impl Env<ZooKeeper> for Wires {
    fn send(&mut self, link: Link, message: Outbound<Message>) {
        let got = match message {
            Outbound::Close => Got::Close,
            Outbound::Message(Message::Connect(reply)) => {
                Got::Connect(reply.session.map(|(session, _)| session), reply.timeout_ms)
            }
            Outbound::Message(Message::Reply(Reply { zxid, result, .. })) => {
                Got::Reply(zxid.0, result)
            }
            Outbound::Message(Message::Watch(event)) => {
                Got::Event(format!("{} {}", event.kind, event.path))
            }
            Outbound::Message(Message::Peer(_)) => return,
        };
        self.got.entry(link).or_default().push_back(got);
    }

    fn draw(&mut self, draw: &Draw, n: u32) -> u32 {
        self.asked.push(draw.clone());
        let answer = self.answers.pop_front().unwrap_or(0).min(n - 1);
        self.given.push(answer);
        answer
    }

    fn heeds(&self) -> Heed<'_> {
        self.places.as_deref().map_or(Heed::Everything, Heed::Places)
    }

    fn effect(&mut self, effect: Effect) {
        self.told.push(effect);
    }
}

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) server: ZooKeeper,
    pub(crate) wires: Wires,
    pub(crate) now: Micros,
    links: u32,
}

pub(crate) fn config() -> Config {
    Config { reap_interval: Some(Micros::from_ms(1000)), ..Config::with_tick(TICK) }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(config())
    }

    pub(crate) fn with(config: Config) -> Self {
        Self {
            server: ZooKeeper::new(config),
            wires: Wires::default(),
            now: Micros::ZERO,
            links: 0,
        }
    }

    /// A server on which sessions end when they are told to.
    pub(crate) fn drawn() -> Self {
        Self::with(Config { expiry: Moment::Drawn, reaping: Moment::Drawn, ..config() })
    }

    pub(crate) fn open(&mut self) -> Link {
        let link = Link(self.links);
        self.links += 1;
        self.server.deliver(self.now, link, Inbound::Connect, &mut self.wires);
        link
    }

    pub(crate) fn send(&mut self, link: Link, request: Request) {
        self.server.deliver(self.now, link, Inbound::Request(request), &mut self.wires);
    }

    pub(crate) fn connect(
        &mut self,
        timeout_ms: i32,
        session: Option<(SessionId, Password)>,
    ) -> Link {
        let link = self.open();
        let connect = Connect { timeout_ms, session, last_zxid_seen: Zxid::ZERO };
        self.send(link, Request::Connect(connect));
        link
    }

    /// A client with a session of ten seconds.
    pub(crate) fn client(&mut self) -> Link {
        let link = self.connect(10_000, None);
        assert!(matches!(self.next(link), Some(Got::Connect(Some(_), 10_000))));
        link
    }

    pub(crate) fn session(&self, link: Link) -> SessionId {
        self.server.session_of(link).unwrap()
    }

    pub(crate) fn reconnect(&mut self, session: SessionId) -> Link {
        self.connect(10_000, Some((session, Password::of(session))))
    }

    pub(crate) fn disconnect(&mut self, link: Link) {
        self.server.deliver(self.now, link, Inbound::Disconnect, &mut self.wires);
    }

    pub(crate) fn next(&mut self, link: Link) -> Option<Got> {
        self.wires.got.entry(link).or_default().pop_front()
    }

    pub(crate) fn all(&mut self, link: Link) -> Vec<Got> {
        self.wires.got.remove(&link).unwrap_or_default().into()
    }

    /// The events that arrived, and nothing else did.
    pub(crate) fn events(&mut self, link: Link) -> Vec<String> {
        let event = |got| match got {
            Got::Event(text) => text,
            other => panic!("{other:?} is not an event"),
        };
        self.all(link).into_iter().map(event).collect()
    }

    /// Does an operation and takes its answer, which nothing precedes.
    pub(crate) fn call(&mut self, link: Link, op: Op) -> Result<Answer, ZkError> {
        self.ask(link, op);
        match self.next(link) {
            Some(Got::Reply(_, result)) => result,
            other => panic!("{other:?} is not a reply"),
        }
    }

    /// Does an operation without taking what comes of it.
    pub(crate) fn ask(&mut self, link: Link, op: Op) {
        self.send(link, Request::Call { xid: 1, op });
    }

    /// Does an operation and takes whatever comes of it.
    pub(crate) fn watch_call(&mut self, link: Link, op: Op) -> Vec<Got> {
        self.ask(link, op);
        self.all(link)
    }

    pub(crate) fn pass(&mut self, ms: i64) {
        let until = self.now + Micros::from_ms(ms);
        while let Some(deadline) = self.server.deadline().filter(|deadline| *deadline <= until) {
            self.now = self.now.max(deadline);
            self.server.wake(self.now, &mut self.wires);
        }
        self.now = until;
    }

    pub(crate) fn stat(&mut self, link: Link, path: &str) -> Stat {
        match self.call(link, exists(path, false)) {
            Ok(Answer::Stat(stat)) => stat,
            other => panic!("{other:?} is not a stat"),
        }
    }

    pub(crate) fn children(&mut self, link: Link, path: &str) -> Children {
        match self.call(link, get_children(path, false)) {
            Ok(Answer::Children(children)) => children,
            other => panic!("{other:?} are not children"),
        }
    }

    pub(crate) fn create(
        &mut self,
        link: Link,
        path: &str,
        mode: CreateMode,
    ) -> Result<String, ZkError> {
        match self.call(link, Op::Create(Create::new(path, b"", mode)))? {
            Answer::Path(path) => Ok(path.to_string()),
            other => panic!("{other:?} is not a path"),
        }
    }

    pub(crate) fn zxid(&self) -> i64 {
        self.server.zxid().0
    }
}

pub(crate) fn persistent(path: &str) -> Op {
    Op::Create(Create::new(path, b"", CreateMode::Persistent))
}

pub(crate) fn ephemeral(path: &str) -> Op {
    Op::Create(Create::new(path, b"", CreateMode::Ephemeral))
}

pub(crate) fn with_acl(path: &str, acl: &[Acl]) -> Op {
    Op::Create(Create { acl: acl.into(), ..Create::new(path, b"", CreateMode::Persistent) })
}

pub(crate) fn with_form(path: &str, mode: CreateMode, form: CreateForm) -> Op {
    Op::Create(Create { form, ..Create::new(path, b"", mode) })
}

pub(crate) fn delete(path: &str) -> Op {
    Op::Delete { path: path.into(), version: -1 }
}

pub(crate) fn set_data(path: &str, data: &str) -> Op {
    Op::SetData { path: path.into(), data: Some(data.as_bytes().into()), version: -1 }
}

pub(crate) fn exists(path: &str, watch: bool) -> Op {
    Op::Exists { path: path.into(), watch }
}

pub(crate) fn get_data(path: &str, watch: bool) -> Op {
    Op::GetData { path: path.into(), watch }
}

pub(crate) fn get_children(path: &str, watch: bool) -> Op {
    Op::GetChildren { path: path.into(), watch }
}

pub(crate) fn multi(parts: &[Op]) -> Op {
    Op::Multi(parts.into())
}

pub(crate) fn results(answer: Result<Answer, ZkError>) -> Vec<MultiResult> {
    match answer {
        Ok(Answer::Multi(results)) => results.to_vec(),
        other => panic!("{other:?} is not the answer of a multi"),
    }
}
