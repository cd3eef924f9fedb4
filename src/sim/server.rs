//! The servers of a world behind one face.

use crate::choice::{About, Choices, Question};
use crate::store::ledger::{self, Ledger};
use crate::store::redis::{self, RedisServer};
use crate::store::zookeeper::{self, SessionId, ZooKeeper};
use crate::store::{Env, Inbound, Key, Link, Outbound, Server};
use crate::time::Micros;

/// A server of any kind.
#[derive(Clone, Debug)]
pub enum AnyServer {
    /// A Redis server.
    Redis(Box<RedisServer>),
    /// A ZooKeeper service.
    ZooKeeper(Box<ZooKeeper>),
    /// The resource that the lock guards.
    Ledger(Ledger),
}

/// A request to a server of any kind.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum AnyRequest {
    /// A Redis command.
    Redis(<RedisServer as Server>::Request),
    /// A ZooKeeper packet.
    ZooKeeper(<ZooKeeper as Server>::Request),
    /// A request to the ledger.
    Ledger(ledger::Request),
}

/// A message from a server of any kind.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum AnyMessage {
    /// A Redis reply or push.
    Redis(redis::Message),
    /// A ZooKeeper packet.
    ZooKeeper(zookeeper::Message),
    /// A reply of the ledger.
    Ledger(ledger::Reply),
}

/// What one call of a server sent.
pub(crate) type Sent = Vec<(Link, Outbound<AnyMessage>)>;

struct Collect<'a> {
    sent: &'a mut Sent,
    choices: &'a mut dyn Choices,
    name: &'a str,
}

impl Collect<'_> {
    fn message<M>(&mut self, link: Link, message: Outbound<M>, wrap: impl Fn(M) -> AnyMessage) {
        let message = match message {
            Outbound::Message(message) => Outbound::Message(wrap(message)),
            Outbound::Close => Outbound::Close,
        };
        self.sent.push((link, message));
    }

    fn pick(&mut self, draw: &dyn std::fmt::Debug, n: u32) -> u32 {
        let name = self.name;
        self.choices.pick(&Question {
            about: About::Server,
            n,
            site: &|| format!("{name} {draw:?}"),
            name: &|alternative| format!("outcome {alternative}"),
        })
    }
}

impl Env<RedisServer> for Collect<'_> {
    fn send(&mut self, link: Link, message: Outbound<redis::Message>) {
        self.message(link, message, AnyMessage::Redis);
    }
    fn draw(&mut self, draw: &<RedisServer as Server>::Draw, n: u32) -> u32 {
        self.pick(draw, n)
    }
}

impl Env<ZooKeeper> for Collect<'_> {
    fn send(&mut self, link: Link, message: Outbound<zookeeper::Message>) {
        self.message(link, message, AnyMessage::ZooKeeper);
    }
    fn draw(&mut self, draw: &<ZooKeeper as Server>::Draw, n: u32) -> u32 {
        self.pick(draw, n)
    }
}

impl Env<Ledger> for Collect<'_> {
    fn send(&mut self, link: Link, message: Outbound<ledger::Reply>) {
        self.message(link, message, AnyMessage::Ledger);
    }
    fn draw(&mut self, draw: &<Ledger as Server>::Draw, _: u32) -> u32 {
        match *draw {}
    }
}

impl AnyServer {
    pub(crate) fn deliver(
        &mut self,
        now: Micros,
        link: Link,
        message: Inbound<AnyRequest>,
        name: &str,
        choices: &mut dyn Choices,
    ) -> Sent {
        let mut sent = Sent::new();
        let mut env = Collect { sent: &mut sent, choices, name };
        match self {
            Self::Redis(server) => match narrow(message, |request| match request {
                AnyRequest::Redis(request) => Some(request),
                _ => None,
            }) {
                Some(message) => server.deliver(now, link, message, &mut env),
                None => unreachable!("a client of a Redis server sends Redis commands"),
            },
            Self::ZooKeeper(server) => match narrow(message, |request| match request {
                AnyRequest::ZooKeeper(request) => Some(request),
                _ => None,
            }) {
                Some(message) => server.deliver(now, link, message, &mut env),
                None => unreachable!("a client of a ZooKeeper service sends ZooKeeper packets"),
            },
            Self::Ledger(server) => match narrow(message, |request| match request {
                AnyRequest::Ledger(request) => Some(request),
                _ => None,
            }) {
                Some(message) => server.deliver(now, link, message, &mut env),
                None => unreachable!("a client of the ledger sends ledger requests"),
            },
        }
        sent
    }

    pub(crate) fn wake(&mut self, now: Micros, name: &str, choices: &mut dyn Choices) -> Sent {
        let mut sent = Sent::new();
        let mut env = Collect { sent: &mut sent, choices, name };
        match self {
            Self::Redis(server) => server.wake(now, &mut env),
            Self::ZooKeeper(server) => server.wake(now, &mut env),
            Self::Ledger(server) => server.wake(now, &mut env),
        }
        sent
    }

    /// Whether faults restart servers of this kind.
    pub(crate) fn can_restart(&self) -> bool {
        matches!(self, Self::Redis(_) | Self::ZooKeeper(_))
    }

    /// Whether it crashed and was not restarted yet.
    pub(crate) fn is_down(&self) -> bool {
        matches!(self, Self::Redis(server) if server.is_down())
    }

    /// The wall clock of the server is set forward by `span`, or back.
    pub(crate) fn jump_clock(&mut self, span: Micros) {
        match self {
            Self::Redis(server) => server.jump_clock(span),
            // It counts by a monotonic clock; the ledger has no clock.
            Self::ZooKeeper(_) | Self::Ledger(_) => {}
        }
    }

    /// A Redis server's memory is full: a key that its policy allows goes.
    pub(crate) fn evict(&mut self, now: Micros, name: &str, choices: &mut dyn Choices) -> Sent {
        let mut sent = Sent::new();
        if let Self::Redis(server) = self {
            server.evict(now, &mut Collect { sent: &mut sent, choices, name });
        }
        sent
    }

    /// A ZooKeeper service ends a session.
    pub(crate) fn expire_session(
        &mut self,
        now: Micros,
        session: SessionId,
        name: &str,
        choices: &mut dyn Choices,
    ) -> Sent {
        let mut sent = Sent::new();
        if let Self::ZooKeeper(server) = self {
            server.expire_session(now, session, &mut Collect { sent: &mut sent, choices, name });
        }
        sent
    }

    /// The leader of an ensemble gives up to lead.
    pub(crate) fn step_down(&mut self, name: &str, choices: &mut dyn Choices) -> Sent {
        let mut sent = Sent::new();
        if let Self::ZooKeeper(server) = self {
            server.step_down(&mut Collect { sent: &mut sent, choices, name });
        }
        sent
    }

    /// The leader of an ensemble takes a follower in again.
    pub(crate) fn admit(&mut self, link: Link, name: &str, choices: &mut dyn Choices) -> Sent {
        let mut sent = Sent::new();
        if let Self::ZooKeeper(server) = self {
            server.admit(link, &mut Collect { sent: &mut sent, choices, name });
        }
        sent
    }

    /// A ZooKeeper server becomes the leader.
    pub(crate) fn lead(
        &mut self,
        now: Micros,
        followers: &[Link],
        name: &str,
        choices: &mut dyn Choices,
    ) -> Sent {
        let mut sent = Sent::new();
        if let Self::ZooKeeper(server) = self {
            server.lead(now, followers, &mut Collect { sent: &mut sent, choices, name });
        }
        sent
    }

    /// A Redis server changes its role.
    pub(crate) fn steer(
        &mut self,
        now: Micros,
        name: &str,
        choices: &mut dyn Choices,
        act: impl FnOnce(&mut RedisServer, Micros, &mut dyn Env<RedisServer>),
    ) -> Sent {
        let mut sent = Sent::new();
        if let Self::Redis(server) = self {
            act(server, now, &mut Collect { sent: &mut sent, choices, name });
        }
        sent
    }

    pub(crate) fn crash(&mut self) {
        match self {
            Self::Redis(server) => server.crash(),
            Self::ZooKeeper(server) => server.crash(),
            Self::Ledger(server) => server.crash(),
        }
    }

    pub(crate) fn restart(&mut self, now: Micros, name: &str, choices: &mut dyn Choices) -> Sent {
        let mut sent = Sent::new();
        let mut env = Collect { sent: &mut sent, choices, name };
        match self {
            Self::Redis(server) => server.restart(now, &mut env),
            Self::ZooKeeper(server) => server.restart(now, &mut env),
            Self::Ledger(server) => server.restart(now, &mut env),
        }
        sent
    }

    pub(crate) fn deadline(&self) -> Option<Micros> {
        match self {
            Self::Redis(server) => server.deadline(),
            Self::ZooKeeper(server) => server.deadline(),
            Self::Ledger(server) => server.deadline(),
        }
    }

    pub(crate) fn rebase(&mut self, dt: Micros) {
        match self {
            Self::Redis(server) => server.rebase(dt),
            Self::ZooKeeper(server) => server.rebase(dt),
            Self::Ledger(server) => server.rebase(dt),
        }
    }

    pub(crate) fn key(&self) -> Key {
        let mut key = Key::default();
        match self {
            Self::Redis(server) => server.key(&mut key),
            Self::ZooKeeper(server) => {
                server.key(&mut key);
                server.raw_zxids(&mut key);
            }
            Self::Ledger(server) => server.key(&mut key),
        }
        key
    }
}

fn narrow<A, B>(message: Inbound<A>, f: impl Fn(A) -> Option<B>) -> Option<Inbound<B>> {
    Some(match message {
        Inbound::Connect => Inbound::Connect,
        Inbound::Disconnect => Inbound::Disconnect,
        Inbound::Request(request) => Inbound::Request(f(request)?),
    })
}

impl AnyRequest {
    /// The command or operation, as people call it.
    pub fn name(&self) -> String {
        match self {
            Self::Redis(redis::Request::Command(line)) => {
                line.first().map(redis::Bytes::to_text).unwrap_or_default()
            }
            Self::Redis(redis::Request::Peer(peer)) => peer.name().to_owned(),
            Self::ZooKeeper(zookeeper::Request::Connect(_)) => "connect".to_owned(),
            Self::ZooKeeper(zookeeper::Request::Call { op, .. }) => op.name().to_owned(),
            Self::ZooKeeper(zookeeper::Request::Peer(_)) => "peer".to_owned(),
            Self::Ledger(ledger::Request::Read { .. }) => "READ".to_owned(),
            Self::Ledger(ledger::Request::Write { .. }) => "WRITE".to_owned(),
        }
    }
}
