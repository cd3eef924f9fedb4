//! The server: what it does with what reaches it, and when.

use std::rc::Rc;

use crate::store::{Env, Inbound, Key, Link, Outbound, Server};
use crate::time::Micros;

use super::config::Config;
use super::id::{Path, SessionId, Zxid};
use super::links::Links;
use super::reaper::Reaper;
use super::replica::Replica;
use super::request::Request;
use super::response::{Answer, Message};
use super::tracker::Tracker;
use super::txn::{Change, Txn};
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
    /// Whether an empty container or an outlived node is deleted now (1) or at a later check (0).
    Reap {
        /// The node.
        path: Path,
    },
}

impl ZooKeeper {
    /// A stand-alone server that was never used.
    pub fn new(config: Config) -> Self {
        Self {
            replica: Replica::new(),
            tracker: Tracker::new(config.tick, config.expiry),
            reaper: Reaper::new(config.reap_interval, config.reaping),
            links: Links::default(),
            watches: Watches::default(),
            // A stand-alone server takes itself for number 1.
            next_session: SessionId::first_of(1),
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
        if let Some(connection) = self.links.get(link)
            && let Some(session) = connection.session
        {
            self.tracker.touch(session, connection.timeout_ms, now);
        }
    }

    /// The number of the next transaction.
    pub(super) fn next_zxid(&self) -> Zxid {
        self.replica.zxid.next()
    }

    /// The clock of transactions.
    pub(super) fn clock(&self, now: Micros) -> Micros {
        if self.config.times { now } else { Micros::ZERO }
    }

    /// Applies a transaction and tells the watchers. What `own` would be told is kept back and handed out.
    pub(super) fn commit(
        &mut self,
        now: Micros,
        txn: &Txn,
        own: Option<Link>,
        env: &mut dyn Env<Self>,
    ) -> (Result<Answer, super::ZkError>, Vec<Message>) {
        let mut triggers = Vec::new();
        let answer = self.replica.apply(txn, &mut triggers);
        if matches!(txn.change, Change::CloseSession)
            && let Some(session) = txn.session
        {
            self.tracker.remove(session);
        }
        let mut kept = Vec::new();
        for trigger in &triggers {
            self.reaper.note(&self.replica.tree, trigger, now);
            let links = &self.links;
            self.watches.fire(trigger, &mut |link, kind, path, acl| {
                let Some(connection) = links.get(link) else { return };
                // Who may not read the node does not hear of it (fact 1).
                if super::acl::check(acl, super::acl::READ, &connection.identities).is_err() {
                    return;
                }
                let event = Message::Watch(super::WatchEvent {
                    kind,
                    path: path.clone(),
                    state: super::KeeperState::SyncConnected,
                });
                if own == Some(link) {
                    kept.push(event);
                } else {
                    env.send(link, Outbound::Message(event));
                }
            });
        }
        (answer, kept)
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

    /// Ends a session that was not heard of for too long.
    fn expire(&mut self, now: Micros, session: SessionId, env: &mut dyn Env<Self>) {
        let txn = Txn {
            zxid: self.next_zxid(),
            time: self.clock(now),
            session: Some(session),
            change: Change::CloseSession,
        };
        let link = self.links.of_session(session);
        let (_, own) = self.commit(now, &txn, link, env);
        let Some(link) = link else { return };
        let alternatives = own.len() as u32 + 1;
        let heard = if alternatives == 1 {
            0
        } else {
            env.draw(&Draw::LastWords { session }, alternatives)
        };
        for event in own.into_iter().take(heard as usize) {
            env.send(link, Outbound::Message(event));
        }
        self.close(link, env);
    }

    fn reap(&mut self, now: Micros, path: Path, env: &mut dyn Env<Self>) {
        let change = Change::Delete { path };
        let txn = Txn { zxid: self.next_zxid(), time: self.clock(now), session: None, change };
        let (_, kept) = self.commit(now, &txn, None, env);
        debug_assert!(kept.is_empty());
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
            Inbound::Disconnect => {
                self.forget(link);
            }
            Inbound::Request(Request::Connect(connect)) => self.connect(now, link, connect, env),
            Inbound::Request(Request::Call { xid, op }) => self.call(now, link, xid, &op, env),
            Inbound::Request(Request::Peer(_)) => {}
        }
    }

    fn deadline(&self) -> Option<Micros> {
        let (expiry, reaping) = (self.tracker.deadline(), self.reaper.deadline());
        expiry.into_iter().chain(reaping).min()
    }

    fn wake(&mut self, now: Micros, env: &mut dyn Env<Self>) {
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
