//! The server: what arrives, and when time passes.

use std::fmt;
use std::rc::Rc;

use super::client::{Client, CommandLine};
use super::config::{Config, EPOCH_US, NotifyFlags};
use super::core::Core;
use super::ctx::{Ctx, NOBODY};
use super::draw::Draw;
use super::keyspace::Place;
use super::replication::Peer;
use super::reply::Reply;
use super::request::Request;
use crate::store::{Env, Inbound, Key, Link, Server};
use crate::time::Micros;

/// One Redis server.
#[derive(Clone)]
pub struct RedisServer {
    core: Core,
}

/// What a server sends.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Message {
    /// The answer to the oldest request that has none yet.
    Reply(Reply),
    /// What nobody asked for: a message on a channel, the confirmation of a subscription.
    Push(Reply),
    /// A word to another server.
    Peer(Peer),
}

impl Message {
    /// How long it is on the wire (RESP2), in bytes; what servers say to each other is not counted.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Reply(reply) | Self::Push(reply) => reply.bytes(),
            Self::Peer(_) => 0,
        }
    }
}

/// How long (ms) after a background cycle that passed an expired key over the next one comes.
const CYCLE_MS: i64 = 100;

impl RedisServer {
    /// A server that just started, empty.
    pub fn new(config: Config) -> Self {
        let (epoch_us, ahead_us) = (config.epoch_us, config.epoch_us.saturating_sub(EPOCH_US));
        let core = Core { epoch_us, ahead_us, config: Rc::new(config), ..Core::default() };
        Self { core }
    }

    /// The settings, as CONFIG SET may have changed them.
    pub fn config(&self) -> &Config {
        &self.core.config
    }

    /// Whether the background cycle removes each key as soon as its time is up, from now on; see
    /// [`Config::punctual_expiry`].
    pub fn expires_punctually(&mut self, punctual: bool) {
        Rc::make_mut(&mut self.core.config).punctual_expiry = punctual;
    }

    /// Whether somebody was told the number of a connection, or named one, since the server started.
    pub fn shows_client_ids(&self) -> bool {
        self.core.ids_shown
    }

    /// From now on the numbers of connections are part of the canonical state; see [`Config::client_ids`].
    pub fn count_client_ids(&mut self) {
        Rc::make_mut(&mut self.core.config).client_ids = true;
    }

    pub(super) fn core(&self) -> &Core {
        &self.core
    }

    pub(super) fn core_mut(&mut self) -> &mut Core {
        &mut self.core
    }

    /// Moves the server's wall clock by `span`, forward or back. Deadlines of keys and timeouts of blocked
    /// clients stay where they are on the wall clock.
    ///
    /// With [`Config::monotonic_expiry`] nothing comes of it.
    pub fn jump_clock(&mut self, span: Micros) {
        if self.core.config.monotonic_expiry {
            return;
        }
        self.core.epoch_us = self.core.epoch_us.saturating_add(span.0);
        self.core.ahead_us = self.core.ahead_us.saturating_add(span.0);
    }

    /// Whether the server crashed and was not restarted yet.
    pub fn is_down(&self) -> bool {
        self.core.down
    }

    /// Whether a key is removed by the background cycle at `at`.
    pub fn expires_by(&self, at: Micros) -> bool {
        !self.expiring(at).is_empty()
    }

    /// The background cycle passes the keys over that it would remove at `at`, until `span` later.
    pub fn pass_over(&mut self, at: Micros, span: Micros) {
        for (deadline_ms, place) in self.expiring(at) {
            self.core.lingering.insert(place, deadline_ms.saturating_add(span.as_ms()));
        }
    }

    fn expiring(&self, at: Micros) -> Vec<(i64, Place)> {
        if self.core.replication.is_replica() {
            return Vec::new();
        }
        let mut core = self.core.clone();
        core.now = at;
        let now = core.wall_us().div_euclid(1000);
        let mut overdue = core.overdue();
        overdue.retain(|(_, place)| core.lingering.get(place).is_none_or(|again| *again < now));
        overdue
    }

    /// Whether this client waits in a blocking command.
    pub fn is_blocked(&self, link: Link) -> bool {
        self.core.client(link).is_some_and(|client| client.blocked.is_some())
    }

    /// Since when `link` should have been told that its time is over: the instant at which a blocking
    /// command with a timeout ends.
    pub fn blocked_until(&self, link: Link) -> Option<Micros> {
        let until = self.core.client(link)?.blocked.as_ref()?.until_ms()?;
        Some(self.core.after_ms(until))
    }

    /// The remaining times and deadlines (ms) that the commands of the last request read, in order. Only a
    /// server with [`Config::doubt_ms`] keeps them.
    pub fn times_read(&self) -> &[i64] {
        &self.core.times_read
    }

    pub(super) fn ctx<'a>(
        &'a mut self,
        now: Micros,
        link: Link,
        env: &'a mut dyn Env<Self>,
    ) -> Ctx<'a> {
        self.core.now = now;
        Ctx::new(&mut self.core, link, env)
    }

    /// Sends what the request put on its way.
    pub(super) fn send(&mut self, env: &mut dyn Env<Self>) {
        for (link, message) in self.core.out.drain(..) {
            env.send(link, message);
        }
    }
}

impl Server for RedisServer {
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
        let mut ctx = self.ctx(now, link, env);
        match message {
            Inbound::Connect => ctx.core.connect(link),
            Inbound::Request(Request::Command(argv)) => ctx.request(&argv),
            Inbound::Request(Request::Peer(peer)) => {
                ctx.hear(&peer);
                ctx.run_woken();
            }
            Inbound::Disconnect => {
                ctx.core.lose_peer(link);
                ctx.forget(link);
            }
        }
        self.core.flush();
        self.send(env);
    }

    fn deadline(&self) -> Option<Micros> {
        let core = &self.core;
        if core.down {
            return None;
        }
        let key = core.next_expiry_ms();
        let timeout = core.timeouts.first().map(|(ms, _)| *ms);
        let flush = core.disk.due_ms().map(|due| due.saturating_sub(1));
        let (beat, good) = (core.replication.beat_ms(), core.good_until_ms());
        [key, timeout, flush, beat, good].into_iter().flatten().min().map(|ms| core.after_ms(ms))
    }

    fn wake(&mut self, now: Micros, env: &mut dyn Env<Self>) {
        let mut ctx = self.ctx(now, NOBODY, env);
        ctx.expire_in_background();
        ctx.beat();
        ctx.check_timeouts();
        ctx.run_woken();
        self.core.flush();
        self.send(env);
    }

    fn crash(&mut self) {
        self.core.die();
        self.core.lose_memory();
        self.core.down = true;
    }

    fn restart(&mut self, now: Micros, env: &mut dyn Env<Self>) {
        self.core.down = false;
        self.ctx(now, NOBODY, env).load();
    }

    fn rebase(&mut self, dt: Micros) {
        self.core.epoch_us = self.core.epoch_us.saturating_add(dt.0);
        // The canonical form is the state as seen at the new origin, not when the server was last asked.
        self.core.now = Micros::ZERO;
    }

    fn key(&self, key: &mut Key) {
        self.core.key(key);
    }
}

impl Ctx<'_> {
    /// One request: dealt with now, or when the client waits no longer.
    fn request(&mut self, argv: &CommandLine) {
        let Some(client) = self.core.client(self.link) else { return };
        if client.blocked.is_some() {
            if let Some(client) = self.core.client_mut(self.link) {
                client.pending.push_back(argv.clone());
            }
            return;
        }
        self.process(argv);
        self.run_woken();
    }

    /// Runs what clients sent while they waited.
    fn run_woken(&mut self) {
        while !self.core.woken.is_empty() {
            let link = self.core.woken.remove(0);
            self.link = link;
            while let Some(argv) = self.next_pending(link) {
                self.process(&argv);
            }
        }
    }

    fn next_pending(&mut self, link: Link) -> Option<CommandLine> {
        let client = self.core.client(link)?;
        if client.blocked.is_some() || client.pending.is_empty() {
            return None;
        }
        self.core.client_mut(link)?.pending.pop_front()
    }

    /// The connection is gone.
    pub(super) fn forget(&mut self, link: Link) {
        self.stop_waiting(link);
        self.unwatch(link);
        self.core.disconnect(link);
    }

    /// The background cycle: removes keys whose deadline passed. If someone could hear of it, its lateness is
    /// a question (Redis fact 3).
    fn expire_in_background(&mut self) {
        if self.core.replication.is_replica() {
            return;
        }
        let now = self.now_ms();
        let punctual = self.core.config.punctual_expiry;
        let enabled = self.core.config.notify;
        // Beside a recording it always is: what the real server did shows in other ways too.
        let heard = self.core.config.doubt_ms >= 0
            || enabled.contains(NotifyFlags::EXPIRED) && !self.core.pubsub.is_silent();
        for (deadline_ms, (db, key)) in self.core.overdue() {
            if punctual && self.core.lingering.get(&(db, key.clone())).is_some_and(|it| *it >= now)
            {
                continue;
            }
            let draw = Draw::ActiveExpiry { db, key: key.clone(), deadline_ms };
            if heard && !punctual && self.draw(&draw, 2) == 1 {
                // What is kept is the last ms before the next cycle.
                self.core.lingering.insert((db, key), now.saturating_add(CYCLE_MS - 1));
            } else {
                self.expire(db, &key);
                self.feed();
            }
        }
    }
}

impl Core {
    fn connect(&mut self, link: Link) {
        self.last_client_id += 1;
        let client = Client { id: self.last_client_id, ..Client::default() };
        self.clients.insert(link, Rc::new(client));
    }

    fn disconnect(&mut self, link: Link) {
        let Some(client) = self.clients.remove(&link) else { return };
        for name in &client.channels {
            self.pubsub.channels.remove(name, link);
        }
        for name in &client.patterns {
            self.pubsub.patterns.remove(name, link);
        }
        for name in &client.shard_channels {
            self.pubsub.shard_channels.remove(name, link);
        }
        self.monitors.retain(|other| *other != link);
    }

    /// Everything but the disk, the settings and whose replica it is.
    fn lose_memory(&mut self) {
        let Self { config, epoch_us, ahead_us, now, disk, replication, .. } = std::mem::take(self);
        let replication = replication.after_crash();
        *self = Self { config, epoch_us, ahead_us, now, disk, replication, ..Self::default() };
    }

    /// The keys whose deadline passed, the earliest first.
    fn overdue(&self) -> Vec<(i64, Place)> {
        let now = self.wall_us().div_euclid(1000);
        let databases = (0..self.keyspace.databases())
            .filter_map(|db| self.keyspace.database(db).map(|database| (db, database)));
        let mut overdue: Vec<_> = databases
            .flat_map(|(db, database)| {
                database.overdue(now).map(move |(deadline, key)| (deadline, (db, key.clone())))
            })
            .collect();
        overdue.sort();
        overdue
    }

    /// The last ms before the background cycle has something to do.
    fn next_expiry_ms(&self) -> Option<i64> {
        if self.replication.is_replica() {
            // It removes nothing, but what it answers changes, if anybody asks.
            if self.clients.is_empty() {
                return None;
            }
            return self.keyspace.earliest_deadline_from(self.wall_us().div_euclid(1000));
        }
        if self.lingering.is_empty() {
            return self.keyspace.earliest_deadline();
        }
        let databases = (0..self.keyspace.databases())
            .filter_map(|db| self.keyspace.database(db).map(|database| (db, database)));
        let keys = databases.flat_map(|(db, database)| {
            database.by_deadline().map(move |(deadline, key)| {
                match self.lingering.get(&(db, key.clone())) {
                    Some(again) => deadline.max(*again),
                    None => deadline,
                }
            })
        });
        keys.min()
    }
}

impl fmt::Debug for RedisServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisServer").field("core", &self.core).finish()
    }
}
