//! Servers act: what they say is collected, and what they did to what stands where the lock lives is told.

use std::rc::Rc;

use super::agenda::ServerId;
use super::links::is_peer;
use super::server::{AnyServer, Sent};
use super::world::{Stage, World};
use crate::choice::{About, Alternative, Choices, FaultId, Question, Site};
use crate::cx::thread_of;
use crate::event::{By, Event, Kept, Who};
use crate::store::effect::{Cause, Change, Effect};
use crate::store::ledger::{self, Ledger};
use crate::store::redis::{self, RedisServer};
use crate::store::zookeeper::{self, ZooKeeper, Zxid};
use crate::store::{AnyMessage, Env, Heed, Link, Outbound, Server};
use crate::time::Micros;

/// The world as a server sees it.
pub(crate) struct Desk<'a> {
    server: ServerId,
    choices: &'a mut dyn Choices,
    heeds: &'a [Rc<str>],
    sent: Sent,
    effects: Vec<Effect>,
}

/// What an act of a server came to.
pub(super) struct Acted {
    pub(super) sent: Sent,
    pub(super) effects: Effects,
}

/// What an act of a server did, and the last transaction that any other server of its ensemble had applied before.
pub(super) struct Effects {
    effects: Vec<Effect>,
    known: Zxid,
}

/// On whose behalf a server acts.
#[derive(Clone, Copy)]
pub(super) enum Behalf {
    /// Of the client on this connection: of this thread, if it is known.
    Client(Link, Option<Who>),
    /// Of nobody: it is time, or other servers said so.
    Nobody,
    /// Of a fault of the model.
    Fault(FaultId),
}

impl Desk<'_> {
    fn put<M>(&mut self, link: Link, message: Outbound<M>, wrap: impl Fn(M) -> AnyMessage) {
        let message = match message {
            Outbound::Message(message) => Outbound::Message(wrap(message)),
            Outbound::Close => Outbound::Close,
        };
        self.sent.push((link, message));
    }

    fn pick(&mut self, n: u32) -> u32 {
        let server = self.server;
        self.choices.pick(&Question {
            about: About::Server,
            n,
            site: &|| Site::Store(server),
            alternative: &Alternative::Value,
        })
    }

    fn heed(&self) -> Heed<'_> {
        if self.heeds.is_empty() { Heed::Nothing } else { Heed::Places(self.heeds) }
    }
}

impl Env<RedisServer> for Desk<'_> {
    fn send(&mut self, link: Link, message: Outbound<redis::Message>) {
        self.put(link, message, AnyMessage::Redis);
    }
    fn draw(&mut self, _: &<RedisServer as Server>::Draw, n: u32) -> u32 {
        self.pick(n)
    }
    fn heeds(&self) -> Heed<'_> {
        self.heed()
    }
    fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }
}

impl Env<ZooKeeper> for Desk<'_> {
    fn send(&mut self, link: Link, message: Outbound<zookeeper::Message>) {
        self.put(link, message, AnyMessage::ZooKeeper);
    }
    fn draw(&mut self, _: &<ZooKeeper as Server>::Draw, n: u32) -> u32 {
        self.pick(n)
    }
    fn heeds(&self) -> Heed<'_> {
        self.heed()
    }
    fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }
}

impl Env<Ledger> for Desk<'_> {
    fn send(&mut self, link: Link, message: Outbound<ledger::Reply>) {
        self.put(link, message, AnyMessage::Ledger);
    }
    fn draw(&mut self, draw: &<Ledger as Server>::Draw, _: u32) -> u32 {
        match *draw {}
    }
}

impl World {
    /// Lets a server act, at what its clock says now.
    pub(super) fn let_act(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        act: impl FnOnce(&mut AnyServer, Micros, &mut Desk<'_>),
    ) -> Acted {
        let heeds = if stage.setup.watches_place { &*stage.scene.places } else { &[] };
        let known = if heeds.is_empty() { Zxid::ZERO } else { self.applied_elsewhere(server) };
        let now = self.now;
        let placed = Rc::make_mut(&mut self.servers[usize::from(server)]);
        let now = placed.time(now);
        let choices = &mut *stage.choices;
        let mut desk = Desk { server, choices, heeds, sent: Sent::new(), effects: Vec::new() };
        act(&mut placed.state, now, &mut desk);
        Acted { sent: desk.sent, effects: Effects { effects: desk.effects, known } }
    }

    /// The same for a ZooKeeper server.
    pub(super) fn let_zookeeper(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        act: impl FnOnce(&mut ZooKeeper, Micros, &mut Desk<'_>),
    ) -> Acted {
        self.let_act(stage, server, |state, now, desk| {
            if let AnyServer::ZooKeeper(zk) = state {
                act(zk, now, desk);
            }
        })
    }

    /// The same for a Redis server.
    pub(super) fn let_redis(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        act: impl FnOnce(&mut RedisServer, Micros, &mut Desk<'_>),
    ) -> Acted {
        self.let_act(stage, server, |state, now, desk| {
            if let AnyServer::Redis(redis) = state {
                act(redis, now, desk);
            }
        })
    }

    /// The last transaction that any other server of the ensemble has applied.
    fn applied_elsewhere(&self, server: ServerId) -> Zxid {
        if !self.is_ensemble() {
            return Zxid::ZERO;
        }
        let others = self.servers.iter().enumerate().filter(|(it, _)| *it != usize::from(server));
        let applied = others.filter_map(|(_, placed)| match &placed.state {
            AnyServer::ZooKeeper(zk) => Some(zk.zxid()),
            _ => None,
        });
        applied.max().unwrap_or(Zxid::ZERO)
    }

    /// Tells what an act of a server did to what stands where the lock lives.
    pub(super) fn tell_effects(
        &mut self,
        stage: &mut Stage<'_>,
        server: ServerId,
        effects: Effects,
        behalf: Behalf,
    ) {
        let keeps = if self.is_member(server) { self.members()[0] } else { server };
        for effect in effects.effects {
            // Every server of an ensemble applies every transaction: it is told once.
            if effect.zxid.is_some_and(|zxid| zxid <= effects.known.0) {
                continue;
            }
            let (by, command) = self.doer(stage, &effect.cause, behalf);
            let change = self.in_world_time(server, effect.change);
            let kept = Kept { server: keeps, item: effect.item, change, by, command };
            self.happens(stage, &Event::Kept(kept));
        }
    }

    fn is_member(&self, server: ServerId) -> bool {
        let state = &self.servers[usize::from(server)].state;
        self.is_ensemble() && matches!(state, AnyServer::ZooKeeper(_))
    }

    /// Who is behind an effect, and by which command.
    fn doer(&self, stage: &Stage<'_>, cause: &Cause, behalf: Behalf) -> (By, Option<Rc<str>>) {
        match cause {
            Cause::Request { link, command, .. } => {
                let by = match behalf {
                    Behalf::Fault(fault) => By::Fault(fault),
                    Behalf::Client(of, Some(who)) if of == *link => By::Thread(who),
                    _ => self.thread_on(stage, *link).map_or(By::Copy, By::Thread),
                };
                (by, Some(command.clone()))
            }
            Cause::Expired => (By::Time, None),
            Cause::SessionEnded { .. } => match behalf {
                Behalf::Fault(fault) => (By::Fault(fault), None),
                _ => (By::Session, None),
            },
            Cause::Evicted | Cause::Reaped => match behalf {
                Behalf::Fault(fault) => (By::Fault(fault), None),
                _ => (By::Housekeeping, None),
            },
            Cause::Taken => (By::Copy, None),
        }
    }

    /// Whose request it is that came over this connection and has no answer yet.
    fn thread_on(&self, stage: &Stage<'_>, link: Link) -> Option<Who> {
        if is_peer(link) {
            return None;
        }
        let conn = self.conns.get(link.0 as usize)?;
        let process = conn.process;
        let threads = stage.scene.around[usize::from(process)].len();
        let task = conn.awaited.front().and_then(|awaited| awaited.op).map(|op| op.task);
        let thread = task.map_or(0, |task| thread_of(task, threads));
        Some(Who { process, thread })
    }

    /// The same with instants of the run in place of those of the server's clock.
    fn in_world_time(&self, server: ServerId, change: Change) -> Change {
        let placed = &self.servers[usize::from(server)];
        let (here, total) = (placed.time(self.now), self.total());
        let world = |until: Option<Micros>| {
            until.map(|until| total + placed.clock.world_span(until - here))
        };
        match change {
            Change::Placed { until, session } => Change::Placed { until: world(until), session },
            Change::Renewed { until, before } => {
                Change::Renewed { until: world(until), before: world(before) }
            }
            Change::Removed { until } => Change::Removed { until: world(until) },
            Change::Rewritten { value } => Change::Rewritten { value },
        }
    }
}
