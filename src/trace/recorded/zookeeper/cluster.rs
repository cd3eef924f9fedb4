//! The servers of the recording, and what they say.

use std::collections::{BTreeSet, VecDeque};

use crate::store::zookeeper::{Config, Draw, Message, Path, Request, SessionId, ZooKeeper};
use crate::store::{Effect, Env, Heed, Inbound, Link, Outbound, Server};
use crate::time::Micros;

/// What the real servers did where the model leaves it open, as far as the recording tells it.
#[derive(Default)]
struct Outcomes {
    /// The session that ends now.
    expires: Option<SessionId>,
    /// The node that the reaper takes now.
    reaped: Option<Path>,
    /// The sessions that still get the events of their own ephemeral nodes.
    last_words: BTreeSet<SessionId>,
    /// How far the server got that is about to answer: its place and the transaction.
    applied: Option<(usize, i64)>,
    /// The last transaction that is committed.
    committed: i64,
}

/// The servers, in the order of their numbers.
pub(super) struct Cluster {
    servers: Vec<ZooKeeper>,
    leader: usize,
    /// Between servers: on its way from a server to the other end of the link.
    between: VecDeque<(usize, Link, Request)>,
    /// What was sent to clients and not yet taken.
    sent: VecDeque<(Link, Outbound<Message>)>,
    outcomes: Outcomes,
    /// What was done to the nodes and not yet taken, as the leader has it; none if nobody wants to hear of it.
    told: Option<Vec<Effect>>,
}

struct World<'a> {
    from: usize,
    leader: usize,
    between: &'a mut VecDeque<(usize, Link, Request)>,
    sent: &'a mut VecDeque<(Link, Outbound<Message>)>,
    outcomes: &'a Outcomes,
    told: &'a mut Option<Vec<Effect>>,
}

impl Env<ZooKeeper> for World<'_> {
    fn heeds(&self) -> Heed<'_> {
        let is_told = self.from == self.leader && self.told.is_some();
        if is_told { Heed::Everything } else { Heed::Nothing }
    }

    fn effect(&mut self, effect: Effect) {
        if let Some(told) = self.told {
            told.push(effect);
        }
    }

    fn send(&mut self, link: Link, message: Outbound<Message>) {
        if let Outbound::Message(Message::Peer(peer)) = message {
            // The link of a follower has the number of the follower.
            let to = if self.from == self.leader { link.0 as usize } else { self.leader };
            self.between.push_back((to, link, Request::Peer(peer)));
        } else {
            self.sent.push_back((link, message));
        }
    }

    fn draw(&mut self, draw: &Draw, n: u32) -> u32 {
        let outcomes = self.outcomes;
        match draw {
            Draw::Expiry { session } => u32::from(outcomes.expires == Some(*session)),
            Draw::Reap { path } => u32::from(outcomes.reaped.as_ref() == Some(path)),
            Draw::LastWords { session } if outcomes.last_words.contains(session) => n - 1,
            Draw::LastWords { .. } => 0,
            // A follower applies nothing before it has to be seen.
            Draw::Lag { .. } => match outcomes.applied {
                Some((server, zxid)) if server == self.from => {
                    u32::try_from(outcomes.committed.saturating_sub(zxid)).unwrap_or(0).min(n - 1)
                }
                _ => n - 1,
            },
        }
    }
}

impl Cluster {
    /// Effects are told from now on.
    pub(super) fn listen(&mut self) {
        self.told = Some(Vec::new());
    }

    /// What was done to the nodes since the last time.
    pub(super) fn told(&mut self) -> Vec<Effect> {
        self.told.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Servers of which the one at `leader` leads; a single one is alone.
    pub(super) fn new(config: &Config, servers: usize, leader: usize) -> Self {
        let link = |server: usize| Link(server as u32);
        let followers: Vec<Link> =
            (0..servers).filter(|server| *server != leader).map(link).collect();
        let server = |place: usize| {
            let number = place as u8 + 1;
            if servers == 1 {
                ZooKeeper::new(config.clone())
            } else if place == leader {
                ZooKeeper::leader(config.clone(), number, &followers)
            } else {
                ZooKeeper::follower(config.clone(), number, link(place))
            }
        };
        Self {
            servers: (0..servers).map(server).collect(),
            leader,
            between: VecDeque::new(),
            sent: VecDeque::new(),
            outcomes: Outcomes::default(),
            told: None,
        }
    }

    /// How many servers there are. The links between them have numbers below this.
    pub(super) fn count(&self) -> usize {
        self.servers.len()
    }

    /// Something reaches a server over a connection. Messages between servers arrive at once.
    pub(super) fn deliver(
        &mut self,
        now: Micros,
        server: usize,
        link: Link,
        inbound: Inbound<Request>,
    ) {
        self.act(server, |it, world| it.deliver(now, link, inbound, world));
        self.pump(now);
    }

    /// Time passes at every server. `expires` and `reaped` are what happens now.
    pub(super) fn wake(&mut self, now: Micros, expires: Option<SessionId>, reaped: Option<Path>) {
        self.outcomes.expires = expires;
        self.outcomes.reaped = reaped;
        for server in 0..self.servers.len() {
            self.act(server, |it, world| it.wake(now, world));
            self.pump(now);
        }
        self.outcomes.expires = None;
        self.outcomes.reaped = None;
    }

    /// The server applies one more committed transaction; whether there was one.
    pub(super) fn advance(&mut self, now: Micros, server: usize) -> bool {
        let Some(before) = self.servers.get(server).map(|it| it.zxid().0) else { return false };
        self.expect(server, before + 1);
        self.act(server, |it, world| it.wake(now, world));
        self.pump(now);
        self.outcomes.applied = None;
        self.servers.get(server).is_some_and(|it| it.zxid().0 > before)
    }

    /// The next thing that the server does, it does after that transaction.
    pub(super) fn expect(&mut self, server: usize, zxid: i64) {
        self.outcomes.applied = Some((server, zxid));
    }

    /// How far behind the others a server is, in transactions.
    pub(super) fn behind(&self, server: usize) -> i64 {
        self.servers.get(server).map_or(0, |it| self.zxid() - it.zxid().0)
    }

    /// The session still gets the events of its own ephemeral nodes when it ends.
    pub(super) fn has_last_words(&mut self, session: SessionId) {
        self.outcomes.last_words.insert(session);
    }

    pub(super) fn crash(&mut self) {
        self.servers.iter_mut().for_each(Server::crash);
    }

    pub(super) fn restart(&mut self, now: Micros) {
        for server in 0..self.servers.len() {
            self.act(server, |it, world| it.restart(now, world));
        }
    }

    /// What was sent to clients since the last time.
    pub(super) fn sent(&mut self) -> VecDeque<(Link, Outbound<Message>)> {
        std::mem::take(&mut self.sent)
    }

    /// The last transaction that is committed.
    pub(super) fn zxid(&self) -> i64 {
        self.servers.get(self.leader).map_or(0, |server| server.zxid().0)
    }

    /// The last transaction that a server has applied.
    pub(super) fn applied(&self, server: usize) -> i64 {
        self.servers.get(server).map_or(0, |it| it.zxid().0)
    }

    /// Whether the session has not ended.
    pub(super) fn is_live(&self, session: SessionId) -> bool {
        self.servers
            .get(self.leader)
            .is_some_and(|server| server.sessions().any(|live| live == session))
    }

    fn pump(&mut self, now: Micros) {
        while let Some((to, link, request)) = self.between.pop_front() {
            self.act(to, |it, world| it.deliver(now, link, Inbound::Request(request), world));
        }
    }

    fn act(&mut self, server: usize, act: impl FnOnce(&mut ZooKeeper, &mut World<'_>)) {
        self.outcomes.committed = self.zxid();
        let mut world = World {
            from: server,
            leader: self.leader,
            between: &mut self.between,
            sent: &mut self.sent,
            outcomes: &self.outcomes,
            told: &mut self.told,
        };
        if let Some(server) = self.servers.get_mut(server) {
            act(server, &mut world);
        }
    }
}
