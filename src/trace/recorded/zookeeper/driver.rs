//! The recording, line by line, against the model.

use std::collections::BTreeMap;

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
use super::event::{Connect, ConnectReply, Event, Watch, What};
use super::outbox::{Awaited, Met, Outbox, Sent};
use super::{outcome, render};

const REMOVED: &str = "the ephemerals removed with one session are a set";
const EXPIRY: &str = "a session ends in (timeout, timeout + tick] after its last request";
const REAPING: &str = "an empty container is found within one check interval";
const LAST_WORDS: &str = "an expired session may or may not hear of its own ephemerals";
const PASSWORD: &str = "passwords are not recorded: a live session refused had a wrong one";
const BEHIND: &str = "a follower has applied any prefix that its client has not seen more of";
const UNANSWERED: &str = "a request that was never answered ran after the one before it";
const CAME_UP: &str = "a restarted server came up between its start and the first connection";
const LOST: &str = "what was on its way is lost with the connection";
const PREFIX: &str = "a truncated recording ends before everything has arrived";

/// One replay.
pub(super) struct Driver<'a> {
    cluster: Cluster,
    events: &'a [Event],
    truncated: bool,
    now: Micros,
    /// When the last request before this line was answered.
    answered: Micros,
    clock: Clock,
    tally: Tally,
    /// Sessions by their names in the recording, and back.
    sessions: BTreeMap<String, SessionId>,
    names: BTreeMap<SessionId, String>,
    timeouts: BTreeMap<String, Micros>,
    /// The connection of each client and of each session, per server.
    by_client: BTreeMap<(String, usize), Link>,
    by_session: BTreeMap<(String, usize), Link>,
    servers: BTreeMap<Link, usize>,
    outboxes: BTreeMap<Link, Outbox>,
    /// The last transaction of which each session has heard.
    seen: BTreeMap<String, i64>,
}

impl<'a> Driver<'a> {
    pub(super) fn new(
        cluster: Cluster,
        events: &'a [Event],
        truncated: bool,
        moved: usize,
    ) -> Self {
        let mut tally = Tally::default();
        (0..moved).for_each(|_| tally.rule(UNANSWERED, true));
        Self {
            cluster,
            events,
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
        if !same {
            let model = describe(&ConnectReply {
                session: granted.session.map(|(session, _)| self.name(session)),
                timeout_ms: granted.timeout_ms,
            });
            self.differs(at, client, &recorded, &model);
        } else {
            self.tally.same();
        }
        if let (Some((session, _)), Some(name)) = (granted.session, name) {
            self.names.insert(session, name.clone());
            self.timeouts.insert(name.clone(), Micros::from_ms(granted.timeout_ms.into()));
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

    fn watch(&mut self, at: usize, (session, server): (&str, usize), watch: &Watch) {
        let what = format!("{session} watch event");
        let recorded = format!("{} {}", watch.kind, watch.path);
        let Some(link) = self.by_session.get(&(session.to_owned(), server)).copied() else {
            return self.differs(at, &what, &recorded, "this session has no connection here");
        };
        let mut met = self.take(link, watch);
        while met == Met::Nothing && self.cluster.advance(self.now, server) {
            self.collect(at, false);
            met = self.take(link, watch);
        }
        let outbox = self.outboxes.entry(link).or_default();
        if met == Met::Nothing {
            outbox.awaited.push_back(Awaited { event: at, watch: watch.clone() });
        } else {
            self.met(at, met, watch);
        }
    }

    fn take(&mut self, link: Link, watch: &Watch) -> Met {
        let outbox = self.outboxes.entry(link).or_default();
        if outbox.awaited.is_empty() { outbox.take(watch) } else { Met::Nothing }
    }

    fn met(&mut self, at: usize, met: Met, watch: &Watch) {
        match met {
            Met::Same { unordered } => {
                self.tally.same();
                if unordered {
                    self.tally.rule(REMOVED, false);
                }
            }
            Met::OutOfOrder => {
                self.tally.same();
                self.tally.rule(REMOVED, true);
            }
            Met::Other(_) | Met::Nothing => {
                let recorded = format!("{} {}", watch.kind, watch.path);
                self.differs(at, "watch event", &recorded, &format!("{met:?}"));
            }
        }
    }

    /// Compares the events that were read before their cause was.
    fn settle(&mut self, link: Link) {
        while let Some(outbox) = self.outboxes.get_mut(&link)
            && let Some(awaited) = outbox.awaited.front().cloned()
        {
            let met = outbox.take(&awaited.watch);
            if met == Met::Nothing {
                return;
            }
            outbox.awaited.pop_front();
            self.met(awaited.event, met, &awaited.watch);
        }
    }

    /// After a line that causes events: those that were read before it are its events.
    fn caused(&mut self, at: usize, before: i64) {
        let event = &self.events[at];
        let zxid = self.cluster.zxid();
        if zxid > before {
            self.clock.span(before.max(self.clock.last()), zxid, self.answered, event.at);
        }
        self.answered = event.at;
        let links: Vec<Link> = self.outboxes.keys().copied().collect();
        for link in links {
            self.settle(link);
            let server = self.servers.get(&link).copied().unwrap_or(0);
            while self.outboxes.get(&link).is_some_and(|outbox| !outbox.awaited.is_empty())
                && self.cluster.advance(self.now, server)
            {
                self.collect(at, matches!(event.what, What::Expired { .. }));
                self.settle(link);
            }
            let awaited =
                self.outboxes.get_mut(&link).map(|outbox| std::mem::take(&mut outbox.awaited));
            for awaited in awaited.into_iter().flatten() {
                self.met(awaited.event, Met::Nothing, &awaited.watch);
            }
        }
    }

    fn disconnect(&mut self, at: usize, link: Option<Link>) {
        let Some(link) = link else {
            return self.differs(at, "disconnect", "a connection ends", "there is none");
        };
        let server = self.servers.get(&link).copied().unwrap_or(0);
        self.cluster.deliver(self.now, server, link, Inbound::Disconnect);
        let sent = std::mem::take(&mut self.outboxes.entry(link).or_default().sent);
        for sent in sent {
            match sent {
                Sent::Watch { .. } => self.tally.rule(LOST, true),
                Sent::Close => self.tally.same(),
                Sent::Reply(_) | Sent::Connect(_) => {
                    self.differs(at, "disconnect", "no answer", &format!("{sent:?}"));
                }
            }
        }
        self.outboxes.remove(&link);
    }

    fn expired(&mut self, at: usize, name: &str) {
        let session = self.sessions.get(name).copied();
        let Some(session) = session.filter(|session| self.cluster.is_live(*session)) else {
            return self.differs(at, name, "expired", "there is no such session");
        };
        let mine: Vec<_> = self
            .by_session
            .iter()
            .filter(|((session, _), _)| session == name)
            .map(|(_, link)| *link)
            .collect();
        let awaits =
            mine.iter().filter_map(|link| self.outboxes.get(link)).any(|it| !it.awaited.is_empty());
        let last_words = awaits || outcome::hears_more(self.events, at, name);
        if last_words {
            self.cluster.has_last_words(session);
        }
        self.cluster.wake(self.now, Some(session), None);
        self.collect(at, true);
        self.tally.rule(EXPIRY, true);
        self.tally.rule(LAST_WORDS, last_words);
        if self.cluster.is_live(session) {
            self.differs(at, name, "expired", "it cannot have expired yet");
        } else {
            self.tally.same();
        }
    }

    fn reaped(&mut self, at: usize, path: &str) {
        let before = self.cluster.zxid();
        self.cluster.wake(self.now, None, Some(path.into()));
        self.collect(at, false);
        self.tally.rule(REAPING, true);
        if self.cluster.zxid() == before + 1 {
            self.tally.same();
        } else {
            self.differs(at, path, "deleted by the reaper", "it cannot have been");
        }
    }

    fn restart(&mut self, at: usize) {
        self.cluster.crash();
        self.outboxes.clear();
        self.by_session.clear();
        self.by_client.clear();
        let up = outcome::came_up(self.events, at, &|name| self.timeouts.get(name).copied());
        self.tally.rule(CAME_UP, up > self.events[at].at);
        self.cluster.restart(up);
    }

    /// Puts what the model sent into the boxes of its connections.
    fn collect(&mut self, cause: usize, unordered: bool) {
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
        for server in self.servers.values().copied().collect::<std::collections::BTreeSet<_>>() {
            while self.cluster.advance(self.now, server) {}
        }
        self.collect(last, false);
        for (_, outbox) in std::mem::take(&mut self.outboxes) {
            for awaited in outbox.awaited {
                self.met(awaited.event, Met::Nothing, &awaited.watch);
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

    fn name(&self, session: SessionId) -> String {
        name_of(&self.names, session)
    }

    fn differs(&mut self, at: usize, what: &str, recorded: &str, model: &str) {
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
