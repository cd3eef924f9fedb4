//! The servers of a recording of ZooKeeper, and what the comparison knows beside them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::driver::{Driver, Servers};
use super::super::queues::Queues;
use super::cluster::Cluster;
use super::compare::Clock;
use super::event::{Watch, What};
use super::outcome;
use super::render;
use super::setup::Setup;
use crate::store::zookeeper::{ConnectReply, Message, SessionId};
use crate::store::{Link, Outbound};
use crate::time::Micros;
use crate::trace::BadRecording;
use crate::trace::recorded::{Event, Header, Line, Tally};

const PREFIX: &str = "a truncated recording ends before everything has arrived";

/// The servers, and what both sides have said and the other has not said yet.
pub(in crate::trace::recorded) struct Ensemble {
    pub(super) cluster: Cluster,
    pub(super) tick: Micros,
    truncated: bool,
    /// When the last request before the present line was answered.
    pub(super) answered: Micros,
    pub(super) clock: Clock,
    /// By their names in the recording.
    pub(super) sessions: BTreeMap<String, Session>,
    /// What the model sent and the recording has not shown yet.
    pub(super) sent: Queues<Sent>,
    /// The watch events that the recording showed and the model has not sent yet, each with its place among the lines.
    pub(super) awaited: Queues<(usize, Watch)>,
    /// The transactions with which sessions ended.
    pub(super) ended: BTreeSet<i64>,
    /// What each server had applied when its events were collected last.
    pub(super) applied: Vec<i64>,
}

/// A session that was granted.
pub(super) struct Session {
    pub(super) id: SessionId,
    /// The first timeout that it was granted: with that one a server that starts again begins.
    pub(super) timeout: Micros,
    /// When it was last heard of, and since then its timeout.
    pub(super) heard: (Micros, Micros),
    /// The last transaction of which it has heard.
    pub(super) seen: i64,
}

/// What is known of a connection.
#[derive(Default)]
pub(in crate::trace::recorded) struct Kept {
    pub(super) session: Option<String>,
    /// Its session has expired.
    pub(super) dying: bool,
}

/// One thing that the model sent.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Sent {
    Connect(ConnectReply),
    Reply(Value),
    /// A watch event, with the cause it shares with others.
    Watch {
        watch: Watch,
        cause: usize,
        unordered: bool,
    },
    Close,
}

impl Servers for Ensemble {
    type What = What;
    type Kept = Kept;
    const GOES_BACK: bool = true;

    fn start(header: &Header) -> Result<Self, BadRecording> {
        let setup = Setup::of(header)?;
        let cluster = setup.cluster();
        let applied = vec![0; cluster.count()];
        Ok(Self {
            cluster,
            tick: setup.tick(),
            truncated: setup.is_truncated(),
            answered: Micros::ZERO,
            clock: Clock::default(),
            sessions: BTreeMap::new(),
            sent: Queues::default(),
            awaited: Queues::default(),
            ended: BTreeSet::new(),
            applied,
        })
    }

    fn count(&self) -> usize {
        self.cluster.count()
    }

    fn parse(&self, line: &Line) -> Result<Event<What>, BadRecording> {
        What::parse(line, self.count())
    }

    fn in_order(events: Vec<Event<What>>, tally: &mut Tally) -> Vec<Event<What>> {
        outcome::in_order(events, tally)
    }

    fn step(driver: &mut Driver<'_, Self>) -> Result<(), BadRecording> {
        let Event { what, server, .. } = driver.event();
        // An event is read at any time after it happened; with a restart the servers' time begins anew.
        let is_late = matches!(what, What::Watch { .. } | What::Restart);
        if !is_late {
            driver.nothing_is_due();
        }
        let before = driver.servers.cluster.zxid();
        match what {
            What::Connect { client, connect, reply } => {
                driver.connect(client, connect, reply.as_ref());
            }
            What::Call { session, call, reply } => driver.call(session, call, reply.as_ref())?,
            What::Watch { session, watch } => driver.watch(session, watch),
            What::ClientDisconnect { client } => {
                driver.disconnect(driver.connections.of(client, *server));
            }
            What::Disconnect { session } => driver.disconnect(driver.link_of(session)),
            What::Expired { session } => driver.expired(session),
            What::DeleteContainer { path } => driver.reaped(path),
            What::Restart => driver.restart(),
        }
        let ends = matches!(what, What::ClientDisconnect { .. } | What::Disconnect { .. });
        if !is_late && !ends {
            driver.caused(before);
        }
        Ok(())
    }

    /// Everything has arrived, unless the recording stops early.
    fn end(driver: &mut Driver<'_, Self>) {
        for server in 0..driver.servers.count() {
            while driver.servers.cluster.advance(driver.now, server) {}
        }
        driver.collect(false);
        for link in driver.servers.awaited.links() {
            driver.awaited_in_vain(link);
        }
        let Ensemble { sent, .. } = &mut driver.servers;
        let left = sent.links().into_iter().flat_map(|link| sent.give_up(link));
        for sent in left.collect::<Vec<_>>() {
            if driver.servers.truncated {
                driver.tally.rule(PREFIX, true);
            } else {
                driver.differs("the end", "nothing more", format!("{sent:?}"));
            }
        }
    }
}

impl Driver<'_, Ensemble> {
    /// What has to have happened by now whatever the recording says: it should not have.
    fn nothing_is_due(&mut self) {
        let before = self.servers.cluster.zxid();
        self.servers.cluster.wake(self.now, None, None);
        if self.servers.cluster.zxid() != before {
            let model = "a session ended or a container was deleted: its time was over";
            self.differs("time passes", "nothing of the kind", model);
            self.collect(true);
        }
    }

    /// The connection of a session to the server of the present line.
    pub(super) fn link_of(&self, session: &str) -> Option<Link> {
        let server = self.event().server;
        self.connections.find(|connection| {
            connection.server == server && connection.kept.session.as_deref() == Some(session)
        })
    }

    /// Puts what the model sent into the queues of its connections.
    pub(super) fn collect(&mut self, unordered: bool) {
        let cause = self.at;
        let Ensemble { cluster, sessions, sent: queues, ended, applied, .. } = &mut self.servers;
        if unordered {
            ended.insert(cluster.zxid());
        }
        // On every server the nodes of a session go in the order of a set of its own, whenever it hears of the end.
        let removed = |(server, before): (usize, &mut i64)| {
            let before = std::mem::replace(before, cluster.applied(server));
            ended.iter().any(|zxid| (before + 1..=cluster.applied(server)).contains(zxid))
        };
        let removed: Vec<bool> = applied.iter_mut().enumerate().map(removed).collect();
        for (link, outbound) in cluster.sent() {
            let server = self.connections.open.get(&link).map_or(0, |it| it.server);
            let unordered = unordered || removed.get(server).is_some_and(|removed| *removed);
            let sent = match outbound {
                Outbound::Close => Sent::Close,
                Outbound::Message(Message::Connect(reply)) => Sent::Connect(reply),
                Outbound::Message(Message::Reply(reply)) => {
                    Sent::Reply(render::reply(&reply, &|session| name_of(sessions, session)))
                }
                Outbound::Message(Message::Watch(event)) => {
                    Sent::Watch { watch: render::watch(&event), cause, unordered }
                }
                Outbound::Message(Message::Peer(_)) => continue,
            };
            queues.of(link).push_back(sent);
        }
    }
}

/// What the recording calls a session.
pub(super) fn name_of(sessions: &BTreeMap<String, Session>, id: SessionId) -> String {
    let name = sessions.iter().find(|(_, session)| session.id == id).map(|(name, _)| name.clone());
    name.unwrap_or_else(|| id.to_string())
}
