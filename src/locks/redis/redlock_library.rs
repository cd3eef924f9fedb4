//! Redlock as libraries have it, whose differences stand in a table: `redlock_ways.rs`.

use serde::Deserialize;

use super::super::{About, Retry, Store};
use super::quorum::grant;
use super::redlock_round::{most, release, remove_all, set_all};
use super::redlock_ways::{But, Clock, Library, OnError, Undo, Ways};
use super::renewal::stop;
use super::{Key, Millis};
use crate::cx::{Cx, Grant, Lock, LockError, Token};
use crate::json::{Problem, Section};
use crate::time::Micros;

/// The same key on most of N servers, the way of one library.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedlockLibrary {
    library: Library,
    key: Key,
    also: Vec<Key>,
    ttl: Millis<10_000>,
    but: But,
    extends: bool,
    retry: Retry,
    #[serde(skip)]
    token: Option<Token>,
}

impl RedlockLibrary {
    /// What it is.
    pub const ABOUT: About = About {
        name: "redlock-library",
        title: "Redlock as a library has it: its order, clock, tries, and what it leaves out",
        source: "PyPI redlock-py, redlock, pottery, aioredlock; redsync, node-redlock, redlock-rb, RedLock.net",
        store: Store::Redis,
        params: &[
            ("library", "its package; redlock-rb, redlock-net, node-redlock-4 too: \"redlock-py\""),
            Key::ABOUT,
            ("also", "further keys, set together with it or not at all; node-redlock's only: []"),
            ("ttl", "the keys' time to live: \"10s\""),
            (
                "but",
                "what is otherwise: `drift`, `node_timeout`, `tries`, the `delay` between them (as `retry`), `validity` \
                 (whether a late majority is none), `clock` (\"wall\", \"monotonic\"), `on_error` (\"counts\", \"raises\"), \
                 `extends_every`: {}",
            ),
            ("extends", "whether the lock is extended for as long as the holder works: false"),
            Retry::ABOUT,
        ],
    };

    /// The recipe with the parameters in `section`.
    pub fn from_section(section: &Section<'_>) -> Result<Self, Box<Problem>> {
        let lock: Self = section.to()?;
        if !lock.also.is_empty() && lock.ways().form.script.is_none() {
            return Err(section.field("also")?.error("only node-redlock locks several keys"));
        }
        Ok(lock)
    }

    fn ways(&self) -> Ways {
        self.but.ways(self.library, *self.ttl, self.extends)
    }

    fn keys(&self) -> Vec<Key> {
        std::iter::once(&self.key).chain(&self.also).cloned().collect()
    }
}

impl Lock for RedlockLibrary {
    async fn acquire(&mut self, cx: &Cx) -> Result<Grant, LockError> {
        let (ways, keys, token) = (self.ways(), self.keys(), cx.unique_token());
        let first = (cx.now(), ways.clock.read(cx));
        let mut tries = cx.looping(ways.tries);
        loop {
            cx.turn(&mut tries).await;
            // 1. Set the keys on all servers.
            let this = (cx.now(), ways.clock.read(cx));
            let answers = set_all(cx, &ways, &keys, token, *self.ttl).await;
            // 2. Is there a majority, and in time? Not everybody asks the second question.
            let (started_at, read) = if ways.form.from_first_try { first } else { this };
            let until = Clock::end(cx, started_at, read, ways.counts);
            if most(cx, &answers, &keys) && !(ways.validity && cx.is_past(until)) {
                let error = answers.into_iter().flatten().find_map(Result::err);
                if let Some(error) = error.filter(|_| ways.on_error == OnError::Raises) {
                    return Err(LockError::Call(error));
                }
                self.token = Some(token);
                return Ok(grant(cx, until, ways.renewal(cx, keys, token, until, *self.ttl)));
            }
            // 3. Remove them from all, wait, and try again.
            *tries -= 1;
            if *tries == 0 || ways.undo == Undo::EachTry {
                remove_all(cx, &ways, &keys, token).await;
            }
            if *tries == 0 {
                return Err(LockError::Busy);
            }
            cx.wait(ways.delay).await;
        }
    }

    async fn release(&mut self, cx: &Cx) -> Result<(), LockError> {
        stop(cx);
        if let Some(token) = self.token.take() {
            release(cx, &self.ways(), &self.keys(), token).await;
        }
        Ok(())
    }

    fn retry(&self) -> (Micros, Micros) {
        self.retry.span()
    }

    fn place(&self) -> String {
        self.key.to_string()
    }
}
