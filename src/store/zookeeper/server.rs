//! The server: what it does with what reaches it, and when.

use std::rc::Rc;

use crate::store::{Env, Inbound, Key, Link, Outbound, Server};
use crate::time::Micros;

use super::config::Config;
use super::ensemble::{Peer, Role};
use super::id::{Path, SessionId, Zxid};
use super::links::Links;
use super::reaper::Reaper;
use super::replica::Replica;
use super::request::Request;
use super::response::Message;
use super::tracker::Tracker;
use super::watch::Watches;

/// One ZooKeeper server. Clones share everything until they change it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ZooKeeper {
    pub(super) config: Rc<Config>,
    pub(super) replica: Replica,
    pub(super) tracker: Tracker,
    pub(super) reaper: Reaper,
    pub(super) links: Links,
    pub(super) watches: Watches,
    /// The next session that this server grants.
    pub(super) next_session: SessionId,
    pub(super) role: Role,
}

/// What a real server leaves open. Alternative 0 is the nominal one.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Draw {
    /// Whether a session that was not heard of for its timeout ends now (1) or later within the tick (0).
    Expiry {
        /// The session.
        session: SessionId,
    },
    /// How many events of the deletion of its own ephemeral nodes still reach an expired session (fact 12): the
    /// first `n`.
    LastWords {
        /// The session.
        session: SessionId,
    },
    /// How many committed transactions a follower has not yet applied; asked only of a server that lags.
    Lag {
        /// The number of the server.
        server: u8,
    },
    /// Whether an empty container or an outlived node is deleted now (1) or at a later check (0).
    Reap {
        /// The node.
        path: Path,
    },
}

impl ZooKeeper {
    /// A stand-alone server that was never used.
    pub fn new(config: Config) -> Self {
        // It takes itself for number 1.
        Self::member(config, 1)
    }

    /// A server that was never used and knows of no others yet.
    pub(super) fn member(config: Config, number: u8) -> Self {
        Self {
            replica: Replica::new(),
            tracker: Tracker::new(config.tick, config.expiry),
            reaper: Reaper::new(config.reap_interval, config.reaping),
            links: Links::default(),
            watches: Watches::default(),
            next_session: SessionId::first_of(number),
            role: Role::Alone,
            config: Rc::new(config),
        }
    }

    /// How the server is set up.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The last transaction that the server has applied.
    pub fn zxid(&self) -> Zxid {
        self.replica.zxid
    }

    /// From now on the service is as old as if so many children of the node had ever been created: the next number
    /// in line is this one (fact 17). Whether the node is there.
    pub fn has_created(&mut self, path: &str, children: i32) -> bool {
        self.replica.tree.set_creates(path, children)
    }

    /// How many children the node has that this server knows; none if there is no such node.
    pub fn children(&self, path: &str) -> usize {
        self.replica.tree.get(path).map_or(0, |node| node.children.len())
    }

    /// The sessions that have not ended.
    pub fn sessions(&self) -> impl Iterator<Item = SessionId> {
        self.replica.sessions().map(|(session, _)| session)
    }

    /// The session that is served over `link`.
    pub fn session_of(&self, link: Link) -> Option<SessionId> {
        self.links.get(link)?.session
    }

    /// Keeps the session of `link` alive, as a ping does, without a message.
    ///
    /// For a search: the sessions of clients that are in contact are touched just before time moves, so that pings
    /// need not be events.
    pub fn touch(&mut self, link: Link, now: Micros) {
        if let Some((session, timeout_ms)) = self.alive(link) {
            self.touch_session(session, timeout_ms, now);
        }
    }

    /// The session that is served over `link`, with its timeout in milliseconds (ms).
    pub fn alive(&self, link: Link) -> Option<(SessionId, i32)> {
        let connection = self.links.get(link)?;
        Some((connection.session?, connection.timeout_ms))
    }

    /// Keeps a session alive of which the leader of an ensemble heard from a follower; see [`touch`](Self::touch).
    pub fn touch_session(&mut self, session: SessionId, timeout_ms: i32, now: Micros) {
        self.tracker.touch(session, timeout_ms, now);
    }

    /// The number of the next transaction.
    pub(super) fn next_zxid(&self) -> Zxid {
        self.head().zxid.next()
    }

    /// The clock of transactions.
    pub(super) fn clock(&self, now: Micros) -> Micros {
        if self.config.times { now } else { Micros::ZERO }
    }

    /// Closes a connection from this end.
    pub(super) fn close(&mut self, link: Link, env: &mut dyn Env<Self>) {
        if self.forget(link) {
            env.send(link, Outbound::Close);
        }
    }

    fn forget(&mut self, link: Link) -> bool {
        self.watches.forget(link);
        self.links.close(link)
    }
}

impl Server for ZooKeeper {
    type Request = Request;
    type Message = Message;
    type Draw = Draw;

    fn deliver(
        &mut self,
        now: Micros,
        link: Link,
        message: Inbound<Request>,
        env: &mut dyn Env<Self>,
    ) {
        match message {
            Inbound::Connect => self.links.open(link, &self.config.clone().client_address),
            Inbound::Disconnect if self.leader_link() == Some(link) => self.lose_leader(env),
            Inbound::Disconnect => {
                self.forget(link);
            }
            Inbound::Request(Request::Connect(connect)) => self.connect(now, link, connect, env),
            Inbound::Request(Request::Call { xid, op }) => self.call(now, link, xid, &op, env),
            Inbound::Request(Request::Peer(Peer(word))) if self.is_follower() => {
                self.told(now, link, word, env);
            }
            Inbound::Request(Request::Peer(Peer(word))) => self.heard(now, link, word, env),
        }
    }

    fn deadline(&self) -> Option<Micros> {
        if self.is_follower() {
            return None;
        }
        let (expiry, reaping) = (self.tracker.deadline(), self.reaper.deadline());
        expiry.into_iter().chain(reaping).min()
    }

    fn wake(&mut self, now: Micros, env: &mut dyn Env<Self>) {
        // Sessions and containers are the leader's.
        if self.is_follower() {
            self.catch_up(now, env);
            return;
        }
        let ending =
            self.tracker.ending(now, &mut |session| env.draw(&Draw::Expiry { session }, 2) == 1);
        for session in ending {
            self.expire(now, session, env);
        }
        let taken = self
            .reaper
            .taking(now, &mut |path| env.draw(&Draw::Reap { path: path.clone() }, 2) == 1);
        for path in taken {
            self.reap(now, path, env);
        }
    }

    fn crash(&mut self) {
        self.links.clear();
        self.watches.clear();
        self.tracker.clear();
    }

    fn restart(&mut self, now: Micros, _env: &mut dyn Env<Self>) {
        if self.role != Role::Alone {
            // A server of an ensemble waits until it is told whom to follow, or that it leads.
            self.follow(None);
            return;
        }
        // The clock of every session starts again, with the timeout it was granted with (fact 15).
        let sessions: Vec<_> = self.replica.sessions().collect();
        for (session, timeout_ms) in sessions {
            self.tracker.track(session, timeout_ms, 0, now);
        }
    }

    fn rebase(&mut self, dt: Micros) {
        self.tracker.rebase(dt);
        self.reaper.rebase(dt);
        if self.config.times {
            self.replica.tree.rebase(dt);
        }
    }

    fn key(&self, key: &mut Key) {
        self.write_key(key);
    }
}
