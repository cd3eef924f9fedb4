//! The recording, line by line, against the model.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::store::zookeeper as zk;
use crate::store::zookeeper::{Password, Request, SessionId, Zxid};
use crate::store::{Inbound, Link, Outbound};
use crate::time::Micros;
use crate::trace::BadRecording;
use crate::trace::recorded::{Difference, Tally};

use super::call::{self, Unmade};
use super::cluster::Cluster;
use super::compare::{self, Clock};
use super::event::{Connect, ConnectReply, Event, What};
use super::outbox::{Met, Outbox, Sent};
use super::render;

const PASSWORD: &str = "passwords are not recorded: a live session refused had a wrong one";
const BEHIND: &str = "a follower has applied any prefix that its client has not seen more of";
const UNANSWERED: &str = "a request that was never answered ran after the one before it";
const PREFIX: &str = "a truncated recording ends before everything has arrived";

/// One replay.
pub(super) struct Driver<'a> {
    pub(super) cluster: Cluster,
    pub(super) events: &'a [Event],
    pub(super) tick: Micros,
    pub(super) truncated: bool,
    pub(super) now: Micros,
    /// When the last request before this line was answered.
    pub(super) answered: Micros,
    pub(super) clock: Clock,
    pub(super) tally: Tally,
    /// Sessions by their names in the recording, and back.
    pub(super) sessions: BTreeMap<String, SessionId>,
    pub(super) names: BTreeMap<SessionId, String>,
    pub(super) timeouts: BTreeMap<String, Micros>,
    /// The connection of each client and of each session, per server.
    pub(super) by_client: BTreeMap<(String, usize), Link>,
    pub(super) by_session: BTreeMap<(String, usize), Link>,
    pub(super) servers: BTreeMap<Link, usize>,
    pub(super) outboxes: BTreeMap<Link, Outbox>,
    /// Connections whose session has expired.
    pub(super) dying: BTreeSet<Link>,
    /// When each session was last heard of, and since then its timeout.
    pub(super) heard: BTreeMap<String, (Micros, Micros)>,
    /// The last transaction of which each session has heard.
    pub(super) seen: BTreeMap<String, i64>,
}

impl<'a> Driver<'a> {
    pub(super) fn new(
        cluster: Cluster,
        events: &'a [Event],
        tick: Micros,
        truncated: bool,
        moved: usize,
    ) -> Self {
        let mut tally = Tally::default();
        (0..moved).for_each(|_| tally.rule(UNANSWERED, true));
        Self {
            cluster,
            events,
            tick,
            truncated,
            now: Micros::ZERO,
            answered: Micros::ZERO,
            clock: Clock::default(),
            tally,
            sessions: BTreeMap::new(),
            names: BTreeMap::new(),
            timeouts: BTreeMap::new(),
            by_client: BTreeMap::new(),
            by_session: BTreeMap::new(),
            servers: BTreeMap::new(),
            outboxes: BTreeMap::new(),
            dying: BTreeSet::new(),
            heard: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    pub(super) fn run(mut self) -> Result<Tally, BadRecording> {
        for at in 0..self.events.len() {
            self.step(at)?;
        }
        self.finish();
        Ok(self.tally)
    }

    fn step(&mut self, at: usize) -> Result<(), BadRecording> {
        let event = &self.events[at];
        self.now = self.now.max(event.at);
        let server = event.on.unwrap_or(1) - 1;
        if !matches!(event.what, What::Watch { .. } | What::Restart) {
            self.pass_time(at);
        }
        let before = self.cluster.zxid();
        match &event.what {
            What::Connect { client, connect, reply } => {
                self.connect(at, (client, server), connect, reply.as_ref());
                self.caused(at, before);
            }
            What::Call { session, call, reply } => {
                self.call(at, (session, server), call, reply.as_ref())?;
                self.caused(at, before);
            }
            What::Watch { session, watch } => self.watch(at, (session, server), watch),
            What::ClientDisconnect { client } => {
                let link = self.by_client.remove(&(client.clone(), server));
                self.disconnect(at, link);
            }
            What::Disconnect { session } => {
                let link = self.by_session.remove(&(session.clone(), server));
                self.disconnect(at, link);
            }
            What::Expired { session } => {
                self.expired(at, session);
                self.caused(at, before);
            }
            What::DeleteContainer { path } => {
                self.reaped(at, path);
                self.caused(at, before);
            }
            What::Restart => self.restart(at),
        }
        Ok(())
    }

    /// What has to have happened by now whatever the recording says: it should not have.
    fn pass_time(&mut self, at: usize) {
        let before = self.cluster.zxid();
        self.cluster.wake(self.now, None, None);
        if self.cluster.zxid() != before {
            let model = "a session ended or a container was deleted: its time was over";
            self.differs(at, "time passes", "nothing of the kind", model);
            self.collect(at, true);
        }
    }

    fn connect(
        &mut self,
        at: usize,
        (client, server): (&str, usize),
        connect: &Connect,
        reply: Option<&ConnectReply>,
    ) {
        let link = self.cluster.open(self.now, server);
        self.servers.insert(link, server);
        self.by_client.insert((client.to_owned(), server), link);
        let session = connect.session.as_ref().map(|name| {
            // A session that was never granted: no server knows it.
            let session = self.sessions.get(name).copied().unwrap_or(SessionId(-1));
            let refused = reply.is_some_and(|reply| reply.session.is_none());
            let wrong = refused && self.cluster.is_live(session);
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
            self.cluster.expect(server, i64::MAX);
        }
        self.cluster.deliver(self.now, server, link, Inbound::Request(request));
        self.collect(at, false);
        let sent = self.outboxes.entry(link).or_default().sent.pop_front();
        let recorded = reply.map_or_else(|| "no answer".to_owned(), describe);
        let granted = match (&sent, reply) {
            (Some(Sent::Close), None) => return self.tally.same(),
            (Some(Sent::Connect(granted)), Some(_)) => granted,
            (sent, _) => return self.differs(at, client, &recorded, &format!("{sent:?}")),
        };
        let Some(reply) = reply else { return };
        let name = reply.session.clone();
        let same = granted.timeout_ms == reply.timeout_ms
            && match (granted.session, &name) {
                (None, None) => true,
                (Some((session, _)), Some(name)) => self
                    .sessions
                    .get(name)
                    .map_or(connect.session.is_none(), |known| *known == session),
                _ => false,
            };
        if same {
            self.tally.same();
        } else {
            let model = describe(&ConnectReply {
                session: granted.session.map(|(session, _)| name_of(&self.names, session)),
                timeout_ms: granted.timeout_ms,
            });
            self.differs(at, client, &recorded, &model);
        }
        if let (Some((session, _)), Some(name)) = (granted.session, name) {
            self.names.insert(session, name.clone());
            let timeout = Micros::from_ms(granted.timeout_ms.into());
            self.timeouts.entry(name.clone()).or_insert(timeout);
            self.heard.insert(name.clone(), (self.events[at].at, timeout));
            self.sessions.insert(name.clone(), session);
            self.by_session.insert((name, server), link);
        }
    }

    fn call(
        &mut self,
        at: usize,
        (session, server): (&str, usize),
        call: &Value,
        reply: Option<&Value>,
    ) -> Result<(), BadRecording> {
        let what = format!("{session} {call}");
        let op = match call::parse(call) {
            Ok(op) => op,
            Err(Unmade::Bad(message)) => {
                return Err(BadRecording::new(self.events[at].line, 0, message));
            }
            Err(Unmade::Unknown(name)) => {
                self.differs(
                    at,
                    &what,
                    &recorded(reply),
                    &format!("the model has no operation {name}"),
                );
                return Ok(());
            }
        };
        let Some(link) = self.by_session.get(&(session.to_owned(), server)).copied() else {
            self.differs(at, &what, &recorded(reply), "this session has no connection here");
            return Ok(());
        };
        if op != zk::Op::CloseSession
            && !matches!(op, zk::Op::Auth { .. })
            && let Some((heard, _)) = self.heard.get_mut(session)
        {
            *heard = self.events[at].at;
        }
        let behind = self.place(at, session, server, &what, reply);
        let request = Request::Call { xid: at as i32, op };
        self.cluster.deliver(self.now, server, link, Inbound::Request(request));
        if behind.is_some() {
            self.tally.rule(BEHIND, self.cluster.behind(server) > 0);
        }
        self.collect(at, matches!(call.get("op").and_then(Value::as_str), Some("closeSession")));
        self.settle(link);
        let outbox = self.outboxes.entry(link).or_default();
        let Some(reply_value) = reply else {
            if let Some(Sent::Reply(model)) = outbox.sent.front() {
                let model = model.to_string();
                outbox.sent.pop_front();
                self.differs(at, &what, "no answer", &model);
            } else {
                self.tally.same();
            }
            return Ok(());
        };
        // What comes before the reply has been read before it.
        while let Some(Sent::Watch { .. }) = self.outboxes.entry(link).or_default().sent.front() {
            let event = self.outboxes.entry(link).or_default().sent.pop_front();
            self.differs(at, &what, "no event before this reply", &format!("{event:?}"));
        }
        match self.outboxes.entry(link).or_default().sent.front().cloned() {
            Some(Sent::Reply(model)) => {
                self.outboxes.entry(link).or_default().sent.pop_front();
                self.compare(at, &what, reply_value, &model);
            }
            other => self.differs(at, &what, &recorded(reply), &format!("{other:?}")),
        }
        Ok(())
    }

    /// Lets a follower get as far as it had when it answered; no one sees less than before.
    fn place(
        &mut self,
        at: usize,
        session: &str,
        server: usize,
        what: &str,
        reply: Option<&Value>,
    ) -> Option<i64> {
        // Without an answer the server has got as far as it could.
        self.cluster.expect(server, i64::MAX);
        let zxid = reply?.get("zxid")?.as_i64().filter(|zxid| *zxid > 0)?;
        self.cluster.expect(server, zxid);
        let seen = self.seen.entry(session.to_owned()).or_default();
        let before = *seen;
        *seen = zxid.max(before);
        if zxid < before {
            self.differs(
                at,
                what,
                &format!("an answer at zxid {zxid}"),
                &format!("it has seen {before}"),
            );
        }
        (self.cluster.behind(server) > 0).then_some(zxid)
    }

    fn compare(&mut self, at: usize, what: &str, recorded: &Value, model: &Value) {
        // The clock has to know the transaction before its times are seen.
        let zxid = self.cluster.zxid();
        self.clock.span(self.clock.last(), zxid, self.answered, self.events[at].at);
        if compare::same(recorded, model, &mut self.clock, &mut self.tally) {
            self.tally.same();
        } else {
            self.differs(at, what, &recorded.to_string(), &model.to_string());
        }
    }

    /// Puts what the model sent into the boxes of its connections.
    pub(super) fn collect(&mut self, cause: usize, unordered: bool) {
        for (link, outbound) in self.cluster.sent() {
            let names = &self.names;
            let sent = match outbound {
                Outbound::Close => Sent::Close,
                Outbound::Message(zk::Message::Connect(reply)) => Sent::Connect(reply),
                Outbound::Message(zk::Message::Reply(reply)) => {
                    Sent::Reply(render::reply(&reply, &|session| name_of(names, session)))
                }
                Outbound::Message(zk::Message::Watch(event)) => {
                    Sent::Watch { watch: render::watch(&event), cause, unordered }
                }
                Outbound::Message(zk::Message::Peer(_)) => continue,
            };
            self.outboxes.entry(link).or_default().sent.push_back(sent);
        }
    }

    /// At the end everything has arrived, unless the recording stops early.
    fn finish(&mut self) {
        let Some(last) = self.events.len().checked_sub(1) else { return };
        for server in self.servers.values().copied().collect::<BTreeSet<_>>() {
            while self.cluster.advance(self.now, server) {}
        }
        self.collect(last, false);
        for (_, outbox) in std::mem::take(&mut self.outboxes) {
            for awaited in outbox.awaited {
                self.met(awaited.event, &Met::Nothing, &awaited.watch);
            }
            for sent in outbox.sent {
                if self.truncated {
                    self.tally.rule(PREFIX, true);
                } else {
                    self.differs(last, "the end", "nothing more", &format!("{sent:?}"));
                }
            }
        }
    }

    pub(super) fn differs(&mut self, at: usize, what: &str, recorded: &str, model: &str) {
        let event = &self.events[at];
        self.tally.differs(Difference {
            line: event.line,
            at: event.at,
            what: what.to_owned(),
            recorded: recorded.to_owned(),
            model: model.to_owned(),
        });
    }
}

fn name_of(names: &BTreeMap<SessionId, String>, session: SessionId) -> String {
    names.get(&session).cloned().unwrap_or_else(|| session.to_string())
}

fn describe(reply: &ConnectReply) -> String {
    let session = reply.session.as_deref().unwrap_or("no session");
    format!("{session}, timeout {} ms", reply.timeout_ms)
}

fn recorded(reply: Option<&Value>) -> String {
    reply.map_or_else(|| "no answer".to_owned(), Value::to_string)
}
