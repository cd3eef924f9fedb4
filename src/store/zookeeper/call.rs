//! What a client asks: a session, and then operations.

use crate::store::{Env, Link, Outbound};
use crate::time::Micros;

use super::acl;
use super::ensemble::{Origin, Role, Submission, Waiting, Waits, Word, tell};
use super::error::ZkError;
use super::id::{Password, SessionId, Zxid};
use super::links::InLine;
use super::read::Read;
use super::request::{Connect, Op};
use super::response::{Answer, ConnectReply, Message, Reply};
use super::server::ZooKeeper;
use super::size;
use super::write;

impl ZooKeeper {
    /// The first packet of a connection.
    pub(super) fn connect(
        &mut self,
        now: Micros,
        link: Link,
        connect: Connect,
        env: &mut dyn Env<Self>,
    ) {
        self.catch_up(now, env);
        let Some(connection) = self.links.get(link) else { return };
        // A client that has heard of more than this server is told to go elsewhere, without a word.
        let ahead = connect.last_zxid_seen > self.replica.zxid;
        if connection.session.is_some() || ahead || !self.serves() {
            self.close(link, env);
            return;
        }
        let timeout_ms = self.config.negotiate(connect.timeout_ms);
        match connect.session {
            None => {
                let session = self.next_session;
                self.next_session = SessionId(session.0.wrapping_add(1));
                self.write(now, link, session, Waits::Session { timeout_ms }, None, env);
            }
            Some((session, password)) => {
                // The old connection goes, even if the password is wrong (fact 14).
                if let Some(old) = self.links.of_session(session) {
                    self.close(old, env);
                }
                let proven = password == Password::of(session);
                self.renew(now, link, session, timeout_ms, proven, env);
            }
        }
    }

    fn renew(
        &mut self,
        now: Micros,
        link: Link,
        session: SessionId,
        timeout_ms: i32,
        proven: bool,
        env: &mut dyn Env<Self>,
    ) {
        let server = self.role.number();
        match self.leader_link() {
            Some(leader) if proven => {
                tell(leader, Word::Renew { server, client: link, session, timeout_ms }, env);
            }
            _ => {
                let valid = proven && self.tracker.touch(session, timeout_ms, now);
                if valid {
                    self.tracker.set_owner(session, server);
                }
                self.introduce(link, valid.then_some(session), timeout_ms, env);
            }
        }
    }

    /// Answers the first packet; without a session the connection ends with it.
    pub(super) fn introduce(
        &mut self,
        link: Link,
        session: Option<SessionId>,
        timeout_ms: i32,
        env: &mut dyn Env<Self>,
    ) {
        if self.links.get(link).is_none() {
            return;
        }
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
        if !self.hear(now, session, connection.timeout_ms, env) {
            return;
        }
        self.catch_up(now, env);
        let answers_later = matches!(op, Op::Sync { .. } | Op::CloseSession | Op::Check { .. })
            || write::is_write(op);
        if answers_later && self.role != Role::Alone {
            self.links.line_up(link, InLine::Write);
        }
        match op {
            Op::Sync { path } => {
                let waiting = Waiting { client: link, xid, path: path.clone() };
                match self.leader_link() {
                    Some(leader) => tell(leader, Word::Sync(waiting), env),
                    None => self.sync(None, waiting, env),
                }
            }
            Op::CloseSession => self.write(now, link, session, Waits::Close { xid }, Some(op), env),
            Op::Check { .. } => self.write(now, link, session, Waits::Check { xid }, Some(op), env),
            op if write::is_write(op) => {
                self.write(now, link, session, Waits::Reply { xid }, Some(op), env);
            }
            op if !connection.line.is_empty() => {
                self.links.line_up(link, InLine::Read(xid, op.clone()));
            }
            op => self.read(link, xid, session, op, env),
        }
    }

    /// A sign of life of a session: whether it is there as far as the server knows.
    fn hear(
        &mut self,
        now: Micros,
        session: SessionId,
        timeout_ms: i32,
        env: &mut dyn Env<Self>,
    ) -> bool {
        if !self.is_follower() {
            return self.tracker.touch(session, timeout_ms, now);
        }
        if let Some(leader) = self.leader_link() {
            tell(leader, Word::Touch { session, timeout_ms }, env);
        }
        self.replica.has_session(session)
    }

    /// What needs a transaction goes to the leader.
    fn write(
        &mut self,
        now: Micros,
        client: Link,
        session: SessionId,
        waits: Waits,
        op: Option<&Op>,
        env: &mut dyn Env<Self>,
    ) {
        let Some(connection) = self.links.get(client) else { return };
        let identities = connection.identities.clone();
        let origin = Origin { server: self.role.number(), client, waits };
        let submission = Submission { origin, session, identities, op: op.cloned() };
        if self.is_follower() {
            self.hand_on(submission, env);
        } else {
            self.submit(now, &submission, env);
        }
    }

    fn read(&mut self, link: Link, xid: i32, session: SessionId, op: &Op, env: &mut dyn Env<Self>) {
        let Some(connection) = self.links.get(link) else { return };
        let mut read = Read {
            state: &self.replica,
            watches: &mut self.watches,
            link,
            session,
            identities: &connection.identities,
            events: Vec::new(),
        };
        let result = read.answer(op);
        for event in read.events {
            env.send(link, Outbound::Message(Message::Watch(event)));
        }
        self.reply(link, xid, result, env);
    }

    /// The answer to a `sync`.
    pub(super) fn synced(&mut self, waiting: Waiting, env: &mut dyn Env<Self>) {
        if self.links.get(waiting.client).is_some() {
            self.reply(waiting.client, waiting.xid, Ok(Answer::Path(waiting.path)), env);
            self.next_in_line(waiting.client, env);
        }
    }

    /// The first in line on a connection has been answered: the reads behind it are next.
    pub(super) fn next_in_line(&mut self, link: Link, env: &mut dyn Env<Self>) {
        self.links.leave_line(link, |first| *first == InLine::Write);
        let is_read = |first: &InLine| matches!(first, InLine::Read(..));
        while let Some(InLine::Read(xid, op)) = self.links.leave_line(link, is_read) {
            let session = self.links.get(link).and_then(|connection| connection.session);
            if let Some(session) = session {
                self.read(link, xid, session, &op, env);
            }
        }
    }

    pub(super) fn reply(
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
