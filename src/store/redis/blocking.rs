//! Commands that wait: for an element, or for time to pass.

use std::rc::Rc;

use super::Message;
use super::client::{CommandLine, line_key};
use super::command::find_name;
use super::ctx::{Ctx, Inside};
use super::draw::Draw;
use super::error::Error;
use super::keyspace::Place;
use super::reply::{Bytes, Reply};
use crate::store::{Key, Link, Outbound};

/// How a blocked command is served when `key` became ready. `None`: it goes on waiting.
///
/// It runs in the database where the command blocked, as the blocked client.
pub(crate) type Serve =
    fn(ctx: &mut Ctx<'_>, argv: &[Bytes], key: &Bytes) -> Option<Result<Reply, Error>>;

/// What a blocked client waits for.
#[derive(Clone, Debug)]
pub(super) struct Blocked {
    /// The database in which it waits.
    db: usize,
    /// The keys, as named.
    keys: Vec<Bytes>,
    /// The command line.
    argv: CommandLine,
    /// The last ms of the wall clock at which it waits; `None` is for ever.
    until_ms: Option<i64>,
    /// The last ms before the server looks at that: later than `until_ms` if it was late before.
    look_ms: i64,
    serve: Serve,
    /// The reply if nothing comes.
    on_timeout: Reply,
    /// What WAIT waits for.
    acks: Option<Acks>,
}

/// So many replicas are to say that they have this much of the stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Acks {
    pub(super) offset: u64,
    pub(super) replicas: i64,
}

/// A cron tick (ms): what a late timeout waits for (Redis fact 19).
const TICK_MS: i64 = 100;

impl Blocked {
    /// The last ms of the wall clock at which it waits; `None` is for ever.
    pub(super) fn until_ms(&self) -> Option<i64> {
        self.until_ms
    }

    /// What WAIT waits for, if it is a WAIT.
    pub(super) fn acks(&self) -> Option<Acks> {
        self.acks
    }

    /// What WAIT waits for is counted from `floor` on.
    pub(super) fn lower_offset(&mut self, floor: u64) {
        if let Some(acks) = &mut self.acks {
            acks.offset = acks.offset.saturating_sub(floor);
        }
    }

    /// Adds the canonical form to `key`.
    pub(super) fn key(&self, wall_us: i64, key: &mut Key) {
        // The keys, how it is served, what it gets if nothing comes, and how many acknowledgements it waits for follow
        // from its command line.
        let Self { db, keys: _, argv, until_ms, look_ms, serve: _, on_timeout: _, acks } = self;
        let offset = acks.map_or(-1, |Acks { offset, replicas: _ }| offset as i64);
        key.int(*db as i64).int(offset);
        line_key(argv, key);
        let from_now = |ms: i64| ms.saturating_mul(1000).saturating_sub(wall_us);
        // For how long it has been late is nothing to anybody.
        let until = until_ms.unwrap_or(i64::MAX);
        let is_late = until < *look_ms;
        key.int(if is_late { i64::MIN } else { from_now(until) }).int(from_now(*look_ms));
    }
}

impl Ctx<'_> {
    /// Blocks the client until one of `keys` is ready and `serve` makes something of it, or until the ms
    /// `until_ms` of the wall clock is over, when it gets `on_timeout`.
    pub(crate) fn block(
        &mut self,
        argv: &[Bytes],
        keys: &[Bytes],
        until_ms: Option<i64>,
        serve: Serve,
        on_timeout: Reply,
    ) -> Reply {
        self.block_as(Blocked {
            db: self.db,
            keys: keys.to_vec(),
            argv: argv.into(),
            until_ms,
            look_ms: until_ms.unwrap_or(i64::MAX),
            serve,
            on_timeout,
            acks: None,
        })
    }

    /// Blocks the client until enough replicas have acknowledged, or until the ms `until_ms` of the wall
    /// clock is over. Either way it is told how many did.
    pub(super) fn block_for_acks(
        &mut self,
        argv: &[Bytes],
        acks: Acks,
        until_ms: Option<i64>,
    ) -> Reply {
        self.block_as(Blocked {
            db: self.db,
            keys: Vec::new(),
            argv: argv.into(),
            until_ms,
            look_ms: until_ms.unwrap_or(i64::MAX),
            serve: |_, _, _| None,
            on_timeout: Reply::Int(0),
            acks: Some(acks),
        })
    }

    fn block_as(&mut self, blocked: Blocked) -> Reply {
        self.core.keyspace.waiters.add(self.db, &blocked.keys, self.link);
        if let Some(until) = blocked.until_ms {
            self.core.timeouts.insert((until, self.link));
        }
        if let Some(client) = self.core.client_mut(self.link) {
            client.blocked = Some(Rc::new(blocked));
        }
        self.no_reply()
    }

    /// Serves the clients that block on keys which the last command made ready, and those that become ready
    /// by that, until none is left (`handleClientsBlockedOnKeys`).
    pub(super) fn serve_ready(&mut self) {
        while self.core.keyspace.waiters.any_ready() {
            for place in self.core.keyspace.waiters.take_ready() {
                self.serve_place(&place);
            }
        }
    }

    fn serve_place(&mut self, place: &Place) {
        for link in self.core.keyspace.waiters.of(place) {
            // The kind of the key decides whether the client is meant: `serve` looks.
            if self.in_db(place.0, |ctx| ctx.peek(&place.1).is_none()) {
                return;
            }
            let blocked = self.core.client(link).and_then(|client| client.blocked.clone());
            let Some(blocked) = blocked else { continue };
            let (caller, inside) = (self.link, self.inside);
            (self.link, self.inside) = (link, Inside::Request);
            let name = find_name(&blocked.argv[0]).map_or("", |command| command.name);
            let answer = self.telling(name, |ctx| {
                ctx.in_db(place.0, |ctx| (blocked.serve)(ctx, &blocked.argv, &place.1))
            });
            (self.link, self.inside) = (caller, inside);
            self.later = false;
            if let Some(answer) = answer {
                self.unblock(link, answer.unwrap_or_else(Reply::from));
            }
        }
    }

    /// Ends the waiting of a client with a reply. What it sent meanwhile is run by the caller.
    pub(super) fn unblock(&mut self, link: Link, reply: Reply) {
        if self.stop_waiting(link).is_some() {
            self.core.send(link, Outbound::Message(Message::Reply(reply)));
            self.core.woken.push(link);
        }
    }

    /// Ends the waiting of a client without a word.
    pub(super) fn stop_waiting(&mut self, link: Link) -> Option<Rc<Blocked>> {
        let blocked = self.core.client_mut(link)?.blocked.take()?;
        self.core.keyspace.waiters.remove(blocked.db, &blocked.keys, link);
        self.core.timeouts.remove(&(blocked.look_ms, link));
        Some(blocked)
    }

    /// The reply that a blocked client gets when its time is over.
    pub(super) fn timeout_reply(&self, link: Link) -> Option<Reply> {
        let blocked = self.core.client(link)?.blocked.as_ref()?;
        Some(match blocked.acks {
            Some(acks) => Reply::Int(self.core.replication.acked(acks.offset)),
            None => blocked.on_timeout.clone(),
        })
    }

    /// Looks at the timeouts of blocked clients: one is told at the next turn of the event loop, on an idle server up to a
    /// cron tick late.
    pub(super) fn check_timeouts(&mut self) {
        let now = self.now_ms();
        let links: Vec<Link> = self.core.timeouts.iter().map(|(_, link)| *link).collect();
        for link in links {
            let Some(blocked) = self.core.client(link).and_then(|client| client.blocked.clone())
            else {
                continue;
            };
            // Once it is late it stays so, whatever becomes of the clock.
            let over = |until: &i64| *until < now || *until < blocked.look_ms;
            let Some(until_ms) = blocked.until_ms.filter(over) else { continue };
            // Where heartbeats are taken for granted, WAIT ends on time: how late it is would only make states.
            let is_punctual = blocked.acks.is_some() && !self.core.config.heartbeats;
            // By the next cron tick at the latest it is told.
            let is_last = now > until_ms.saturating_add(TICK_MS);
            if is_punctual || is_last || self.draw(&Draw::BlockTimeout { link, until_ms }, 2) == 0 {
                let reply = self.timeout_reply(link).unwrap_or(Reply::Nil);
                self.unblock(link, reply);
            } else {
                let look_ms = now.saturating_add(TICK_MS - 1);
                self.core.timeouts.remove(&(blocked.look_ms, link));
                self.core.timeouts.insert((look_ms, link));
                if let Some(client) = self.core.client_mut(link) {
                    client.blocked = Some(Rc::new(Blocked { look_ms, ..(*blocked).clone() }));
                }
            }
        }
    }
}
