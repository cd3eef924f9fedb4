//! The servers of a world behind one face.

use super::act::Desk;
use crate::store::ledger::Ledger;
use crate::store::redis::RedisServer;
use crate::store::zookeeper::ZooKeeper;
pub(crate) use crate::store::{AnyMessage, AnyRequest};
use crate::store::{Inbound, Key, Link, Server};
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

/// What one call of a server sent.
pub(crate) type Sent = Vec<crate::event::Sent>;

impl AnyServer {
    pub(crate) fn deliver(
        &mut self,
        now: Micros,
        link: Link,
        message: Inbound<AnyRequest>,
        desk: &mut Desk<'_>,
    ) {
        match self {
            Self::Redis(server) => match narrow(message, |request| match request {
                AnyRequest::Redis(request) => Some(request),
                _ => None,
            }) {
                Some(message) => server.deliver(now, link, message, desk),
                None => unreachable!("a client of a Redis server sends Redis commands"),
            },
            Self::ZooKeeper(server) => match narrow(message, |request| match request {
                AnyRequest::ZooKeeper(request) => Some(request),
                _ => None,
            }) {
                Some(message) => server.deliver(now, link, message, desk),
                None => unreachable!("a client of a ZooKeeper service sends ZooKeeper packets"),
            },
            Self::Ledger(server) => match narrow(message, |request| match request {
                AnyRequest::Ledger(request) => Some(request),
                _ => None,
            }) {
                Some(message) => server.deliver(now, link, message, desk),
                None => unreachable!("a client of the ledger sends ledger requests"),
            },
        }
    }

    pub(crate) fn wake(&mut self, now: Micros, desk: &mut Desk<'_>) {
        match self {
            Self::Redis(server) => server.wake(now, desk),
            Self::ZooKeeper(server) => server.wake(now, desk),
            Self::Ledger(server) => server.wake(now, desk),
        }
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

    pub(crate) fn crash(&mut self) {
        match self {
            Self::Redis(server) => server.crash(),
            Self::ZooKeeper(server) => server.crash(),
            Self::Ledger(server) => server.crash(),
        }
    }

    pub(crate) fn restart(&mut self, now: Micros, desk: &mut Desk<'_>) {
        match self {
            Self::Redis(server) => server.restart(now, desk),
            Self::ZooKeeper(server) => server.restart(now, desk),
            Self::Ledger(server) => server.restart(now, desk),
        }
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
