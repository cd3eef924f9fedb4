//! What servers answer: to who connects, and to requests.

use serde_json::Value;

use super::super::driver::Driver;
use super::call::{self, Unmade};
use super::compare;
use super::event::{Connect, ConnectReply};
use super::servers::{Ensemble, Kept, Sent, Session, name_of};
use crate::store::zookeeper::{self as zk, Op, Password, Request, SessionId, Zxid};
use crate::store::{Inbound, Link};
use crate::time::Micros;
use crate::trace::BadRecording;
use crate::trace::recorded::Event;

const PASSWORD: &str = "passwords are not recorded: a live session refused had a wrong one";
const BEHIND: &str = "a follower has applied any prefix that its client has not seen more of";

impl Driver<'_, Ensemble> {
    pub(super) fn connect(
        &mut self,
        client: &str,
        connect: &Connect,
        reply: Option<&ConnectReply>,
    ) {
        let server = self.event().server;
        let link = self.connections.connect(client, server, Kept::default());
        self.servers.cluster.deliver(self.now, server, link, Inbound::Connect);
        let session = connect.session.as_ref().map(|name| {
            // A session that was never granted: no server knows it.
            let known = self.servers.sessions.get(name);
            let session = known.map_or(SessionId(-1), |session| session.id);
            let refused = reply.is_some_and(|reply| reply.session.is_none());
            let wrong = refused && self.servers.cluster.is_live(session);
            self.tally.rule(PASSWORD, wrong);
            let password = Password::of(session);
            (session, if wrong { Password(!password.0) } else { password })
        });
        let request = Request::Connect(zk::Connect {
            timeout_ms: connect.timeout_ms,
            session,
            last_zxid_seen: Zxid(connect.last_zxid_seen),
        });
        // A session is granted by a transaction, and the answer comes when the server has applied it.
        if connect.session.is_none() {
            self.servers.cluster.expect(server, i64::MAX);
        }
        self.servers.cluster.deliver(self.now, server, link, Inbound::Request(request));
        self.collect(false);
        let sent = self.servers.sent.of(link).pop_front();
        let (granted, reply) = match (sent, reply) {
            (Some(Sent::Close), None) => return self.tally.same(),
            (Some(Sent::Connect(granted)), Some(reply)) => (granted, reply),
            (sent, _) => {
                let recorded = reply.map_or_else(|| "no answer".to_owned(), describe);
                return self.differs(client, recorded, format!("{sent:?}"));
            }
        };
        let id = granted.session.map(|(session, _)| session);
        let same = granted.timeout_ms == reply.timeout_ms
            && match (id, &reply.session) {
                (None, None) => true,
                (Some(id), Some(name)) => match self.servers.sessions.get(name) {
                    Some(known) => known.id == id,
                    None => connect.session.is_none(),
                },
                _ => false,
            };
        if same {
            self.tally.same();
        } else {
            let session = id.map(|id| name_of(&self.servers.sessions, id));
            let model = describe(&ConnectReply { session, timeout_ms: granted.timeout_ms });
            self.differs(client, describe(reply), model);
        }
        if let (Some(id), Some(name)) = (id, &reply.session) {
            self.granted(link, id, name, Micros::from_ms(granted.timeout_ms.into()));
        }
    }

    /// A connection has a session from here on, and no other one to that server has it.
    fn granted(&mut self, link: Link, id: SessionId, name: &str, timeout: Micros) {
        let heard = (self.event().at, timeout);
        let new = Session { id, timeout, heard, seen: 0 };
        let session = self.servers.sessions.entry(name.to_owned()).or_insert(new);
        (session.id, session.heard) = (id, heard);
        if let Some(before) =
            self.link_of(name).and_then(|link| self.connections.open.get_mut(&link))
        {
            before.kept.session = None;
        }
        if let Some(connection) = self.connections.open.get_mut(&link) {
            connection.kept.session = Some(name.to_owned());
        }
    }

    pub(super) fn call(
        &mut self,
        session: &str,
        call: &Value,
        reply: Option<&Value>,
    ) -> Result<(), BadRecording> {
        let what = format!("{session} {call}");
        let recorded = reply.map_or_else(|| "no answer".to_owned(), Value::to_string);
        let op = match call::parse(call) {
            Ok(op) => op,
            Err(Unmade::Bad(message)) => {
                return Err(BadRecording::new(self.event().line, 0, message));
            }
            Err(Unmade::Unknown(name)) => {
                self.differs(&what, recorded, format!("the model has no operation {name}"));
                return Ok(());
            }
        };
        let Some(link) = self.link_of(session) else {
            self.differs(&what, recorded, "this session has no connection here");
            return Ok(());
        };
        let Event { at, server, .. } = *self.event();
        let ends = op == Op::CloseSession;
        if !ends
            && !matches!(op, Op::Auth { .. })
            && let Some(session) = self.servers.sessions.get_mut(session)
        {
            session.heard.0 = at;
        }
        let behind = self.place(session, &what, reply);
        let request = Request::Call { xid: self.at as i32, op };
        self.servers.cluster.deliver(self.now, server, link, Inbound::Request(request));
        if behind {
            self.tally.rule(BEHIND, self.servers.cluster.behind(server) > 0);
        }
        self.collect(ends);
        self.settle(link);
        let Some(reply) = reply else {
            match self.servers.sent.next_if(link, |sent| matches!(sent, Sent::Reply(_))) {
                Some(Sent::Reply(model)) => self.differs(&what, recorded, model.to_string()),
                _ => self.tally.same(),
            }
            return Ok(());
        };
        // What comes before the reply has been read before it.
        let is_watch = |sent: &Sent| matches!(sent, Sent::Watch { .. });
        while let Some(event) = self.servers.sent.next_if(link, is_watch) {
            self.differs(&what, "no event before this reply", format!("{event:?}"));
        }
        match self.servers.sent.next_if(link, |sent| matches!(sent, Sent::Reply(_))) {
            Some(Sent::Reply(model)) => self.compare(&what, reply, &model),
            _ => {
                let model = format!("{:?}", self.servers.sent.first(link));
                self.differs(&what, recorded, model);
            }
        }
        Ok(())
    }

    /// Lets a follower get as far as it had when it answered; no one sees less than before. Whether it is behind then.
    fn place(&mut self, session: &str, what: &str, reply: Option<&Value>) -> bool {
        let server = self.event().server;
        let zxid = reply.and_then(|reply| reply.get("zxid")?.as_i64()).filter(|zxid| *zxid > 0);
        let Some(zxid) = zxid else {
            // Without an answer the server has got as far as it could.
            self.servers.cluster.expect(server, i64::MAX);
            return false;
        };
        self.servers.cluster.expect(server, zxid);
        if let Some(session) = self.servers.sessions.get_mut(session) {
            let before = session.seen;
            session.seen = zxid.max(before);
            if zxid < before {
                let recorded = format!("an answer at zxid {zxid}");
                self.differs(what, recorded, format!("it has seen {before}"));
            }
        }
        self.servers.cluster.behind(server) > 0
    }

    fn compare(&mut self, what: &str, recorded: &Value, model: &Value) {
        let at = self.event().at;
        let Ensemble { cluster, clock, answered, .. } = &mut self.servers;
        // The clock has to know the transaction before its times are seen.
        clock.span(clock.last(), cluster.zxid(), *answered, at);
        if compare::same(recorded, model, clock, &mut self.tally) {
            self.tally.same();
        } else {
            self.differs(what, recorded.to_string(), model.to_string());
        }
    }
}

fn describe(reply: &ConnectReply) -> String {
    let session = reply.session.as_deref().unwrap_or("no session");
    format!("{session}, timeout {} ms", reply.timeout_ms)
}
