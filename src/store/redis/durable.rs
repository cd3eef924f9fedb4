//! What is on disk.

use super::config::Persistence;
use super::core::Core;
use super::ctx::{Ctx, NOBODY};
use super::draw::Draw;
use super::keyspace::{Data, Why};
use super::server::RedisServer;
use crate::store::{Env, Key};

/// How long (ms) `appendfsync everysec` lets writes wait.
const FLUSH_MS: i64 = 1000;

/// The disk of a server.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk {
    /// What surely survives the death of the machine.
    flushed: Data,
    /// When (ms of the wall clock) the next flush is due, if something waits for it.
    due_ms: Option<i64>,
    /// What the process had written when it died.
    written: Option<Data>,
}

impl Disk {
    /// When (ms of the wall clock) the next flush is due.
    pub(super) fn due_ms(&self) -> Option<i64> {
        self.due_ms
    }

    /// Adds the canonical form to `key`.
    pub(super) fn key(&self, persistence: Persistence, wall_us: i64, key: &mut Key) {
        // What is flushed differs from the data only while a flush is due.
        let Self { flushed, due_ms, written } = self;
        if let Some(written) = written {
            written.key(wall_us, key.int(1));
        }
        if let (Persistence::EverySecond, Some(due_ms)) = (persistence, *due_ms) {
            flushed.key(wall_us, key.int(2));
            key.int(due_ms.saturating_mul(1000).saturating_sub(wall_us));
        }
        key.int(0);
    }
}

impl Core {
    /// Notes that the data may have changed, or that a flush became due.
    pub(super) fn flush(&mut self) {
        if self.config.persistence != Persistence::EverySecond {
            return;
        }
        let now_ms = self.wall_us().div_euclid(1000);
        let data = self.keyspace.data();
        if data.same(&self.disk.flushed) {
            self.disk.due_ms = None;
        } else if self.disk.due_ms.is_some_and(|due| due <= now_ms) {
            self.disk.flushed = data;
            self.disk.due_ms = None;
        } else if self.disk.due_ms.is_none() {
            self.disk.due_ms = Some(now_ms.saturating_add(FLUSH_MS));
        }
    }

    /// The process dies.
    pub(super) fn die(&mut self) {
        self.disk.written = match self.config.persistence {
            Persistence::None => None,
            Persistence::EverySecond | Persistence::Always => Some(self.keyspace.data()),
        };
    }
}

impl RedisServer {
    /// Tells what a crash would take away now, which a crash itself tells nobody: all keys, if the server has no
    /// persistence. One that has it tells what it lost when it restarts.
    pub fn tell_crash(&self, env: &mut dyn Env<Self>) {
        if self.config().persistence == Persistence::None {
            let mut core = self.core().clone();
            let mut ctx = Ctx::new(&mut core, NOBODY, env);
            ctx.note_data(&Data::default());
            ctx.core.keyspace.load(Data::default());
            ctx.tell(Why::Taken);
        }
    }
}

impl Ctx<'_> {
    /// Reads the data back from disk.
    pub(super) fn load(&mut self) {
        let Some(written) = self.core.disk.written.take() else { return };
        let may_lose = self.core.config.persistence == Persistence::EverySecond
            && !written.same(&self.core.disk.flushed);
        let lost = may_lose && self.draw(&Draw::LostWrites, 2) == 1;
        self.core.keyspace.load(written.clone());
        let data = if lost { self.core.disk.flushed.clone() } else { written };
        // Until now it was as if everything that was written would come back.
        self.note_data(&data);
        self.core.keyspace.load(data.clone());
        self.tell(Why::Taken);
        self.core.disk = Disk { flushed: data, ..Disk::default() };
    }
}
