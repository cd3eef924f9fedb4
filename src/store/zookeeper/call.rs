//! What a client asks: a session, and then operations.

use crate::store::{Env, Link, Outbound};
use crate::time::Micros;

use super::acl;
use super::error::ZkError;
use super::id::{Password, SessionId, Zxid};
use super::read::Read;
use super::request::{Connect, Op};
use super::response::{Answer, ConnectReply, Message, Reply};
use super::server::ZooKeeper;
use super::size;
use super::txn::{Change, Txn};
use super::write::{self, Asker};

impl ZooKeeper {
    /// The first packet of a connection.
    pub(super) fn connect(
        &mut self,
        now: Micros,
        link: Link,
        connect: Connect,
        env: &mut dyn Env<Self>,
    ) {
        let Some(connection) = self.links.get(link) else { return };
        // A client that has heard of more than this server is told to go elsewhere, without a word.
        if connection.session.is_some() || connect.last_zxid_seen > self.replica.zxid {
            self.close(link, env);
            return;
        }
        let timeout_ms = self.config.negotiate(connect.timeout_ms);
        match connect.session {
            None => self.grant(now, link, timeout_ms, env),
            Some((session, password)) => {
                // The old connection goes, even if the password is wrong (fact 14).
                if let Some(old) = self.links.of_session(session) {
                    self.close(old, env);
                }
                let valid = password == Password::of(session)
                    && self.tracker.touch(session, timeout_ms, now);
                self.introduce(link, valid.then_some(session), timeout_ms, env);
            }
        }
    }

    fn grant(&mut self, now: Micros, link: Link, timeout_ms: i32, env: &mut dyn Env<Self>) {
        let session = self.next_session;
        self.next_session = SessionId(session.0.wrapping_add(1));
        self.tracker.track(session, timeout_ms, 0, now);
        let txn = Txn {
            zxid: self.next_zxid(),
            time: self.clock(now),
            session: Some(session),
            change: Change::CreateSession { timeout_ms },
        };
        let _ = self.commit(now, &txn, None, env);
        self.introduce(link, Some(session), timeout_ms, env);
    }

    /// Answers the first packet; without a session the connection ends with it.
    fn introduce(
        &mut self,
        link: Link,
        session: Option<SessionId>,
        timeout_ms: i32,
        env: &mut dyn Env<Self>,
    ) {
        let granted = session.map(|session| (session, Password::of(session)));
        let timeout_ms = if granted.is_some() { timeout_ms } else { 0 };
        let reply = ConnectReply { session: granted, timeout_ms };
        env.send(link, Outbound::Message(Message::Connect(reply)));
        match session {
            Some(session) => self.links.bind(link, session, timeout_ms),
            None => self.close(link, env),
        }
    }

    /// An operation.
    pub(super) fn call(
        &mut self,
        now: Micros,
        link: Link,
        xid: i32,
        op: &Op,
        env: &mut dyn Env<Self>,
    ) {
        let Some(connection) = self.links.get(link).cloned() else { return };
        let Some(session) = connection.session.filter(|_| size::is_acceptable(op)) else {
            self.close(link, env);
            return;
        };
        if let Op::Auth { scheme, auth } = op {
            self.auth(link, xid, scheme, auth, env);
            return;
        }
        // Any request is a sign of life (fact 11); one of an ended session is dropped.
        if !self.tracker.touch(session, connection.timeout_ms, now) {
            return;
        }
        let asker = Asker { session, identities: &connection.identities };
        if write::is_write(op) {
            self.write(now, link, xid, asker, op, env);
            return;
        }
        let mut read = Read {
            state: &self.replica,
            watches: &mut self.watches,
            link,
            session,
            identities: asker.identities,
            events: Vec::new(),
        };
        let result = read.answer(op);
        for event in read.events {
            env.send(link, Outbound::Message(Message::Watch(event)));
        }
        self.reply(link, xid, result, env);
    }

    fn write(
        &mut self,
        now: Micros,
        link: Link,
        xid: i32,
        asker: Asker<'_>,
        op: &Op,
        env: &mut dyn Env<Self>,
    ) {
        let txn = write::transaction(&self.replica, self.next_zxid(), self.clock(now), asker, op);
        let (result, _) = self.commit(now, &txn, None, env);
        // The answer to a successful check cannot be written and never comes (fact 23).
        if !matches!((op, &result), (Op::Check { .. }, Ok(_))) {
            self.reply(link, xid, result, env);
        }
        if matches!(op, Op::CloseSession) {
            self.close(link, env);
        }
    }

    fn reply(
        &self,
        link: Link,
        xid: i32,
        result: Result<Answer, ZkError>,
        env: &mut dyn Env<Self>,
    ) {
        let reply = Reply { xid, zxid: self.replica.zxid, result };
        env.send(link, Outbound::Message(Message::Reply(reply)));
    }

    /// A refusal ends the connection (fact 25). Authentication is no sign of life.
    fn auth(&mut self, link: Link, xid: i32, scheme: &str, auth: &[u8], env: &mut dyn Env<Self>) {
        let identity = acl::authenticate(scheme, auth, &self.config.client_address);
        let result = identity.map(|identity| {
            self.links.identify(link, identity);
            Answer::Done
        });
        let refused = result.is_err();
        env.send(link, Outbound::Message(Message::Reply(Reply { xid, zxid: Zxid::ZERO, result })));
        if refused {
            self.close(link, env);
        }
    }
}
